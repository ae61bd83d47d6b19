# SPDX-License-Identifier: Apache-2.0
"""What the tests of the command line share: the program under test in a clean environment and an own folder."""
import fcntl
import os
import pty
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
import unittest

PROGRAM = os.environ["TULKKI_PROGRAM"]
SOURCE = os.environ["TULKKI_SOURCE"]
HERE = os.path.dirname(os.path.abspath(__file__))


class CommandTest(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="tulkki-cli-")
        self.addCleanup(shutil.rmtree, self.folder, True)
        # Any library that does no harm stands in for the recorder: these tests are about the command.
        self.environment = {name: value for name, value in os.environ.items()
                            if not name.startswith("TULKKI_") and name not in ("LD_PRELOAD", "NO_COLOR", "LANG")
                            and not name.startswith("LC_")}
        self.environment["TULKKI_LIBRARY"] = subprocess.run(
            ["sh", "-c", "ldconfig -p | sed -n 's/.*libm.so.6.* => //p' | head -n 1"],
            capture_output=True, text=True, env={"PATH": "/sbin:/usr/sbin:/bin:/usr/bin"}).stdout.strip()

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def write(self, name, text, mode=0o644):
        with open(self.path(name), "w", encoding="utf-8") as stream:
            stream.write(text)
        os.chmod(self.path(name), mode)
        return self.path(name)

    def tulkki(self, *arguments, code=0, text=True, timeout=120, **options):
        """Runs `tulkki`; fails unless it ends with `code` (None: any)."""
        environment = {**self.environment, **options.pop("environment", {})}
        result = subprocess.run([PROGRAM, *arguments], capture_output=True, text=text, cwd=self.folder,
                                env=environment, timeout=timeout, **options)
        if code is not None:
            self.assertEqual(result.returncode, code, f"{arguments}\n{result.stdout}\n{result.stderr}")
        return result

    def on_terminal(self, *arguments, environment=None, columns=100, answer=b""):
        """Runs `tulkki` on a terminal of its own; its exit code and what it showed."""
        child, terminal = pty.fork()
        if child == 0:
            fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
            os.execve(PROGRAM, [PROGRAM, *arguments], {**self.environment, "TERM": "xterm", **(environment or {})})
        os.write(terminal, answer)
        text = b""
        try:
            while chunk := os.read(terminal, 4096):
                text += chunk
        except OSError:  # the other side is closed
            pass
        os.close(terminal)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), text.decode()

    def fixture(self):
        path = self.path("fixture.db")
        subprocess.run([sys.executable, os.path.join(HERE, "fixture.py"),
                        os.path.join(SOURCE, "storage", "schema.sql"), path], check=True)
        return path

    def assert_golden(self, name, text):
        path = os.path.join(HERE, "golden", name)
        if os.environ.get("UPDATE_GOLDEN") == "1":
            with open(path, "w", encoding="utf-8", newline="") as stream:
                stream.write(text)
        with open(path, encoding="utf-8", newline="") as stream:
            self.assertEqual(text, stream.read(), f"differs from {path}; renew it with UPDATE_GOLDEN=1 if intended")


def main():
    unittest.main(verbosity=2)
