# SPDX-License-Identifier: Apache-2.0
"""`tulkki selftest`: passes on every backend, names what fails, and refuses what it cannot test."""

import json
import os
import pathlib

from standard_test import BUILD, HELLO, IMPLEMENTATIONS, SOURCE, TULKKI, StandardTest, main

CHECKS = ["start", "handles", "statuses", "callbacks", "collectives", "errors", "windows", "MPI-IO", "end", "isolation"]
YIELD = {"LD_PRELOAD": os.environ["TULKKI_YIELD"]}


class Selftest(StandardTest):
    def test_every_abi_on_every_backend(self):
        for backend in [*IMPLEMENTATIONS, "abi"]:
            extra = {} if backend == "openmpi" else YIELD
            document = json.loads(self.command(TULKKI, "selftest", "--backend", backend, "--json", extra=extra).stdout)
            self.assertEqual(document["backend"], backend)
            self.assertEqual([probe["front"] for probe in document["probes"]], [*IMPLEMENTATIONS, "abi"])
            for probe in document["probes"]:
                self.assertEqual(probe["checks"], {check: "ok" for check in CHECKS})
                self.assertTrue(probe["passed"])
        self.assertEqual(os.listdir(self.folder), [])

    def test_of_a_program(self):
        program = self.compile(HELLO)
        printed = self.command(TULKKI, "selftest", "--backend", IMPLEMENTATIONS[0], program).stdout
        self.assertRegex(printed, r"\n +abi +\nstart +ok +\n")
        self.assertTrue(printed.endswith("Passed.\n"), printed)

    def test_a_failure_is_named(self):
        """A probe that finds something wrong: with one check broken in its copy."""
        source = pathlib.Path(SOURCE, "translator/selftest/probe.c").read_text(encoding="utf-8")
        broken = source.replace("EXPECT(requests[0] == MPI_REQUEST_NULL", "EXPECT(requests[0] != MPI_REQUEST_NULL")
        self.assertNotEqual(broken, source)
        installed = self.path("prefix")
        os.makedirs(installed)
        self.command("sh", "-c", f"cd {BUILD} && cp -r --parents bin/tulkki lib/libtulkki.so lib/tulkki {installed}")
        probe = self.compile(broken, name="broken", options=("-w", "-Wno-error"))
        os.replace(probe, f"{installed}/lib/tulkki/selftest/probe.abi")
        result = self.command(f"{installed}/bin/tulkki", "selftest", "--backend", IMPLEMENTATIONS[0], code=1)
        self.assertIn("abi, statuses: rank 0: requests[0] != MPI_REQUEST_NULL", result.stdout)
        self.assertIn(f"1 of {len(IMPLEMENTATIONS) + 1} failed.", result.stdout)

    def test_wrong_use(self):
        self.assertIn("no such library", self.command(TULKKI, "selftest", "--backend", "/nowhere.so", code=2).stderr)
        self.assertIn("no program", self.command(TULKKI, "selftest", "nowhere", code=1).stderr)
        self.assertIn("nothing tells which MPI", self.command(TULKKI, "selftest", "true", code=1).stderr)


main()
