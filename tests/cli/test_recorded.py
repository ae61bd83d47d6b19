# SPDX-License-Identifier: Apache-2.0
"""What `tulkki run` makes of real MPI programs: where results go, under which name, and why there are none."""
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import unittest

import support

WANDERS = """#include <mpi.h>
#include <unistd.h>
#include <sys/stat.h>
int main(int count, char **words) {
  mkdir("elsewhere", 0700);
  if (chdir("elsewhere") != 0) return 9;
  MPI_Init(&count, &words);
  MPI_Barrier(MPI_COMM_WORLD);
  MPI_Finalize();
  return 0;
}
"""
LATE = """#include <dlfcn.h>
#include <stddef.h>
int main(void) {
  void *mpi = dlopen("%s", RTLD_NOW | RTLD_LOCAL);
  int (*version)(int *, int *) = mpi != NULL ? (int (*)(int *, int *))dlsym(mpi, "PMPI_Get_version") : NULL;
  int major, minor;
  return version != NULL ? version(&major, &minor) : 9;
}
"""
MPIRUN = ["mpirun.openmpi", "--oversubscribe", "--mca", "mpi_yield_when_idle", "1"] + (["--allow-run-as-root"] if os.geteuid() == 0 else [])


@unittest.skipUnless(shutil.which("mpirun.openmpi") and shutil.which("mpicc.openmpi"), "needs Open MPI and its compiler wrapper")
class Recorded(support.CommandTest):
    def setUp(self):
        super().setUp()
        del self.environment["TULKKI_LIBRARY"]
        os.mkdir(self.path("raw"))
        self.environment["TULKKI_DIR"] = self.path("raw")
        self.addCleanup(lambda: self.assertIn(os.listdir(self.path("raw")), ([], ["starting"])))

    def compile(self, name, text, *options, compiler="mpicc.openmpi"):
        subprocess.run([compiler, self.write(name + ".c", text), "-o", self.path(name), *options], check=True)
        return self.path(name)

    def query(self, sql, database="tulkki.db"):
        with sqlite3.connect(self.path(database)) as connection:
            return connection.execute(sql).fetchall()

    def names(self):
        """Column `program` of `tulkki runs`."""
        lines = self.tulkki("runs").stdout.splitlines()
        begin, end = lines[0].index("program"), lines[0].index(" ranks")
        return [line[begin:end].strip() for line in lines[1:]]

    def test_results_lie_where_the_command_was_typed(self):
        self.compile("wanders", WANDERS)
        self.tulkki("run", "./wanders")
        library = os.path.join(os.path.dirname(os.path.dirname(support.PROGRAM)), "lib/libtulkki.so")
        self.environment["LD_PRELOAD"] = library
        for command in ([*MPIRUN, "-n", "2", "-x", "LD_PRELOAD", "./wanders"], ["./wanders"]):
            environment = {**self.environment, "TULKKI_DB": "theirs.db", "TULKKI_TRACE_DIR": "their-traces"} if len(command) == 1 else self.environment
            if len(command) > 1:
                environment = {name: value for name, value in environment.items() if name != "LD_PRELOAD"}
                command[command.index("LD_PRELOAD")] = "LD_PRELOAD=" + library
            subprocess.run(command, cwd=self.folder, env=environment, check=True, capture_output=True)
        self.assertEqual(os.listdir(self.path("elsewhere")), [])
        self.assertEqual(len(os.listdir(self.path("tulkki-traces"))), 2)
        self.assertEqual(len(os.listdir(self.path("their-traces"))), 1)
        self.assertEqual(self.query("SELECT ranks, working_directory FROM run"), [(1, self.folder), (2, self.folder)])
        self.assertEqual(self.query("SELECT count(*) FROM run", "theirs.db"), [(1,)])

    def test_trace_dir(self):
        self.compile("wanders", WANDERS)
        self.tulkki("run", "--trace-dir", "a/b", "./wanders")
        self.tulkki("run", "./wanders", environment={"TULKKI_TRACE_DIR": "from-variable"})
        self.assertEqual([path.split("/")[-3] for (path,) in self.query("SELECT trace_path FROM run")], ["b", "from-variable"])
        self.assertFalse(os.path.exists(self.path("tulkki-traces")))
        self.assertIn(f"export TULKKI_TRACE_DIR='{self.path('c')}'", self.tulkki("env", "--trace-dir", "c", "./wanders").stdout)
        self.assertIn("give another folder with --trace-dir", self.tulkki("run", "--trace-dir", "/proc/x", "./wanders", code=1).stderr)

    def test_several_programs(self):
        """MPMD: on the command line, and in a file."""
        for name in ("ocean", "ice"):
            self.compile(name, WANDERS)
        self.tulkki("run", "--oversubscribe", "--no-trace", "-n", "2", "./ocean", "-x", ":", "-n", "1", "./ice")
        self.write("programs", "-n 1 ./ocean deep\n-n 2 ./ice\n")
        self.tulkki("run", "--no-trace", "--launcher-args", "--oversubscribe --app programs")
        subprocess.run([*MPIRUN, "--app", "programs"], cwd=self.folder, check=True, capture_output=True,
                       env={**self.environment, "TULKKI_TRACE": "0", "OMPI_MCA_mca_base_env_list": "LD_PRELOAD=" + os.path.join(
                           os.path.dirname(os.path.dirname(support.PROGRAM)), "lib/libtulkki.so")})
        self.assertEqual(self.names(), ["ocean : ice"] * 3)
        lines = [line.split("\t") for (value,) in self.query("SELECT value FROM run_property WHERE name = 'programs' AND run_id = 1")
                 for line in value.splitlines()]
        self.assertEqual(lines, [["0-1", self.path("ocean"), "./ocean -x"], ["2", self.path("ice"), "./ice"]])
        self.assertIn("./ocean -x : ./ice", self.tulkki("report", "1").stdout)
        # They are one program's arguments for a comparison, so that a change of the second one is noticed.
        differences = json.loads(self.tulkki("compare", "1", "2", "--json").stdout)["factors_that_differ"]
        self.assertEqual([one["values"] for one in differences if one["factor"] == "arguments"], [["ocean -x : ./ice", "ocean deep : ./ice"]])

    @unittest.skipUnless(os.path.exists("/usr/lib/python3/dist-packages/mpi4py"), "mpi4py is not installed")
    def test_scripts_have_their_own_names(self):
        python = "/usr/bin/python3"
        body = "from mpi4py import MPI\nMPI.COMM_WORLD.Barrier()\n"
        script = self.write("solver.py", "#!/usr/bin/python3 -u\n" + body, 0o755)
        os.mkdir(self.path("package"))
        self.write("package/__main__.py", body)
        for command in ([python, "solver.py", "-x"], ["./solver.py"], [python, "-um", "package"], [python, "-m", "mpi4py", script],
                        [python, "-c", body]):
            self.tulkki("run", "--no-trace", *command)
        interpreter = os.path.basename(os.path.realpath(python))
        self.assertEqual(self.names(), ["solver.py", "solver.py", "package", "solver.py", interpreter])
        self.assertEqual(self.query("SELECT DISTINCT program FROM run"), [(os.path.realpath(python),)])

    def nothing(self, *command, code=0, **keywords):
        errors = self.tulkki("run", *command, code=code, **keywords).stderr
        self.assertFalse(os.path.exists(self.path("tulkki.db")))
        return [line for line in errors.splitlines() if "nothing was recorded: " in line][0].split("recorded: ")[1]

    def test_why_nothing_was_recorded(self):
        main = "int main(int count, char **words) { (void)count; (void)words; %s }\n"
        silent = self.compile("silent", "#include <mpi.h>\nint (*kept)(int *, char ***) = MPI_Init;\n" + main % "return 0;")
        self.assertEqual(self.nothing(silent), "no process called MPI")
        early = self.compile("early", "#include <mpi.h>\n" + main % "int flag; MPI_Initialized(&flag); return 0;")
        self.assertEqual(self.nothing(early), "no process completed MPI_Init")
        crash = self.compile("crash", "#include <mpi.h>\nint (*kept)(int *, char ***) = MPI_Init;\n" + main % "return 5;")
        self.assertEqual(self.nothing(crash, code=5), "no process called MPI; the launcher ended with exit code 5")
        self.assertEqual(self.nothing("true"), "no MPI library was found in the program, and none was loaded while it ran")
        # Started, but its libraries cannot be loaded: the recorder never was.
        text = "int helper(void);\n" + main % "return helper();"
        subprocess.run(["gcc", "-shared", "-o", self.path("libhelper.so"), "-xc", "-"], input="int helper(void) { return 0; }", text=True, check=True)
        broken = self.compile("broken", text, "-L" + self.folder, "-lhelper", compiler="gcc")
        os.remove(self.path("libhelper.so"))
        self.assertIn("before the recorder was loaded into any process", self.nothing(broken, code=127))
        # What the loader refuses to preload is ignored by it, with a message of its own.
        damaged = self.write("libtulkki.so", "no library\n")
        self.assertIn("the recorder was not loaded into any process on this host", self.nothing(silent, environment={"TULKKI_LIBRARY": damaged}))

    def test_mpi_that_is_loaded_late_is_named(self):
        library = os.path.realpath("/usr/lib/x86_64-linux-gnu/libmpi.so.40")
        opened = self.compile("opened", '#include <dlfcn.h>\nint main(void) { return dlopen("%s", RTLD_NOW) == 0; }\n' % library,
                              compiler="gcc")
        self.assertIn("an MPI library was opened while the program ran, and no call to it", self.nothing(opened))
        late = self.compile("late", LATE % library, compiler="gcc")
        self.assertEqual(self.nothing(late), "no process completed MPI_Init")


if __name__ == "__main__":
    support.main()
