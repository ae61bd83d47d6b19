# SPDX-License-Identifier: Apache-2.0
"""`tulkki transports`, `--transport` and TULKKI_TRANSPORT: what is listed, what a run is verified to have used, and that
verification fails when messages went another way."""
import json
import os
import shutil
import sqlite3
import subprocess
import tempfile
import unittest

PROGRAM = os.environ["TULKKI_PROGRAM"]
WORKLOADS = os.environ["TULKKI_WORKLOADS"]
LIBRARY = os.path.join(os.path.dirname(PROGRAM), "..", "lib", "libtulkki.so")
MPIS = [mpi for mpi in ("openmpi", "mpich") if os.path.exists(os.path.join(WORKLOADS, mpi, "workload"))]


def other(mpi):
    return "mpich" if mpi == "openmpi" else "openmpi"


class Transports(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="tulkki-transports-")
        self.addCleanup(shutil.rmtree, self.folder, True)
        steering = ("TULKKI_", "OMPI_", "UCX_", "FI_", "MPIR_", "LD_PRELOAD")
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith(steering)}
        self.environment.update(HOME=self.folder, OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1",
                                OMPI_MCA_mpi_yield_when_idle="1", OMPI_MCA_rmaps_base_oversubscribe="1")

    def command(self, *words, code=0, environment=None):
        result = subprocess.run(words, capture_output=True, text=True, cwd=self.folder, timeout=120,
                                env={**self.environment, **(environment or {})})
        if code is not None:
            self.assertEqual(result.returncode, code, f"{words}\n{result.stdout}\n{result.stderr}")
        return result

    def tulkki(self, *arguments, **options):
        return self.command(PROGRAM, *arguments, **options)

    def program(self, mpi):
        return [os.path.join(WORKLOADS, mpi, "workload"), "latency", "--sizes", "8,100000", "--seconds", "0.01", "--verify"]

    def latest(self):
        """(transport, how it was verified, why not) of the newest run."""
        with sqlite3.connect(os.path.join(self.folder, "tulkki.db")) as database:
            return database.execute(
                "SELECT transport, transport_verified, COALESCE((SELECT value FROM run_property WHERE "
                "run_property.run_id = run.run_id AND name = 'transport_unverified'), '') FROM run "
                "ORDER BY run_id DESC LIMIT 1").fetchone()

    def listed(self, *arguments):
        backends = json.loads(self.tulkki("transports", "--json", *arguments).stdout)
        return {backend["backend"]: {one["name"]: one for one in backend["transports"]} for backend in backends}

    def run_with(self, mpi, *options, ranks="2", **keywords):
        return self.tulkki("run", "-n", ranks, "--no-trace", *options, *self.program(mpi), **keywords)

    def test_every_available_transport_is_used_and_verified(self):
        for mpi, transports in self.listed().items():
            for name, transport in transports.items() if mpi in MPIS else ():
                with self.subTest(mpi=mpi, transport=name):
                    if not transport["available"]:
                        self.assertIn(transport["reason"], self.run_with(mpi, "--transport", name, code=1).stderr)
                        continue
                    self.run_with(mpi, "--transport", name)
                    asked, verified, why_not = self.latest()
                    self.assertEqual((asked, why_not), (name, ""))
                    self.assertNotEqual(verified, "")

    def test_what_is_always_there(self):
        listed = self.listed()
        for mpi in MPIS:
            for name in ("shm", "tcp"):
                self.assertTrue(listed[mpi][name]["available"], listed[mpi][name])
        text = self.tulkki("transports").stdout
        for transports in listed.values():
            for one in transports.values():
                self.assertIn(one["about"] if one["available"] else one["reason"], text)

    def test_translated_programs_too(self):
        if len(MPIS) < 2:
            self.skipTest("one MPI only")
        for mpi in MPIS:
            for name in ("shm", "tcp"):
                self.run_with(mpi, "--backend", other(mpi), "--transport", name)
                asked, verified, why_not = self.latest()
                self.assertEqual((asked, why_not), (name, ""))
                self.assertNotEqual(verified, "")

    def test_red_when_messages_go_another_way(self):
        # mpirun's own options win over the environment: shm was asked for, tcp is used.
        self.run_with("openmpi", "--transport", "shm", "--launcher-args", "--mca btl self,tcp")
        _, verified, why_not = self.latest()
        self.assertEqual(verified, "")
        self.assertIn("btl is self,tcp, not self,vader", why_not)
        self.assertIn("(NOT verified)", self.tulkki("report", "last").stdout)
        self.assertIn("shm (not verified)", self.tulkki("runs").stdout)

    def test_red_when_one_property_differs(self):
        for mpi, lie, says in (("openmpi", "no segment vader_segment", "memory is shared: vader_segment"),
                               ("openmpi", "tcp", "there are no TCP connections"), ("openmpi", "pml ucx", "pml is ob1, not ucx"),
                               ("openmpi", "udp", "there are no UDP sockets"), ("mpich", "segment vader_segment", "no memory is shared"),
                               ("mpich", "environment UCX_TLS nothing", "UCX_TLS is self,shm, not nothing"),
                               ("openmpi", "by magic", "knows no check 'by magic'")):
            if mpi not in MPIS:
                continue
            with self.subTest(check=lie):
                shm = self.listed()[mpi]["shm"]
                path = os.path.join(self.folder, "own.json")
                with open(path, "w", encoding="utf-8") as stream:
                    json.dump({"transports": [{"backend": mpi, "name": "lied", "variables": shm["variables"],
                                               "verify": [lie]}]}, stream)
                self.run_with(mpi, "--transports-file", path, "--transport", "lied")
                _, verified, why_not = self.latest()
                self.assertEqual(verified, "")
                self.assertIn(says, why_not)

    def test_one_rank_verifies_nothing(self):
        command = [PROGRAM, "run", "--no-trace", "--transport", "shm", os.path.join(WORKLOADS, "openmpi", "workload"), "io",
                   "--sizes", "512", "--seconds", "0.01"]
        self.command(*command)
        self.assertIn("one rank has nobody to send to", self.latest()[2])

    def test_plain_launcher_sets_and_verifies(self):
        for mpi, launcher, preload in (("openmpi", ["mpirun.openmpi", "-x", "TULKKI_TRANSPORT"], "-x"),
                                       ("mpich", ["mpiexec.mpich"], "-genv")):
            if mpi not in MPIS:
                continue
            with self.subTest(mpi=mpi):
                value = ["-x", f"LD_PRELOAD={LIBRARY}"] if preload == "-x" else ["-genv", "LD_PRELOAD", LIBRARY]
                self.command(*launcher, *value, "-n", "2", *self.program(mpi),
                             environment={"TULKKI_TRANSPORT": "tcp", "TULKKI_TRACE": "0"})
                self.wait_for_conversion()
                asked, verified, why_not = self.latest()
                self.assertEqual((asked, why_not), ("tcp", ""))
                self.assertIn("TCP connections", verified)
                os.remove(os.path.join(self.folder, "tulkki.db"))

    def wait_for_conversion(self):
        for _ in range(600):
            try:
                if self.latest() is not None:
                    return
            except sqlite3.Error:
                pass
            subprocess.run(["sleep", "0.1"], check=True)
        self.fail("the last process converted nothing")

    def test_plain_launcher_with_an_unknown_name_runs_on_and_says_so(self):
        result = self.command("mpirun.openmpi", "-x", "TULKKI_TRANSPORT", "-x", f"LD_PRELOAD={LIBRARY}", "-n", "2",
                              *self.program("openmpi"), environment={"TULKKI_TRANSPORT": "pigeons", "TULKKI_TRACE": "0"})
        self.assertIn("TULKKI_TRANSPORT=pigeons is not used", result.stderr)
        self.wait_for_conversion()
        self.assertIn("has no transport of this name", self.latest()[2])

    def test_env_prints_the_variables(self):
        text = self.tulkki("env", "--transport", "tcp", self.program("openmpi")[0]).stdout
        self.assertIn("export OMPI_MCA_btl='self,tcp'", text)
        self.assertIn("export TULKKI_TRANSPORT='tcp'", text)

    def test_wrong_use(self):
        for mpi in MPIS:
            result = self.run_with(mpi, "--transport", "pigeons", code=2)
            for name in ("default", *self.listed()[mpi]):
                self.assertIn(name, result.stderr)
        self.assertIn("neither openmpi, mpich nor abi", self.tulkki("transports", "--backend", "lam", code=2).stderr)
        self.assertIn("neither openmpi, mpich nor abi", self.run_with("openmpi", "--backend", "lam", code=2).stderr)
        self.assertIn("is not an MPI library", self.tulkki("transports", "--backend", PROGRAM, code=2).stderr)

    def test_own_file_with_mistakes(self):
        for text, says in (("{\n\"transports\": [\n}", "line 3"), ("{}", "'transports' is missing"),
                           ('{"transports": [{"backend": "openmpi"}]}', "'name' is missing"),
                           ('{"transports": [{"backend": "lam", "name": "x"}]}', "'backend' must be openmpi"),
                           ('{"transports": [{"backend": "mpich", "name": "x", "colour": 1}]}', "no field 'colour'"),
                           ('{"transports": [{"backend": "mpich", "name": "x", "verify": "tcp"}]}', "'verify' must be a list"),
                           ('{"transports": [{"backend": "mpich", "name": "x", "verify": ["tcp && no udp"]}]}', "make it two texts"),
                           ('{"transports": [{"backend": "mpich", "name": "x", "variables": {"A": 1}}]}', "'A' must be a string")):
            with self.subTest(text=text):
                path = os.path.join(self.folder, "own.json")
                with open(path, "w", encoding="utf-8") as stream:
                    stream.write(text)
                error = self.tulkki("transports", "--transports-file", path, code=2).stderr
                self.assertIn(says, error)
                self.assertIn("own.json", error)
        self.assertIn("cannot be read", self.tulkki("transports", "--transports-file", "nowhere.json", code=2).stderr)

    def test_own_line_in_the_usual_place(self):
        os.makedirs(os.path.join(self.folder, ".config", "tulkki"))
        with open(os.path.join(self.folder, ".config", "tulkki", "transports.json"), "w", encoding="utf-8") as stream:
            json.dump({"transports": [{"backend": "openmpi", "name": "fabric", "about": "ours",
                                       "needs": ["text libfabric.so.1 no_such_provider"]}]}, stream)
        fabric = self.listed("--backend", "openmpi")["openmpi"]["fabric"]
        self.assertFalse(fabric["available"])
        self.assertIn("no_such_provider", fabric["reason"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
