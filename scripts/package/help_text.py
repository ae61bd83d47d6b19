# SPDX-License-Identifier: Apache-2.0
"""Reads what `tulkki --help` and `tulkki COMMAND --help` print: commands, options with their values, examples. Manual
pages and completion are made of it, so that they cannot differ from the command."""
import dataclasses
import os
import re
import subprocess

OPTION = re.compile(r"^  (\S.*?)(?:  +(.*))?$")


@dataclasses.dataclass
class Entry:
    names: list            # "-n", "--np"; of a positional its name
    value: str             # "N", "FILE", "FACTOR,..."; empty: it takes none
    text: str
    variable: str = ""     # of the environment
    choices: list = dataclasses.field(default_factory=list)
    many: bool = False


@dataclasses.dataclass
class Help:
    about: str
    usage: str
    sections: dict         # title -> entries
    footer: list           # lines

    def options(self):
        return [entry for entries in self.sections.values() for entry in entries if entry.names[0].startswith("-")]


def printed_help(program, *command):
    """The text, without colours and wide."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TULKKI_")}
    environment.update(LC_ALL="C.UTF-8", COLUMNS="120", NO_COLOR="1")
    result = subprocess.run([program, *command, "--help"], capture_output=True, text=True, env=environment, check=False)
    return result.stdout if result.returncode == 0 else None


def entry_of(head, text):
    """"--np,-n N" and its explanation, which ends in "[TULKKI_X]" where a variable gives the default."""
    variable = re.search(r" ?\[(TULKKI_\w+)\]$", text)
    text = text[:variable.start()] if variable else text
    names, _, rest = head.strip().partition(" ")
    many = rest.endswith("...") and " " in rest
    value = rest.strip().removesuffix(" ...").strip()
    choices = re.search(r"\{([^}]*)\}", value)
    value = re.sub(r":(INT|UINT|FLOAT|TEXT)?( in \[.*\]|\{.*\})?$", "", re.sub(r"=.*$", "", value))
    names = [re.sub(r"\{.*\}$", "", name) for name in names.split(",")]
    found = choices.group(1).split(",") if choices else listed_choices(text)
    return Entry(names, value.strip() or ("VALUE" if choices else ""), text, variable.group(1) if variable else "", found, many)


def listed_choices(text):
    """"page to show: compare, functions, sizes" and "any of a,b,c (default a)"."""
    found = re.search(r"(?::|any of) ((?:[\w-]+(?: \(default\))?(?:, ?| or ))+[\w-]+)(?: \(default\b.*)?$", text)
    return re.split(r", ?| or ", found.group(1).replace(" (default)", "")) if found else []


def read_entries(lines):
    entries = []
    for line in lines:
        option = OPTION.match(line)
        if option and not line.startswith("   "):
            entries.append([option.group(1), option.group(2) or ""])
        elif entries:
            entries[-1][1] = f"{entries[-1][1]} {line.strip()}".strip()
    return [entry_of(head, text) for head, text in entries]


def read_help(text):
    lines = text.rstrip().split("\n")
    usage = next((i for i, line in enumerate(lines) if line.startswith("Usage:")), 0)
    sections, i = {}, usage + 1
    footer = []
    while i < len(lines):
        # A title is followed by lines that are all indented; the first paragraph that is none begins the footer.
        if re.fullmatch(r"[A-Z]\w*:", lines[i]) and i + 1 < len(lines) and lines[i + 1].startswith("  "):
            end = i + 1
            while end < len(lines) and (lines[end].startswith("  ")):
                end += 1
            sections[lines[i].rstrip(":")] = read_entries(lines[i + 1:end])
            i = end
        else:
            if lines[i] or footer:
                footer.append(lines[i])
            i += 1
    about = " ".join(line.strip() for line in lines[:usage] if line.strip())
    return Help(about, lines[usage].removeprefix("Usage:").strip(), sections, footer)


def read_commands(text):
    """Of `tulkki --help`: name and summary of each command."""
    return re.findall(r"^  ([a-z]\w*) {2,}(\S.*)$", text, re.MULTILINE)


def all_helps(program):
    """(name, summary, help) of every command; help is None for one that this build does not have."""
    for name, summary in read_commands(printed_help(program)):
        text = printed_help(program, name)
        yield name, summary, read_help(text) if text else None
