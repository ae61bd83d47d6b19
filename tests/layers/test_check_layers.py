# SPDX-License-Identifier: Apache-2.0
"""Seeds every defect that scripts/check_layers.py is there for into a small tree, and expects it to be found."""
import os
import subprocess
import sys
import tempfile

SPDX = "// SPDX-License-Identifier: Apache-2.0\n"
HEALTHY = {
    "interposer/call.cpp": SPDX + '#include "storage/raw_format.h"\n#include "translator/abi.h"\n#include <cstdint>\n',
    "viewer/cli/run.cpp": SPDX + '#include "viewer/analysis/median.h"\n#include "tulkki/procedures.h"\n',
    "viewer/window.cpp": "// SPDX-License-Identifier: GPL-3.0-or-later\n#include <QWidget>\n",
    "storage/trace.cpp": SPDX + '#include <otf2/otf2.h>\n#include "storage/result.h"\n',
    "tests/unit/any.cpp": SPDX + '#include "interposer/call.h"\n#include <mpi.h>\n',
    "build/copy.cpp": "int generated;\n",
    ".gitignore": "/build/\n",
}
# What is added to the healthy tree, and a part of the message that must come.
DEFECTS = (
    ({"storage/a.cpp": SPDX + '#include "interposer/call.h"\n'}, "storage must not include interposer/call.h"),
    ({"translator/a.h": SPDX + '#include "storage/result.h"\n'}, "translator must not include storage/result.h"),
    ({"viewer/cli/a.cpp": SPDX + '#include "interposer/call.h"\n'}, "viewer must not include interposer/call.h"),
    ({"viewer/a.cpp": SPDX + "#include <translator/abi.h>\n"}, "viewer must not include translator/abi.h"),
    ({"storage/a.cpp": SPDX + "#include <mpi.h>\n"}, "storage/a.cpp:2: includes mpi.h"),
    ({"interposer/a.cpp": SPDX + "#include <sqlite3.h>\n"}, "interposer/a.cpp:2: includes sqlite3.h"),
    ({"viewer/analysis/a.cpp": SPDX + "#include <QString>\n"}, "viewer/analysis/a.cpp:2: includes QString"),
    ({"storage/a.cpp": SPDX + '#include "result.h"\n'}, "write it from the top"),
    ({"storage/a.cpp": "int x;\n"}, "storage/a.cpp:1: no SPDX-License-Identifier"),
    ({"scripts/tool": "#!/bin/sh\n"}, "scripts/tool:1: no SPDX-License-Identifier"),
    ({"storage/a.cpp": "// SPDX-License-Identifier: GPL-3.0-or-later\n"}, "licence GPL-3.0-or-later"),
    ({"storage/a.cpp": SPDX + "\n" * 600}, "storage/a.cpp: 601 lines"),
    ({"helpers/a.cpp": SPDX}, "helpers/: stray top-level folder"),
)


def check(script, files):
    with tempfile.TemporaryDirectory() as root:
        for path, text in files.items():
            os.makedirs(os.path.dirname(os.path.join(root, path)), exist_ok=True)
            with open(os.path.join(root, path), "w", encoding="utf-8") as file:
                file.write(text)
        done = subprocess.run([sys.executable, script, root], capture_output=True, text=True, check=False)
        return done.returncode, done.stdout


def main():
    script = sys.argv[1]
    failures = []
    code, output = check(script, HEALTHY)
    if code != 0:
        failures.append(f"the healthy tree was refused:\n{output}")
    for added, message in DEFECTS:
        code, output = check(script, {**HEALTHY, **added})
        if code != 1 or message not in output:
            failures.append(f"not found: {message} (exit code {code}):\n{output}")
    print("\n".join(failures) or "EXIT-SUCCESS")
    return 1 if failures else 0


sys.exit(main())
