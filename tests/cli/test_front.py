# SPDX-License-Identifier: Apache-2.0
"""Which MPI a program was compiled for, as `tulkki env` tells it, for binaries that nobody here made."""
import os
import shutil
import subprocess
import unittest

import support


def needs(*programs):
    missing = [program for program in programs if shutil.which(program) is None]
    return unittest.skipIf(missing, f"not installed: {missing}")


class Front(support.CommandTest):
    def backend_of(self, *command, **options):
        text = self.tulkki("env", "--", *command, **options).stdout
        return [line.split("'")[1] for line in text.splitlines() if line.startswith("export TULKKI_BACKEND=")][0]

    def compile(self, compiler, name, *options, text="#include <mpi.h>\nint main() { return MPI_Init(0, 0); }\n"):
        source = self.write(name + ".c", text)
        subprocess.run([compiler, source, "-o", self.path(name), *options], check=True)
        return self.path(name)

    @needs("lmp")
    def test_openmpi_through_its_own_and_a_shared_library(self):
        self.assertEqual(self.backend_of("lmp"), "openmpi")

    @needs("hpcc")
    def test_openmpi_program(self):
        self.assertEqual(self.backend_of(shutil.which("hpcc")), "openmpi")

    @needs("mpicc.mpich")
    def test_mpich_program_and_what_hides_it(self):
        program = self.compile("mpicc.mpich", "with_mpich")
        self.assertEqual(self.backend_of(program), "mpich")
        self.assertEqual(self.backend_of("./with_mpich", "argument"), "mpich")
        self.assertEqual(self.backend_of("env", "A=1", program), "mpich")
        self.assertEqual(self.backend_of("sh", "-c", "cd . && exec ./with_mpich"), "mpich")
        self.assertEqual(self.backend_of(self.write("script", f"#!{program}\n", 0o755)), "mpich")
        library = subprocess.run(["ldd", program], capture_output=True, text=True).stdout
        library = [line.split()[2] for line in library.splitlines() if "libmpich.so" in line][0]
        self.assertEqual(self.backend_of(program, environment={"TULKKI_BACKEND": library}), "mpich")

    @needs("mpicc.mpich", "mpirun.openmpi")
    def test_another_backend_takes_the_place_of_the_programs_own(self):
        program = self.compile("mpicc.mpich", "with_mpich")
        text = self.tulkki("env", "--backend", "openmpi", program).stdout
        self.assertRegex(text, r"export TULKKI_BACKEND='/.*/libmpi\.so\.40'")
        self.assertIn("export TULKKI_FRONT='mpich'", text)
        self.assertIn("# mpirun.openmpi -n", text)

    @needs("mpicc.mpich")
    def test_backends_that_cannot_be(self):
        program = self.compile("mpicc.mpich", "with_mpich")
        for backend, says in ((self.path("none.so"), "no such library"), ("/etc/passwd", "not an MPI library"),
                              ("abi", "no MPI of the standard ABI is installed")):
            refused = self.tulkki("env", "--backend", backend, program, code=2)
            self.assertIn(says, refused.stderr)

    @needs("mpicc.mpich", "gcc")
    def test_mpi_only_in_a_library_found_by_rpath(self):
        text = "#include <mpi.h>\nint helper(void) { return MPI_Init(0, 0); }\n"
        os.mkdir(self.path("lib"))
        source = self.write("helper.c", text)
        subprocess.run(["mpicc.mpich", "-shared", "-fPIC", source, "-o", self.path("lib", "libhelper.so")], check=True)
        program = self.compile("gcc", "indirect", "-L" + self.path("lib"), "-lhelper", "-Wl,-rpath,$ORIGIN/lib",
                               "-Wl,--allow-shlib-undefined", text="int helper(void);\nint main() { return helper(); }\n")
        self.assertEqual(self.backend_of(program), "mpich")

    @needs("mpicc.openmpi", "patchelf")
    def test_front_that_is_not_installed_is_told_by_its_symbols(self):
        program = self.compile("mpicc.openmpi", "orphan", text="#include <mpi.h>\n"
                               "int main() { return MPI_Barrier(MPI_COMM_WORLD); }\n")
        subprocess.run(["patchelf", "--replace-needed", "libmpi.so.40", "libmpi.so.49", program], check=True)
        self.assertEqual(self.backend_of(program), "openmpi")

    @unittest.skipUnless(os.path.exists("/usr/lib/python3/dist-packages/mpi4py"), "mpi4py is not installed")
    def test_python_by_its_mpi4py(self):
        self.assertEqual(self.backend_of("/usr/bin/python3"), "openmpi")
        self.assertEqual(self.backend_of(self.write("script.py", "#!/usr/bin/python3 -u\n", 0o755)), "openmpi")
        path = {"PATH": "/usr/bin:/bin"}
        self.assertEqual(self.backend_of(self.write("other.py", "#!/usr/bin/env python3\n", 0o755),
                                         environment=path), "openmpi")

    @needs("mpicc.mpich")
    def test_python_with_another_mpi4py(self):
        os.makedirs(self.path("site", "mpi4py"))
        self.write("site/mpi4py/__init__.py", "raise SystemExit('must not be imported')\n")
        self.compile("mpicc.mpich", "site/mpi4py/MPI.cpython-311-x86_64-linux-gnu.so", "-shared", "-fPIC")
        self.assertEqual(self.backend_of("/usr/bin/python3", environment={"PYTHONPATH": self.path("site")}), "mpich")

    def test_no_mpi_program_gets_a_guess_or_what_is_said(self):
        self.assertNotIn("TULKKI_BACKEND", self.tulkki("env", "true").stdout)
        self.assertIn("# mpirun.openmpi -n", self.tulkki("env", "true").stdout)
        self.assertEqual(self.backend_of("true", environment={"TULKKI_BACKEND": "mpich"}), "mpich")

    def test_lines_can_be_evaluated_by_a_shell(self):
        label = "it's a \"label\" $HOME `x` \\ ä"
        text = self.tulkki("env", "--label", label, "--no-trace", "--stack-depth", "3", "--trace-limit", "2G:newest",
                           "--db", "sub dir/x.db", "true").stdout
        shown = subprocess.run(["sh", "-c", text + 'unset LD_PRELOAD\nprintf "%s|" "$TULKKI_LABEL" "$TULKKI_TRACE" '
                                '"$TULKKI_STACK_DEPTH" "$TULKKI_TRACE_LIMIT" "$TULKKI_DB"'],
                               capture_output=True, text=True, env={"PATH": "/usr/bin:/bin"}).stdout
        self.assertEqual(shown, f"{label}|0|3|2G:newest|{self.path('sub dir/x.db')}|")
        self.assertIn("mpirun.openmpi -n 4 -x TULKKI_DB", text)
        self.assertIn("srun", text)

    def test_preload_of_the_user_is_kept(self):
        text = self.tulkki("env", "true", environment={"LD_PRELOAD": "/lib/x86_64-linux-gnu/libdl.so.2"}).stdout
        self.assertIn(f"LD_PRELOAD='{self.environment['TULKKI_LIBRARY']}:/lib/x86_64-linux-gnu/libdl.so.2'", text)


if __name__ == "__main__":
    support.main()
