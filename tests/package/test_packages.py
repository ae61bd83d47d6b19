#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The Debian packages, made once of the build tree: what is in them, what they depend on, lintian, and the command at
work from where they were unpacked."""
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from launch import Tools, environment, run  # noqa: E402

BUILD = os.environ["TULKKI_BUILD"]
COMMANDS = ("run", "env", "runs", "report", "compare", "export", "recover", "selftest", "check", "sweep", "bench", "transports")
MPI_PACKAGES = re.compile(r"libopenmpi|libmpich|openmpi-bin|\bmpich\b|mpi-default")


def output(*words, **options):
    result = subprocess.run(words, capture_output=True, text=True, check=False, **options)
    assert result.returncode == 0, f"{words}: {result.returncode}\n{result.stdout}\n{result.stderr}"
    return result.stdout


class PackageTest(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="tulkki-package-")
        cls.addClassCleanup(shutil.rmtree, cls.folder, True)
        output(os.environ["TULKKI_CPACK"], "--config", BUILD + "/CPackConfig.cmake", "-B", cls.folder)
        cls.packages = {os.path.basename(path).split("_")[0]: path for path in glob.glob(cls.folder + "/*.deb")}
        cls.root = cls.folder + "/root"
        for path in cls.packages.values():
            output("dpkg-deb", "-x", path, cls.root)
        cls.tulkki = cls.root + "/usr/bin/tulkki"

    def field(self, package, name):
        return output("dpkg-deb", "-f", self.packages[package], name).strip()

    def names(self, package):
        return {line.split(None, 5)[5].removeprefix("./") for line in output("dpkg-deb", "-c", self.packages[package]).splitlines()}

    def have_viewer(self):
        if "tulkki-viewer" not in self.packages:
            self.skipTest("the window was not built")

    def test_contents(self):
        names = self.names("tulkki")
        for expected in ("usr/bin/tulkki", "usr/bin/tulkki-mpicc", "usr/lib/tulkki/libtulkki.so", "usr/lib/libtulkki.so -> tulkki/libtulkki.so",
                         "usr/lib/tulkki/mpich/libmpi.so.12", "usr/lib/tulkki/openmpi/libmpi.so.40", "usr/include/tulkki/mpi.h",
                         "usr/share/doc/tulkki/README.md", "usr/share/doc/tulkki/docs/report.md", "usr/share/doc/tulkki/copyright",
                         "usr/share/doc/tulkki/changelog.gz", "usr/share/doc/tulkki/examples/ring.c",
                         "usr/share/bash-completion/completions/tulkki", "usr/share/man/man1/tulkki.1.gz",
                         *(f"usr/share/man/man1/tulkki-{name}.1.gz" for name in COMMANDS)):
            self.assertIn(expected, names)
        self.assertIn("usr/lib/tulkki/libmpi_abi.so.1", " ".join(names))
        for mpi in ("openmpi", "mpich"):
            if os.path.exists(f"{BUILD}/lib/tulkki/workloads/{mpi}/workload"):
                self.assertIn(f"usr/lib/tulkki/workloads/{mpi}/workload", names)
                self.assertIn(f"usr/lib/tulkki/selftest/probe.{mpi}", names)
        self.assertFalse({name for name in names if name.startswith("usr/lib/lib") and "->" not in name}, "in everybody's folder")

    def test_contents_of_the_window(self):
        self.have_viewer()
        names = self.names("tulkki-viewer")
        for expected in ("usr/bin/tulkki-viewer", "usr/share/applications/tulkki-viewer.desktop", "usr/share/mime/packages/tulkki.xml",
                         "usr/share/icons/hicolor/scalable/apps/tulkki.svg", "usr/share/man/man1/tulkki-viewer.1.gz",
                         "usr/share/doc/tulkki-viewer/copyright"):
            self.assertIn(expected, names)
        self.assertFalse({name for name in self.names("tulkki") & names if not name.endswith("/")})
        if shutil.which("desktop-file-validate"):
            output("desktop-file-validate", self.root + "/usr/share/applications/tulkki-viewer.desktop")

    def test_dependencies(self):
        depends = self.field("tulkki", "Depends")
        self.assertRegex(depends, r"libotf2-trace|libopen-trace")
        self.assertIn("libsqlite3-0", depends)
        for field in ("Depends", "Recommends"):
            self.assertNotRegex(self.field("tulkki", field), MPI_PACKAGES)
        self.assertNotIn("qt6", depends)
        for suggested in ("openmpi-bin", "mpich", "tulkki-viewer"):
            self.assertIn(suggested, self.field("tulkki", "Suggests"))

    def test_dependencies_of_the_window(self):
        self.have_viewer()
        depends = self.field("tulkki-viewer", "Depends")
        self.assertIn(f"tulkki (= {self.field('tulkki', 'Version')})", depends)
        for expected in ("libqt6widgets6", "libqcustomplot", "fonts-liberation"):
            self.assertIn(expected, depends)
        self.assertNotRegex(depends, MPI_PACKAGES)

    def test_lintian(self):
        if not shutil.which("lintian"):
            self.skipTest("lintian is not installed")
        printed = subprocess.run(["lintian", "--allow-root", "--tag-display-limit", "0", "--fail-on", "none", *self.packages.values()],
                                 capture_output=True, text=True, check=False)
        self.assertEqual(printed.stdout + printed.stderr, "")

    def test_installed_command(self):
        self.assertRegex(output(self.tulkki, "--version"), r"^tulkki \d")
        self.assertIn(self.root + "/usr/share/doc/tulkki/docs/report.md", output(self.tulkki, "report", "--help"))

    def test_without_the_window(self):
        alone = self.folder + "/alone"
        output("dpkg-deb", "-x", self.packages["tulkki"], alone)
        result = subprocess.run([alone + "/usr/bin/tulkki", "view"], capture_output=True, text=True, check=False)
        self.assertEqual(result.returncode, 1)
        self.assertIn("apt install tulkki-viewer", result.stderr)

    def test_records(self):
        for mpi in ("openmpi", "mpich"):
            program = f"{self.root}/usr/lib/tulkki/workloads/{mpi}/workload"
            if not os.path.exists(program):
                continue
            with self.subTest(mpi):
                work = tempfile.mkdtemp(dir=self.folder)
                words = [self.tulkki, "run", "-n", "2", "--oversubscribe", "--", program, "latency", "--sizes", "8", "--seconds", "0.02"]
                outcome = run(words, environment(Tools("", "", mpi, os.environ["TULKKI_YIELD"])), work, 120)
                self.assertEqual(outcome.exit_code, 0, outcome.stderr)
                self.assertIn("MPI_Send", output(self.tulkki, "report", "last", cwd=work))

    def test_standard_abi_and_documents_of_the_help(self):
        work = tempfile.mkdtemp(dir=self.folder)
        output(self.root + "/usr/bin/tulkki-mpicc", "-o", work + "/ring", self.root + "/usr/share/doc/tulkki/examples/ring.c")
        loaded = output("ldd", work + "/ring")
        self.assertIn(self.root + "/usr/lib/tulkki/libmpi_abi.so.1", loaded)
        for command in ("", *COMMANDS):
            printed = output(self.tulkki, *([command] if command else []), "--help", cwd=work)
            for page in re.findall(r"\S*docs/\S+\.md", printed):
                self.assertTrue(os.path.isfile(page), f"tulkki {command} --help names {page}")

    def test_manual_pages(self):
        pages = glob.glob(self.root + "/usr/share/man/man1/*.gz")
        self.assertGreaterEqual(len(pages), len(COMMANDS) + 3)
        for page in pages:
            # tulkki-viewer(1) refers to tulkki-view(1) of the other package.
            environment_of_man = {"PATH": os.environ["PATH"], "MANWIDTH": "80", "LC_ALL": "C.UTF-8"}
            result = subprocess.run(["man", "-l", "--warnings", page], capture_output=True, text=True, check=False,
                                    cwd=self.root + "/usr/share/man", env=environment_of_man)
            self.assertEqual((result.returncode, result.stderr), (0, ""), page)
            self.assertNotIn(BUILD, result.stdout)
            self.assertIn("NAME", result.stdout, page)
        run_page = output("man", "-l", self.root + "/usr/share/man/man1/tulkki-run.1.gz", env=environment_of_man)
        for expected in ("--launcher-args", "TULKKI_BACKEND", "EXAMPLES"):
            self.assertIn(expected, run_page)

    def complete(self, *words, folder=None):
        script = ('source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _tulkki; '
                  'printf "%s\\n" "${COMPREPLY[@]}"')
        completion = self.root + "/usr/share/bash-completion/completions/tulkki"
        return output("bash", "-c", script, "bash", completion, self.tulkki, *words, cwd=folder or self.folder).split("\n")[:-1]

    def test_completion(self):
        self.assertEqual(self.complete("re"), ["report", "recover"])
        self.assertIn("--launcher-args", self.complete("run", "--la"))
        self.assertEqual(self.complete("run", "--backend", ""), ["openmpi", "mpich", "abi"])
        self.assertIn("tcp", self.complete("run", "--transport", ""))
        self.assertIn("latency,mix", self.complete("bench", "--workload", "latency,m"))
        self.assertIn("MPI_Sendrecv", self.complete("compare", "--procedure", "MPI_Send"))
        self.assertIn("Send,Recv", self.complete("compare", "--procedure", "Send,Re"))
        self.assertIn("throughput", self.complete("compare", "--metric", "thr"))
        if "tulkki-viewer" in self.packages:
            self.assertIn("timeline", self.complete("view", "--page", "t"))

    def test_completion_of_runs(self):
        work = tempfile.mkdtemp(dir=self.folder)
        words = [self.tulkki, "run", "-n", "1", "--label", "before", "--", f"{BUILD}/lib/tulkki/selftest/probe.openmpi", work + "/file"]
        if not os.path.exists(words[-2]):
            self.skipTest("Open MPI is not installed")
        run(words, environment(Tools("", "", "openmpi")), work, 120)
        self.assertEqual(self.complete("report", "", folder=work), ["last", "1", "before"])
        self.assertEqual(self.complete("report", "--db", work + "/tulkki.db", "be"), ["before"])


if __name__ == "__main__":
    unittest.main()
