#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the bash completion: commands and options as the help has them, and where values come from.
Usage: completion.py TULKKI PROCEDURES TEMPLATE OUTPUT; PROCEDURES is the generated names.inc."""
import re
import sys

sys.dont_write_bytecode = True
import help_text  # noqa: E402  (beside this file)

# What the template's functions can list, by the name of an option or of an argument.
SOURCES = {
    "--backend": "@backends", "--backends": "@backends", "--transport": "@transports", "--transports": "@transports",
    "--procedure": "@procedures", "--label": "@labels", "--db": "@files", "--folder": "@folders", "--trace-dir": "@folders",
    "RUN": "@runs", "SERIES": "@runs", "FILE": "@files", "DIR": "@folders", "trace": "@files", "PROGRAM": "@programs",
    "--baseline": "@nothing",
}
BY_VALUE = {"FILE": "@files", "FILE.png": "@files", "PATH": "@files", "DIR": "@folders", "RUN": "@runs"}


def source_of(entry, footer=()):
    listed = [line.removeprefix("Metrics: ").rstrip(".").replace(",", "") for line in footer if line.startswith("Metrics: ")]
    if listed and "--metric" in entry.names:
        return listed[0] + " measurement all"
    for name in entry.names:
        if name in SOURCES:
            return SOURCES[name]
    return " ".join(entry.choices) if entry.choices else BY_VALUE.get(entry.value, "@nothing")


def tables(program):
    """Lines of bash: the options of each command, and `command option` -> words or a source."""
    options, values, commands = [], [], []
    for name, _, found in help_text.all_helps(program):
        commands.append(name)
        if found is None:
            continue
        names = []
        for entry in found.options():
            names += entry.names
            if entry.value:
                values += [f"  ['{name} {option}']='{source_of(entry, found.footer)}'" for option in entry.names]
        positionals = found.sections.get("Arguments", [])
        if "PROGRAM" in found.usage and not positionals:
            values.append(f"  ['{name}']='@program'")
        elif positionals:
            values.append(f"  ['{name}']='{' '.join(source_of(entry) for entry in positionals)}'")
        options.append(f"  [{name}]='{' '.join(names)}'")
    return commands, options, values


def main():
    program, procedures, template, output = sys.argv[1:5]
    commands, options, values = tables(program)
    with open(procedures, encoding="utf-8") as stream:
        names = re.findall(r'"(MPI_\w+)"', stream.read())
    with open(template, encoding="utf-8") as stream:
        text = stream.read()
    for mark, content in (("@COMMANDS@", " ".join(commands)), ("@OPTIONS@", "\n".join(options)), ("@VALUES@", "\n".join(values)),
                          ("@PROCEDURES@", " ".join(names))):
        text = text.replace(mark, content)
    with open(output, "w", encoding="utf-8") as stream:
        stream.write(text)


if __name__ == "__main__":
    main()
