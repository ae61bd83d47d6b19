#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the commands of a page in order, as a reader would paste them, and compares its outputs with what they print.
docs/hacking.md explains the marks and the folder in which they run.

Usage: run_document.py [--refresh] [--keep] PAGE...
  --refresh   rewrites those outputs in the page that have another shape now, if all commands of the page succeed
  --keep      leaves the folder in which the commands ran, and says where it is
"""
import argparse
import os
import pathlib
import shlex
import shutil
import sys
import tempfile

import shape
from document import SCRIPTS, Block, Command, DocumentError, commands_of, read_document

SOURCE = pathlib.Path(os.environ.get("TULKKI_SOURCE", pathlib.Path(__file__).resolve().parents[2]))
BUILD = pathlib.Path(os.environ.get("TULKKI_BUILD", SOURCE / "build"))
sys.path.insert(0, str(SOURCE / "tests" / "support"))
import launch  # noqa: E402

LIMIT_S = 300
# What a reader has beside a clone, if the page says so: name -> how the test makes it.
EXCHANGE = "tests/analysis/exchange.c"
INPUTS = {
    "program": f"mpicc.openmpi -g -O1 -o program {EXCHANGE}",
    "compiled-for-openmpi": f"mpicc.openmpi -g -O1 -o compiled-for-openmpi {EXCHANGE}",
    "compiled-for-mpich": f"mpicc.mpich -g -O1 -o compiled-for-mpich {EXCHANGE}",
    "ring.c": f"cp {EXCHANGE} ring.c",
    "in.melt": "sed 's/^run .*/run 50/' tests/applications/lammps/in.melt > in.melt",
}
READER = "/home/you/tulkki"  # how a refreshed page names the folder


class Page:
    """One page, the folder in which its commands run, and what was found."""

    def __init__(self, path, folder, to_refresh):
        self.path, self.folder, self.to_refresh = path, folder, to_refresh
        self.name = str(path.relative_to(SOURCE))
        self.document = read_document(path)
        self.failures, self.reasons, self.renewals = [], [], []
        self.run_count = self.left_out_count = self.output_count = self.other_count = 0
        self.output = None  # of the last command, lines; None if it was not run

    def fail(self, line, text):
        self.failures.append(f"{self.name}:{line}: {text}")

    def leave_out(self, mark, commands=0):
        """A mark holds: for this number of commands, or for a block without any."""
        self.left_out_count += commands
        self.other_count += 0 if commands else 1
        self.reasons.append(f"  {self.name}:{mark.line}: {commands or 'a block'} not run: {mark.detail}")

    # -- the folder

    def prepare(self):
        """A folder like the top of a clone after scripts/setup, with an older trace: a reader runs a page twice."""
        for entry in SOURCE.iterdir():
            if not entry.name.startswith((".", "build", "tulkki.db", "tulkki-traces")):
                (self.folder / entry.name).symlink_to(entry)
        (self.folder / "build").symlink_to(BUILD)
        (self.folder / "home").mkdir()
        older = self.folder / "tulkki-traces" / "older-20000101-000000-000000" / "traces.otf2"
        older.parent.mkdir(parents=True)
        older.touch()
        os.utime(older, (0, 0))

    def environment(self):
        path = f"{BUILD / 'bin'}:{os.environ['PATH']}"
        return launch.environment(launch.Tools("", "", "openmpi"), {
            "PATH": path, "HOME": str(self.folder / "home"), "XDG_CONFIG_HOME": "", "XDG_CACHE_HOME": "",
            "LC_ALL": "C.UTF-8", "DISPLAY": "", "COLUMNS": "100"})

    def provide(self, mark):
        """What a reader already has: made by a command of the page's source, or one of ours."""
        names = mark.detail.split(", ") if mark.name == "reader has" else []
        for name in names:
            if name not in INPUTS:
                self.fail(mark.line, f"'{name}' is not known; there are {', '.join(INPUTS)}")
        making = [INPUTS[name] for name in names if name in INPUTS] if names else [mark.detail]
        self.shell([Command(command, mark.line) for command in making], {})
        self.run_count -= len(making)

    # -- commands

    def shell(self, commands, expected):
        """Runs commands in one shell; the exit code must be 0, or that in `expected` (number of the command: code)."""
        script, place, script_file = [], self.folder / "home" / "output", self.folder / "home" / "script"
        for index, command in enumerate(commands):
            output = shlex.quote(f"{place}.{index}")
            script.append(f"{{ {command.text}\n}} >{output} 2>&1; echo $? >{output}.code")
        script_file.write_text("\n".join(script) + "\n", encoding="utf-8")
        outcome = launch.run(["bash", str(script_file)], self.environment(), str(self.folder), LIMIT_S)
        if outcome.timed_out:
            self.fail(commands[0].line, f"the commands took more than {LIMIT_S} s")
        if outcome.survivors:
            self.fail(commands[0].line, f"left running: {outcome.survivors}")
        for index, command in enumerate(commands):
            code_file = pathlib.Path(f"{place}.{index}.code")
            output = pathlib.Path(f"{place}.{index}")
            text = output.read_text(encoding="utf-8", errors="replace") if code_file.exists() else ""
            self.output = self.without_folder(text).split("\n")
            code = int(code_file.read_text()) if code_file.exists() else None
            code_file.unlink(missing_ok=True)
            if code != expected.get(index, 0):
                self.fail(command.line, f"exit code {code}: {command.text}\n{outcome.stderr}{text[-3000:]}")
        self.run_count += len(commands)

    def without_folder(self, text):
        for folder, name in ((BUILD, READER + "/build"), (self.folder, READER), (SOURCE, READER)):
            text = text.replace(str(folder), name)
        return text

    def run_commands(self, block):
        commands = commands_of(block)
        for mark in block.all_marks("not run"):
            left_out = [command for command in commands if mark.part in command.text]
            if not left_out:
                self.fail(mark.line, f"no command holds '{mark.part}', which this mark names")
            self.leave_out(mark, len(left_out))
            commands = [command for command in commands if command not in left_out]
            self.output = None
        if not commands:
            return
        code = block.mark("exit code")
        self.shell(commands, {len(commands) - 1: int(code.detail)} if code else {})

    def run_script(self, block):
        """A block in another language is given to its interpreter."""
        if mark := block.mark("not run"):
            self.leave_out(mark)
            return
        source = self.folder / "home" / "block"
        source.write_text(block.text, encoding="utf-8")
        self.shell([Command(" ".join(SCRIPTS[block.language]) + f" <{shlex.quote(str(source))}", block.line)], {})

    # -- outputs

    def check_output(self, block):
        if mark := block.mark("not run"):
            self.leave_out(mark)
            return
        if self.output is None:
            self.fail(block.line, "an output, but no command was run above it: mark it <!-- not run: REASON -->")
            return
        self.output_count += 1
        differs = shape.words_difference if block.mark("measured") else shape.difference
        why = differs(block.lines, self.output)
        if why and self.to_refresh and not block.mark("measured"):
            self.renewals.append((block, list(self.output), why))
        elif why:
            output = "".join("    " + line + "\n" for line in self.output)
            self.fail(block.line, f"the output has another shape: {why}\n{output}")

    def write_file(self, block, mark):
        (self.folder / mark.detail).write_text(block.text, encoding="utf-8")

    # -- the page

    def run(self):
        self.prepare()
        for item in self.document.blocks:
            if not isinstance(item, Block):
                self.provide(item)
            elif item.language == "sh":
                self.run_commands(item)
            elif item.language == "text":
                self.check_output(item)
            elif file := item.mark("file"):
                self.write_file(item, file)
            elif item.language in SCRIPTS:
                self.run_script(item)
            elif mark := item.mark("not run"):
                self.leave_out(mark)
            else:
                self.fail(item.line, f"a block of the language '{item.language}' that nothing runs: mark it "
                          "<!-- not run: REASON --> or <!-- file: NAME -->")
        for claim in self.document.claims:
            self.reasons.append(f"  {self.name}:{claim.line}: claim not run: {claim.detail}")

    def refresh(self):
        """Rewrites the outputs in the page, the last one first: the lines above keep their numbers."""
        lines = self.path.read_text(encoding="utf-8").split("\n")
        for block, real, why in reversed(self.renewals):
            renewed = shape.renewed(block.lines, real)
            if renewed is None:
                self.fail(block.line, "not refreshed: the output has no line like those that the page shows")
                continue
            print(f"{self.name}:{block.line}: refreshed: {why}")
            lines[block.line - 1:block.line - 1 + len(block.lines)] = [
                (block.indent + line).rstrip() for line in renewed]
        self.path.write_text("\n".join(lines), encoding="utf-8")


def run_page(path, options):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="tulkki-documents-"))
    try:
        page = Page(path.resolve(), folder, options.refresh)
        page.run()
    except DocumentError as error:
        print(error)
        return False
    finally:
        if options.keep:
            print(f"the commands ran in {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    if options.refresh and not page.failures:
        page.refresh()
    print(f"{page.name}: {page.run_count} commands run, {page.left_out_count} marked as not run; "
          f"{page.output_count} outputs compared; {page.other_count} other blocks marked")
    print("\n".join(page.reasons + page.failures))
    return not page.failures


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--refresh", action="store_true")
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("pages", nargs="*", type=pathlib.Path)
    options = parser.parse_args()
    pages = options.pages or [SOURCE / "README.md", *sorted((SOURCE / "docs").glob("*.md"))]
    sys.exit(0 if all([run_page(path, options) for path in pages]) else 1)


if __name__ == "__main__":
    main()
