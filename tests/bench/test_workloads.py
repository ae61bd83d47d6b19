# SPDX-License-Identifier: Apache-2.0
"""The workloads and `tulkki bench`: message lists against Python's own, checks that find a wrong byte, every workload on
every MPI, native and translated, and the table."""
import json
import os
import random
import subprocess
import unittest

import support

MIXED = [1 << power for power in range(8, 28, 2) for _ in range(round(((1 << 28) / (1 << power)) ** 0.5))] + [1 << 28]


class Workloads(support.BenchTest):
    def launch(self, mpi, ranks, *arguments, code=0, preload=""):
        launcher = {"openmpi": ["mpirun.openmpi"], "mpich": ["mpiexec.mpich"]}[mpi]
        if preload:
            launcher += ["-x", "LD_PRELOAD=" + preload] if mpi == "openmpi" else ["-genv", "LD_PRELOAD", preload]
        result = subprocess.run([*launcher, "-n", str(ranks), support.workload(mpi), *arguments], cwd=self.folder, timeout=300,
                                env=self.environment, text=True, capture_output=True)
        self.assertEqual(result.returncode == 0, code == 0, result.stdout + result.stderr)
        rows = [line.split("\t")[1:] for line in result.stdout.splitlines() if line.startswith("measurement\t")]
        return {(row[0], int(row[1]), row[2]): (float(row[4]), row[3]) for row in rows}, result.stderr

    def test_shuffle_is_that_of_python(self):
        for count in (1, 2, 12, 2047):
            expected = list(range(count))
            random.Random(0).shuffle(expected)
            printed = subprocess.run([os.path.join(support.BINARIES, "tulkki_message_list"), str(count)], capture_output=True, check=True)
            self.assertEqual([int(line) for line in printed.stdout.split()], expected)

    def test_message_list_of_mix(self):
        self.assertEqual(len(MIXED), 2047)
        self.assertEqual(sum(MIXED), 536_608_768)
        sizes = list(MIXED)
        random.Random(0).shuffle(sizes)
        self.assertEqual(sizes[:12], [256, 256, 1024, 65536, 256, 256, 1024, 256, 4096, 256, 1024, 256])
        self.assertEqual([i for i, size in enumerate(sizes) if size >= 1 << 26], [720, 818, 1917])

    def test_alltoall_results(self):
        for mpi in support.MPIS:
            for name, ranks in (("sync", 2), ("async", 2), ("async", 3)) if mpi == "openmpi" else (("sync", 2), ("async", 2)):
                with self.subTest(mpi=mpi, workload=name, ranks=ranks):
                    rows, _ = self.launch(mpi, ranks, name, "--repetitions", "6", "--verify")
                    value = {metric: number for (_, _, metric), (number, _) in rows.items()}
                    self.assertEqual(value["operations"], 6)
                    self.assertEqual(value["transfer"], 2 * 6 * (1 << 21))
                    self.assertAlmostEqual(value["IOPS"], 6 / value["time"], delta=1e-6 * value["IOPS"])
                    self.assertAlmostEqual(value["throughput"], value["transfer"] * 8 / value["time"] / 1e6, delta=1e-6 * value["throughput"])
                    # All results at once, or one after the other.
                    self.assertGreater(value["memory"], (6 if name == "async" else 0.9) * (1 << 21))

    def test_mix_moves_what_it_says(self):
        rows, _ = self.launch("openmpi", 2, "mix", "--verify")
        self.assertEqual(rows["mix", 0, "operations"][0], 2047)
        self.assertEqual(rows["mix", 0, "transfer"][0], 2 * sum(MIXED))

    def test_verify_finds_a_wrong_byte(self):
        for mpi in support.MPIS:
            preload = os.path.join(support.BINARIES, f"corrupting.{mpi}.so")
            for arguments in (("sync", "--repetitions", "2"), ("latency", "--sizes", "100", "--seconds", "0.01")):
                with self.subTest(mpi=mpi, workload=arguments[0]):
                    rows, errors = self.launch(mpi, 2, *arguments, "--verify", code=1, preload=preload)
                    self.assertIn("is wrong", errors)
                    self.assertEqual(rows, {})

    def test_every_workload_tells_every_quantity(self):
        expected = {"latency": {"latency"}, "bandwidth": {"bandwidth"}, "bidirectional": {"bidirectional"}, "message-rate": {"message-rate"},
                    "collectives": {"barrier", "bcast", "gather", "gatherv", "scatter", "scatterv", "allgather", "allgatherv", "alltoall",
                                    "alltoallv", "alltoallw", "reduce", "allreduce", "reduce_scatter", "reduce_scatter_block", "scan",
                                    "exscan"},
                    "io": {"write_at", "write_at_all", "read_at", "read_at_all", "write_scattered", "read_scattered"},
                    "rma": {"put", "get", "accumulate"}}
        for mpi in support.MPIS:
            for name, tests in expected.items():
                with self.subTest(mpi=mpi, workload=name):
                    rows, _ = self.launch(mpi, 2, name, "--sizes", "64,4096", "--seconds", "0.005", "--verify")
                    self.assertEqual({test for test, _, _ in rows}, tests)
                    sizes = {size for test, size, _ in rows if test != "barrier"}
                    self.assertEqual(sizes, {64, 4096})
                    self.assertTrue(all(number > 0 for number, _ in rows.values()), rows)
        self.assertEqual([name for name in os.listdir(self.folder) if name.startswith("tulkki-workload")], [])

    def test_wrong_arguments(self):
        for arguments in ((), ("juggling",), ("latency", "--sizes", "8,x"), ("latency", "--window", "0"), ("latency", "--nonsense")):
            result = subprocess.run([support.workload(), *arguments], capture_output=True, text=True, check=False)
            self.assertEqual(result.returncode, 2)
            self.assertIn("usage: workload NAME", result.stderr)


