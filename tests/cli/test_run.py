# SPDX-License-Identifier: Apache-2.0
"""`tulkki run` lets the program through untouched: arguments, input, outputs, exit codes, signals, environment.
The programs are scripts, so nothing is recorded here; recording is tested in tests/programs."""
import os
import shutil
import signal
import subprocess
import time

import support

NOTHING = "tulkki: nothing was recorded: "


class Run(support.CommandTest):
    backend = "openmpi"

    def setUp(self):
        super().setUp()
        self.launcher = {"openmpi": "mpirun.openmpi", "mpich": "mpiexec.mpich"}[self.backend]
        if shutil.which(self.launcher) is None:
            self.skipTest(self.launcher + " is not installed")
        os.mkdir(self.path("raw"))
        self.environment["TULKKI_DIR"] = self.path("raw")
        self.environment["TULKKI_BACKEND"] = self.backend

    def run_script(self, body, *arguments, options=(), **keywords):
        script = self.write("script", "#!/bin/sh\n" + body, 0o755)
        result = self.tulkki("run", *options, script, *arguments, **keywords)
        # Whatever happened: nothing is left, and it was said that nothing was recorded.
        self.assertEqual(os.listdir(self.path("raw")), [])
        self.assertNotIn("tulkki.db", os.listdir(self.folder))
        stderr = result.stderr if isinstance(result.stderr, str) else result.stderr.decode()
        self.assertIn(NOTHING, stderr)
        return result

    def test_arguments_input_and_output(self):
        arguments = ["-n", "two words", "", "--label", "it's", "a;b,c", "*", "--"]
        result = self.run_script('for a in "$@"; do printf "<%s>" "$a"; done; cat', *arguments,
                                 input=b"\x00\xff binary\n" * 1000, text=False)
        self.assertEqual(result.stdout, "".join(f"<{a}>" for a in arguments).encode() + b"\x00\xff binary\n" * 1000)
        self.assertIn("the recorder was not loaded", result.stderr.decode())  # it was another library, see support.py

    def test_double_dash_ends_options(self):
        self.write("script", "#!/bin/sh\necho \"$@\"\n", 0o755)
        self.assertEqual(self.tulkki("run", "--", "./script", "--", "x").stdout, "-- x\n")

    def test_stderr_is_the_program_s_and_one_line(self):
        result = self.run_script("echo complaint >&2")
        self.assertEqual(sorted(result.stderr.splitlines())[0], "complaint")
        self.assertEqual(len(result.stderr.splitlines()), 2)

    def test_exit_code(self):
        self.assertIn("exit code 7", self.run_script("exit 7", code=7).stderr)

    def test_ranks_and_one_without_n(self):
        self.assertEqual(self.run_script("echo rank", options=["-n", "3"]).stdout, "rank\n" * 3)
        self.assertEqual(self.run_script("echo rank").stdout, "rank\n")
        self.assertEqual(self.run_script("echo rank", options=["--oversubscribe", "-n5"]).stdout, "rank\n" * 5)
        # As mpirun takes it; what follows the program is the program's.
        for spelling in (["-np", "2"], ["-np=2"], ["-np2"], ["-n=2"], ["--np=2"], ["--n", "2"]):
            self.assertEqual(self.run_script('echo "$@"', "-np", "7", options=spelling).stdout, "-np 7\n" * 2, spelling)

    def test_launcher_arguments(self):
        options = ["--launcher-args", "-n 2 -wdir '/usr'"]
        self.assertEqual(self.run_script("pwd", options=options).stdout, "/usr\n" * 2)

    def test_repeat(self):
        result = self.run_script('echo "repetition $TULKKI_REPETITION"', options=["--repeat", "3"])
        self.assertEqual(result.stdout, "repetition 1\nrepetition 2\nrepetition 3\n")
        self.assertEqual(self.run_script("exit $TULKKI_REPETITION", options=["--repeat", "2"], code=1).stdout, "")

    def test_variables(self):
        result = self.run_script(
            'printf "%s\\n" "$TULKKI_LABEL" "$TULKKI_TRACE" "$TULKKI_STACK_DEPTH" "$TULKKI_TRACE_LIMIT" '
            '"$TULKKI_DB" "$TULKKI_BACKEND" "$TULKKI_TRANSPORT" "$LD_PRELOAD"; ls -d "$TULKKI_RUN_DIR"; '
            'echo "$TULKKI_COLLECT_DIR"',
            options=["--label", "a 'b' \"c\"; $HOME, ä", "--no-trace", "--stack-depth", "4", "--trace-limit", "5M",
                     "--db", "x.db"])
        lines = result.stdout.splitlines()
        self.assertEqual(lines[:8], ["a 'b' \"c\"; $HOME, ä", "0", "4", "5M", self.path("x.db"), self.backend, "default",
                                     self.environment["TULKKI_LIBRARY"]])
        self.assertTrue(lines[8].startswith(self.path("raw")))
        self.assertTrue(lines[9].startswith(self.path("tulkki-traces", ".collect-")))

    def test_environment_of_the_user(self):
        result = self.run_script('echo "$OWN $TULKKI_LABEL"', environment={"OWN": "kept", "TULKKI_LABEL": "from outside"})
        self.assertEqual(result.stdout, "kept from outside\n")

    def test_recording_switched_off_is_named(self):
        self.assertIn("TULKKI_RECORD=0", self.run_script("true", environment={"TULKKI_RECORD": "0"}).stderr)

    def test_static_program_is_named(self):
        if shutil.which("gcc") is None:
            self.skipTest("gcc is not installed")
        source = self.write("static.c", "int main(void) { return 0; }\n")
        subprocess.run(["gcc", "-static", source, "-o", self.path("static")], check=True)
        self.assertIn("statically linked", self.tulkki("run", "./static", code=1).stderr)

    def stopped_by(self, number, *command):
        """Starts a script that waits, sends the signal to the command, returns its exit code and stderr."""
        script = self.write("script", "#!/bin/sh\necho $$ > started.part; mv started.part started; sleep 60\n", 0o755)
        process = subprocess.Popen([*command, script], cwd=self.folder, env=self.environment, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True)
        started = self.path("started")
        self.wait_until(lambda: os.path.exists(started), "the program did not start")
        process.send_signal(number)
        _, errors = process.communicate(timeout=60)
        with open(started, encoding="utf-8") as stream:
            program = int(stream.read())
        # The launcher may end a little before what it killed.
        self.wait_until(lambda: not os.path.exists(f"/proc/{program}"), "the program still runs")
        os.remove(started)
        return process.returncode, errors

    def wait_until(self, condition, complaint):
        for _ in range(600):
            if condition():
                return
            time.sleep(0.05)
        self.fail(complaint)

    def test_signals_are_passed_on(self):
        # Launchers differ in the exit code that they make of a signal: it must be the one without us.
        root = ["--allow-run-as-root"] if self.backend == "openmpi" and os.geteuid() == 0 else []
        for number in (signal.SIGTERM, signal.SIGINT):
            native, _ = self.stopped_by(number, self.launcher, *root, "-n", "1")
            code, errors = self.stopped_by(number, support.PROGRAM, "run")
            # MPICH's gives 0 or the signal, by chance: whether it still hears of the program's end.
            by_chance = (0, int(number)) if self.backend == "mpich" else ()
            self.assertIn(code, (native if native >= 0 else 128 - native, *by_chance), errors)
            self.assertIn(NOTHING, errors)
            self.assertEqual(os.listdir(self.path("raw")), [])


class RunOnMpich(Run):
    backend = "mpich"


if __name__ == "__main__":
    support.main()
