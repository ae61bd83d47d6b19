# SPDX-License-Identifier: Apache-2.0
"""Wrong use ends with exit code 2 and a line that says what to do; failures with 1; nothing is pretended."""
import os
import sqlite3

import support


class Arguments(support.CommandTest):
    def assert_refused(self, *arguments, code=2, says=""):
        result = self.tulkki(*arguments, code=code)
        self.assertEqual(result.stdout, "")
        self.assertIn(says, result.stderr)
        self.assertFalse(os.path.exists(self.path("tulkki.db")))

    def test_help_of_every_command_has_an_example(self):
        for command in ("run", "env", "runs", "report", "compare", "export"):
            text = self.tulkki(command, "--help").stdout
            self.assertIn("Example", text)
            self.assertIn(f"tulkki {command}", text)
        overview = self.tulkki().stdout
        self.assertEqual(overview, self.tulkki("--help").stdout)
        self.assertIn("tulkki run", overview)
        self.assertRegex(self.tulkki("--version").stdout, r"^tulkki \d+\.\d+\.\d+\n$")

    def test_unknown_command_names_the_nearest(self):
        self.assert_refused("reprot", says="did you mean 'report'?")
        self.assert_refused("frobnicate", says="no command 'frobnicate'")

    def test_run(self):
        self.assert_refused("run", says="PROGRAM is missing")
        self.assert_refused("run", "--", says="PROGRAM is missing")
        self.assert_refused("run", "--nonsense", "true", says="no option --nonsense")
        self.assert_refused("run", "-n", "0", "true", says="1 to")
        self.assert_refused("run", "-n", "two", "true", says="two")
        self.assert_refused("run", "--stack-depth", "65", "true", says="65")
        self.assert_refused("run", "--trace-limit", "5X", "true", says="5X")
        self.assert_refused("run", "--launcher-args", "'open", "true", says="is not closed")
        self.assert_refused("run", "--backend", "/nowhere/libmpi.so", "true", says="no such library")
        self.assert_refused("run", "no-such-program", code=1, says="no program 'no-such-program'")
        self.assert_refused("run", self.write("data", "x"), code=1, says="not an executable")

    def test_destinations_are_checked_before_the_program_starts(self):
        program = self.write("program", "#!/bin/sh\ntouch started\n", 0o755)
        self.assert_refused("run", "--db", "/nowhere/x.db", program, code=1, says="/nowhere")
        self.environment["TULKKI_DIR"] = "/proc/nowhere"
        self.assert_refused("run", program, code=1, says="TULKKI_DIR")
        del self.environment["TULKKI_DIR"]
        other = sqlite3.connect(self.path("other.db"))
        other.execute("CREATE TABLE theirs (value)")
        other.commit()
        other.close()
        self.assert_refused("run", "--db", "other.db", program, code=1, says="another program")
        self.environment["TULKKI_LIBRARY"] = "/nowhere/libtulkki.so"
        self.assert_refused("run", program, code=1, says="/nowhere/libtulkki.so")
        self.assertFalse(os.path.exists(self.path("started")))

    def test_reading_commands(self):
        self.assert_refused("report", "1", "--by", "colour", says="colour")
        self.assert_refused("report", "1", "--top", "0", says="--top")
        self.assert_refused("export", "xml", says="xml")
        self.assert_refused("export", "csv", "--table", "chairs", says="chairs")
        for command in (["runs"], ["report"], ["export", "csv"]):
            self.assert_refused(*command, code=1, says="no database at tulkki.db: run `tulkki run ...` first")
        database = self.fixture()
        self.assert_refused("report", "77", "--db", database, code=1, says="no run '77'")
        self.assert_refused("export", "csv", "absent", "--db", database, code=1, says="no run 'absent'")
        self.assert_refused("runs", "--db", self.write("text", "no database " * 200), code=1, says="not an SQLite")

    def test_newer_schema_is_refused(self):
        database = self.fixture()
        connection = sqlite3.connect(database)
        connection.execute("PRAGMA user_version = 999")
        connection.close()
        self.assert_refused("report", "1", "--db", database, code=1, says="was written by a newer tulkki")

    def test_full_output_is_an_error(self):
        database = self.fixture()
        for command in (["report", "1"], ["export", "csv"]):
            with open("/dev/full", "w") as full:
                import subprocess
                result = subprocess.run([support.PROGRAM, *command, "--db", database], stdout=full,
                                        stderr=subprocess.PIPE, text=True, env=self.environment)
            self.assertEqual(result.returncode, 1)
            self.assertIn("No space left", result.stderr)


if __name__ == "__main__":
    support.main()
