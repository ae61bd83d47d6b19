# SPDX-License-Identifier: Apache-2.0
"""What pages say without a command: links, pictures, paths, options, variables and messages exist, and lines are no
longer than 120 columns.

Usage: check_documents.py
"""
import os
import pathlib
import re
import subprocess
import sys

from document import DocumentError, commands_of, read_document

SOURCE = pathlib.Path(os.environ.get("TULKKI_SOURCE", pathlib.Path(__file__).resolve().parents[2]))
BUILD = pathlib.Path(os.environ.get("TULKKI_BUILD", SOURCE / "build"))
TULKKI = str(BUILD / "bin" / "tulkki")
MAX_COLUMNS = 120
# Options in prose that belong to other programs.
FOREIGN_OPTIONS = {
    "--allow-run-as-root": "mpirun of Open MPI", "--mca": "mpirun of Open MPI", "--bind-to": "mpirun of Open MPI",
    "--silent": "otf2-print", "--leak-check": "valgrind",
}
SCRIPTS_WITH_HELP = ["benchmark", "conformance", "demo", "figures", "fresh", "screenshots", "setup", "test"]
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z0-9-]+")


def slug(heading):
    """The anchor that GitHub makes of a heading."""
    text = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading).replace("`", "").strip().lower()
    return re.sub(r"[^\w\- ]", "", text).replace(" ", "-")


class Checks:
    def __init__(self):
        self.failures, self.counts, self.helps = [], {}, {}

    def check(self, kind, page, line, holds, text):
        self.counts[kind] = self.counts.get(kind, 0) + 1
        if not holds:
            self.failures.append(f"{page.relative_to(SOURCE)}:{line}: {text}")

    # -- links and paths

    def anchors(self, path):
        return {slug(text.lstrip("#")) for _, text in read_document(path).prose if text.startswith("#")}

    def links(self, page, line, text):
        for target in re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r"^\[\w+\]: (\S+)", text):
            if re.match(r"[a-z]+:", target):
                continue
            name, _, anchor = target.partition("#")
            path = (page.parent / name).resolve() if name else page
            self.check("links", page, line, path.exists(), f"the link {target} leads nowhere")
            if anchor and path.is_file():
                self.check("links", page, line, anchor in self.anchors(path), f"there is no heading for {target}")

    def paths(self, page, line, text):
        """Names in backquotes that begin with a folder of the top, and are no pattern."""
        for name in re.findall(r"`([\w+-][\w.+-]*/[\w./+-]*)`", text):
            if re.search(r"[A-Z]{4}", name) or not (SOURCE / name.split("/")[0]).is_dir() or name.startswith("build"):
                continue
            there = (SOURCE / name).exists() or any((SOURCE / name).parent.glob(pathlib.Path(name).name + ".*"))
            self.check("paths", page, line, there, f"there is no {name}")

    # -- options, variables, messages

    def help_of(self, *command):
        if command not in self.helps:
            program = [TULKKI, *command[1:]] if command[0] == "tulkki" else [str(SOURCE / command[0])]
            result = subprocess.run([*program, "--help"], capture_output=True, text=True, check=False)
            self.helps[command] = set(OPTION.findall(result.stdout)) if result.returncode == 0 else None
        return self.helps[command]

    def subcommands(self):
        text = subprocess.run([TULKKI, "--help"], capture_output=True, text=True, check=True).stdout
        return [name for name in re.findall(r"^\s+([a-z]+)\b", text, re.MULTILINE) if self.help_of("tulkki", name)]

    def options_of_command(self, page, line, text):
        """`tulkki X --option ...`: before the program, and before `--`."""
        text = re.sub(r" #.*", "", text)
        for name, rest in re.findall(r"\btulkki ([a-z]+)\b([^\n|;)]*)", text):
            known = self.help_of("tulkki", name)
            self.check("commands", page, line, known is not None, f"there is no command tulkki {name}")
            rest = re.sub(r"\"[^\"]*\"|'[^']*'", "TEXT", rest)
            for option in OPTION.findall((rest + " ").split(" -- ")[0]):
                self.check("options", page, line, option in (known or ()), f"tulkki {name} has no option {option}")

    def lone_options(self, page, line, text, everywhere):
        for code in re.findall(r"`([^`]+)`", text):
            if code.startswith("--"):
                for option in OPTION.findall(code)[:1]:
                    self.check("options", page, line, option in everywhere, f"nothing has the option {option}")

    def variables(self, page, line, text, sources):
        for name in set(re.findall(r"\bTULKKI_[A-Z_]*[A-Z]\b", text)):
            self.check("variables", page, line, name in sources, f"nothing reads the variable {name}")

    def messages(self, page, line, text, strings):
        """Rows of a table whose head is `message`: each fixed part stands in a program."""
        found = re.match(r"\| `([^`]+)` \|", text)
        for part in re.split(r"\b[A-Z]\b|\(tried \.\.\.\)|\.\.\.", found[1]) if found else []:
            part = part.strip()
            if len(part) > 5:
                self.check("messages", page, line, part.encode() in strings, f"no program says '{part}'")

    # -- pages

    def page(self, path, everywhere, sources, strings):
        document, in_messages = read_document(path), False
        for line, text in document.prose:
            is_table = text.lstrip().startswith("|")
            self.check("lines", path, line, is_table or len(text) <= MAX_COLUMNS, f"{len(text)} columns")
            in_messages = is_table and (in_messages or text.startswith("| message |"))
            self.links(path, line, text)
            self.paths(path, line, text)
            for code in re.findall(r"`([^`]+)`", text):
                self.options_of_command(path, line, code)
            self.lone_options(path, line, text, everywhere)
            self.variables(path, line, text, sources)
            if in_messages:
                self.messages(path, line, text, strings)
        for block in document.blocks:
            if getattr(block, "language", "") == "sh":
                for command in commands_of(block):
                    self.options_of_command(path, command.line, command.text)
                    self.variables(path, command.line, command.text, sources)
                for offset, text in enumerate(block.lines):
                    self.check("lines", path, block.line + offset, len(text) <= MAX_COLUMNS, f"{len(text)} columns")


def main():
    checks = Checks()
    everywhere = set(FOREIGN_OPTIONS).union(
        *(checks.help_of("tulkki", name) for name in checks.subcommands()),
        *(checks.help_of(f"scripts/{name}") or set() for name in SCRIPTS_WITH_HELP))
    files = [path for folder in ("interposer", "translator", "storage", "viewer", "scripts", "tests")
             for path in (SOURCE / folder).rglob("*") if path.suffix in (".cpp", ".h", ".c", ".py", ".txt", ".in", "")
             and path.is_file() and "documents" not in path.parts]
    sources = "\n".join(path.read_text(encoding="utf-8", errors="replace") for path in files)
    strings = b"".join(path.read_bytes() for path in (BUILD / "bin" / "tulkki", BUILD / "lib" / "libtulkki.so"))
    for path in [SOURCE / "README.md", *sorted((SOURCE / "docs").glob("*.md"))]:
        try:
            checks.page(path, everywhere, sources, strings)
        except DocumentError as error:
            checks.failures.append(str(error))
    print("checked: " + ", ".join(f"{count} {kind}" for kind, count in sorted(checks.counts.items())))
    print("\n".join(checks.failures))
    sys.exit(1 if checks.failures else 0)


if __name__ == "__main__":
    main()
