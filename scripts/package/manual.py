#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the manual pages, compressed: tulkki(1), one for each command, those of the compiler wrappers.
Usage: manual.py VERSION TULKKI DOCUMENTS FOLDER; DOCUMENTS is the folder of run.md, whose table has the variables."""
import gzip
import os
import re
import sys

sys.dont_write_bytecode = True
import help_text  # noqa: E402  (beside this file)


def escaped(text):
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace("`", "\\(ga").replace("~", "\\(ti")
    text = text.replace("^", "\\(ha")
    return "\n".join("\\&" + line if line.startswith((".", "'")) else line for line in text.split("\n"))


def bold(text):
    return f"\\fB{escaped(text)}\\fR"


def italic(text):
    return f"\\fI{escaped(text)}\\fR"


def prose(text):
    """`Code` becomes bold, addresses of documents stay."""
    parts = re.split(r"`([^`]+)`", text)
    return "".join(bold(part) if i % 2 else escaped(part) for i, part in enumerate(parts))


def head(name, summary, version):
    title = name.upper().replace("-", "\\-")
    return [f'.TH {title} 1 "" "Tulkki {version}" "User Commands"', ".SH NAME", f"{escaped(name)} \\- {prose(summary)}"]


def entry_lines(entry):
    names = ", ".join(bold(name) for name in entry.names)
    if not entry.names[0].startswith("-"):
        names = italic(entry.names[0]) + (" ..." if entry.many else "")
    elif entry.value:
        names += " " + italic(entry.value)
    text = entry.text
    missing = [choice for choice in entry.choices if choice not in text]
    if missing:
        text += f"{': ' if text else ''}one of {', '.join(entry.choices)}"
    if entry.variable:
        text += f" (also: the variable {entry.variable})"
    return [".TP", names, prose(text.strip()) or "\\&"]


def footer_lines(lines):
    """Examples as they are printed; sentences as paragraphs."""
    examples, sentences = [], []
    for line in lines:
        example = re.match(r"Examples?: (.*)", line)
        if example:
            examples.append(example.group(1))
        elif examples and line.startswith("  "):
            examples.append(line.strip())
        elif line.strip():
            sentences.append(line)
    result = []
    if examples:
        result += [".SH EXAMPLES", ".nf", *(escaped(example) for example in examples), ".fi"]
    if sentences:
        result += [".SH NOTES"]
        for sentence in sentences:
            result += [".PP", prose(sentence)]
    return result


def command_page(name, summary, found, version):
    lines = head(f"tulkki-{name}", summary, version)
    usage = re.sub(r"^(tulkki )?\S+", "", found.usage)
    lines += [".SH SYNOPSIS", bold(f"tulkki {name}") + escaped(usage)]
    lines += [".SH DESCRIPTION", prose(found.about)]
    for title, entries in found.sections.items():
        lines.append(f".SH {title.upper()}")
        for entry in entries:
            lines += entry_lines(entry)
    lines += footer_lines(found.footer)
    return lines + [".SH SEE ALSO", f"{bold('tulkki')}(1)"]


def variables(documents):
    """Rows of the table in run.md: variable, option, meaning."""
    with open(os.path.join(documents, "run.md"), encoding="utf-8") as stream:
        for line in stream:
            cells = [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)]
            if len(cells) > 4 and re.fullmatch(r"`TULKKI_\w+`", cells[1]):
                yield cells[1].strip("`"), cells[2], cells[3]


def main_page(text, commands, version, documents):
    about = re.match(r"tulkki \S+: (.*)", text)
    lines = head("tulkki", (about.group(1) if about else "records MPI calls").rstrip("."), version)
    lines += [".SH SYNOPSIS", f"{bold('tulkki')} {italic('COMMAND')} [{italic('OPTIONS')}]", ".SH COMMANDS"]
    for name, summary, _ in commands:
        lines += [".TP", f"{bold('tulkki-' + name)}(1)", prose(summary)]
    footer = text[text.rindex("\n\n") + 2:].rstrip().split("\n")
    lines += footer_lines(footer)
    lines += [".SH ENVIRONMENT", "Every process reads these when its MPI starts; options of the commands set them."]
    for name, option, meaning in variables(documents):
        lines += [".TP", bold(name), prose(meaning + (f" ({option})" if option else ""))]
    lines += [".SH FILES", ".TP", italic("tulkki.db"), "the profile, an SQLite database in the working directory", ".TP",
              italic("tulkki-traces/"), "the OTF2 traces", ".TP", italic("/usr/share/doc/tulkki"), "the documents and examples"]
    return lines


def wrapper_page(name, language, text, version):
    """Their --help is a few lines, which say it all."""
    return [*head(name, f"compile {language} programs for the MPI standard ABI", version), ".SH DESCRIPTION", ".nf",
            escaped(text.rstrip()), ".fi", ".SH SEE ALSO", f"{bold('tulkki')}(1)"]


def write(folder, name, lines):
    # No date and no file name in it: the same input gives the same bytes.
    with open(os.path.join(folder, name + ".1.gz"), "wb") as stream:
        with gzip.GzipFile(filename="", mode="wb", fileobj=stream, compresslevel=9, mtime=0) as compressed:
            compressed.write(("\n".join(lines) + "\n").encode())


def main():
    version, program, documents, folder = sys.argv[1:5]
    os.makedirs(folder, exist_ok=True)
    commands = list(help_text.all_helps(program))
    # The help names the documents of this source tree where it runs from a build; an installed page has the installed ones.
    source = os.path.realpath(documents)
    for name, summary, found in commands:
        if found is None:  # the window was not built
            continue
        lines = command_page(name, summary, found, version)
        write(folder, f"tulkki-{name}", [line.replace(escaped(source), "/usr/share/doc/tulkki/docs") for line in lines])
        if name == "view":
            write(folder, "tulkki-viewer", [".so man1/tulkki-view.1"])  # one program, two names
    write(folder, "tulkki", main_page(help_text.printed_help(program), commands, version, documents))
    for name, language in (("tulkki-mpicc", "C"), ("tulkki-mpicxx", "C++")):
        text = help_text.printed_help(os.path.join(os.path.dirname(program), name))
        write(folder, name, wrapper_page(name, language, text, version))


if __name__ == "__main__":
    main()