class Bench(support.BenchTest):
    def test_native_and_translated_over_transports(self):
        ways = len(support.MPIS)
        result = self.tulkki("bench", "--workload", "latency,sync", "--messages", "3", "--sizes", "8", "--seconds", "0.01", "--repeat", "1",
                             "--transports", "shm,tcp", "--seed", "3")
        self.assert_whole(2 * 2 * ways * ways)
        rows = self.query("SELECT backend, front, transport, translated, transport_verified <> '' FROM run JOIN sweep_point USING (run_id) "
                          "WHERE json_extract(factors, '$.workload') = 'sync'")
        self.assertEqual(sorted(rows), sorted((backend, front, transport, int(backend != front), 1) for backend in support.MPIS
                                              for front in support.MPIS for transport in ("shm", "tcp")))
        # Three significant digits of the median, in a row with its factors.
        self.assertIn("| sync | openmpi | shm | native | 2 |", result.stdout)
        if ways == 2:
            self.assertIn("| sync | mpich | tcp | translated from openmpi | 2 |", result.stdout)
        self.assertEqual(self.tulkki("bench", "--table").stdout, result.stdout)
        listed = json.loads(self.tulkki("bench", "--table", "--json").stdout)
        self.assertEqual(len([one for one in listed["series"] if one["workload"] == "latency"]), 2 * ways * ways)
        for one in listed["series"]:
            self.assertEqual((len(one["values"]), one["interval"]), (1, None))

    def test_six_launches_have_an_interval(self):
        self.tulkki("bench", "--workload", "latency", "--sizes", "8", "--seconds", "0.01", "--backends", "openmpi", "--native", "--transports",
                    "shm", "--label", "six")
        one, = json.loads(self.tulkki("bench", "--table", "--json").stdout)["series"]
        self.assertEqual((one["front"], one["bytes"], one["unit"]), ("openmpi", 8, "us"))
        values = sorted(one["values"])
        self.assertEqual(one["interval"], [values[0], values[5]])
        self.assertEqual(one["median"], (values[2] + values[3]) / 2)
        self.assertEqual(self.query("SELECT DISTINCT label FROM run"), [("six",)])

    def test_wrong_use(self):
        for arguments, says in ((("--workload", "juggling"), "there is no workload 'juggling'; choose from latency, bandwidth"), (("--transports", "pigeons"), "has default,"),
                                (("--backends", "lam"), "neither openmpi, mpich nor abi"), (("--sizes", "many"), "whole numbers"),
                                (("--repeat", "0"), "--repeat")):
            with self.subTest(arguments=arguments):
                self.assertIn(says, self.tulkki("bench", *arguments, code=2).stderr)
        self.assertIn("no database", self.tulkki("bench", "--table", code=1).stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
