# SPDX-License-Identifier: Apache-2.0
"""Takes a page apart: its fenced blocks with their marks, and its prose. docs/hacking.md explains the marks.

A mark is an HTML comment on a line (or lines) of its own; it belongs to the next block.
"""
import dataclasses
import re
import subprocess

# What a mark may say, and whether it belongs to a block.
MARKS = {"not run": True, "file": True, "exit code": True, "measured": True, "given": False, "reader has": False,
         "claim not run": False}
SCRIPTS = {"sql": ["sqlite3", "-box", "tulkki.db"], "python": ["/usr/bin/python3", "-"], "r": ["Rscript", "-"]}
FENCE = re.compile(r"^(\s*)```(\w*)\s*$")
MARK = re.compile(rf"^({'|'.join(MARKS)})(?: \(([^)]+)\))?: (.+)$", re.DOTALL)


class DocumentError(Exception):
    """The page breaks a rule of its form: page, line and what to do."""


@dataclasses.dataclass
class Mark:
    name: str
    part: str  # `not run (PART): ...` holds for the commands with this text only
    detail: str
    line: int


@dataclasses.dataclass
class Command:
    text: str
    line: int


@dataclasses.dataclass
class Block:
    """A fenced block. `line` is the number of the first line inside, from 1."""

    language: str
    lines: list
    line: int
    indent: str
    marks: list

    def mark(self, name):
        return next(iter(self.all_marks(name)), None)

    def all_marks(self, name):
        return [mark for mark in self.marks if mark.name == name]

    @property
    def text(self):
        return "".join(line + "\n" for line in self.lines)


@dataclasses.dataclass
class Document:
    path: str
    blocks: list  # Block, and Mark for what is given or what the reader has, in the order of the page
    claims: list
    prose: list  # (number of the line, text)


def read_mark(path, number, text):
    found = MARK.match(text.strip())
    if not found:
        known = ", ".join(f"'{name}: ...'" for name in MARKS)
        raise DocumentError(f"{path}:{number}: unknown mark <!-- {text.strip()} -->; there are {known}")
    return Mark(found[1], found[2] or "", " ".join(found[3].split()), number)


def is_indented_block(lines, number):
    """Four blanks after an empty line begin a block, unless they continue a list."""
    if not lines[number].startswith("    ") or not lines[number].strip() or lines[number - 1].strip():
        return False
    before = [line for line in lines[:number] if line.strip()]
    return not (before and re.match(r"\s+\S|[-*] |\d+\. ", before[-1]))


def read_document(path):
    with open(path, encoding="utf-8") as file:
        lines = file.read().split("\n")
    document, pending, number = Document(path, [], [], []), [], 0
    while number < len(lines):
        line = lines[number]
        if line.lstrip().startswith("<!--"):
            first = number
            while "-->" not in lines[number]:
                number += 1
            text = "\n".join(lines[first:number + 1]).strip().removeprefix("<!--").removesuffix("-->")
            mark = read_mark(path, first + 1, text)
            if MARKS[mark.name]:
                pending.append(mark)
            else:
                (document.claims if mark.name == "claim not run" else document.blocks).append(mark)
        elif fence := FENCE.match(line):
            first = number = number + 1
            while number < len(lines) and lines[number].strip() != "```":
                number += 1
            body = [text.removeprefix(fence[1]) for text in lines[first:number]]
            document.blocks.append(Block(fence[2], body, first + 1, fence[1], pending))
            pending = []
        elif number > 0 and is_indented_block(lines, number):
            raise DocumentError(f"{path}:{number + 1}: an indented block: fence it, and name its language")
        elif line.strip():
            if pending:
                raise DocumentError(f"{path}:{pending[0].line}: this mark has no block below it")
            document.prose.append((number + 1, line))
        number += 1
    return document


def is_complete(text):
    return subprocess.run(["bash", "-n"], input=text, text=True, stderr=subprocess.DEVNULL, check=False).returncode == 0


def commands_of(block):
    """The commands of a block, each as many lines as the shell takes for it; comments are none."""
    commands, begun, first = [], "", 0
    for number, line in enumerate(block.lines):
        if not begun and (not line.strip() or line.lstrip().startswith("#")):
            continue
        first = first if begun else block.line + number
        begun += line + "\n"
        if not line.endswith("\\") and is_complete(begun):
            commands.append(Command(begun.rstrip("\n"), first))
            begun = ""
    if begun:
        commands.append(Command(begun.rstrip("\n"), first))  # bash will say what is wrong with it
    return commands
