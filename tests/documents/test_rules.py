# SPDX-License-Identifier: Apache-2.0
"""The rules by which pages are judged: each small page below breaks one, and must fail for that reason."""
import argparse
import contextlib
import io
import pathlib
import tempfile
import unittest

import run_document
import shape
from check_documents import slug

FENCE = "```"


def block(language, *lines):
    return "\n".join([FENCE + language, *lines, FENCE, ""])


class Pages(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="tulkki-rules-")
        self.addCleanup(folder.cleanup)
        self.path = pathlib.Path(folder.name) / "page.md"
        source = run_document.SOURCE
        run_document.SOURCE = pathlib.Path(folder.name)
        (run_document.SOURCE / "tests").symlink_to(source / "tests")
        self.addCleanup(setattr, run_document, "SOURCE", source)

    def run_page(self, *parts, refresh=False):
        """What is printed when the page is run."""
        self.path.write_text("\n".join(parts), encoding="utf-8")
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            good = run_document.run_page(self.path, argparse.Namespace(refresh=refresh, keep=False))
        return good, printed.getvalue()

    def passes(self, *parts):
        good, printed = self.run_page(*parts)
        self.assertTrue(good, printed)
        return printed

    def fails(self, why, *parts):
        good, printed = self.run_page(*parts)
        self.assertFalse(good, printed)
        self.assertIn(why, printed)

    def test_commands(self):
        printed = self.passes(
            block("sh", "true  # a comment", "for i in 1 2; do", "  echo $i", "done", "echo a \\", "  b"))
        self.assertIn("3 commands run", printed)
        self.fails("exit code 1: false", block("sh", "true", "false", "true"))
        self.passes("<!-- exit code: 3 -->", block("sh", "true", "(exit 3)"))
        self.fails("exit code 0: true", "<!-- exit code: 3 -->", block("sh", "true"))
        self.fails("exit code", block("sh", "echo 'not closed"))

    def test_a_block_is_one_shell_and_a_page_one_folder(self):
        self.passes(block("sh", "name=file", "echo text >$name"), block("sh", "test -f file", "test -z \"$name\""))

    def test_marks(self):
        printed = self.passes("<!-- not run: it would fail -->", block("sh", "false", "false"))
        self.assertIn("0 commands run, 2 marked as not run", printed)
        self.assertIn("it would fail", printed)
        self.passes("<!-- not run (false): it fails -->", block("sh", "true", "false"))
        self.fails("no command holds 'absent'", "<!-- not run (absent): nothing -->", block("sh", "true"))
        self.fails("unknown mark", "<!-- skip: I like to -->", block("sh", "true"))
        self.fails("unknown mark", "<!-- not run -->", block("sh", "true"))
        self.fails("no block below", "<!-- not run: no block -->", "Text.")
        self.assertIn("claim not run: by hand", self.passes("<!-- claim not run: by hand -->", "It is fast."))

    def test_files_and_what_is_given(self):
        self.passes("<!-- given: echo 1 >given -->", "<!-- file: made -->", block("json", "{}"),
                    block("sh", "cat given made"))
        self.fails("nothing runs", block("json", "{}"))
        self.fails("exit code 1", "<!-- given: false -->")
        self.fails("'lunch' is not known", "<!-- reader has: lunch -->")
        self.fails("exit code 1: test -f ring.c", block("sh", "test -f ring.c"))
        self.passes("<!-- reader has: ring.c -->", block("sh", "test -f ring.c"))
        self.fails("fence it", "Text:", "", "    tulkki run")

    def test_outputs(self):
        self.passes(block("sh", "echo took 3 ms"), block("text", "took 12.5 s"))
        self.fails("another shape", block("sh", "echo took 3 ms"), block("text", "needs 3 ms"))
        self.fails("no command was run above", "<!-- not run: no -->", block("sh", "echo"), block("text", "x"))
        self.passes("<!-- not run: no -->", block("sh", "echo"), "<!-- not run: made by hand -->", block("text", "x"))

    def test_refresh(self):
        command = block("sh", "printf 'a 1\\nb\\nc 2\\n'")
        self.run_page(command, block("text", "a 9", "old", "b", "..."), "End.", refresh=True)
        self.assertIn(block("text", "a 1", "b", "..."), self.path.read_text(encoding="utf-8"))
        self.run_page(command, block("text", "a 9", "b", "..."), refresh=True)  # only numbers differ
        self.assertIn(block("text", "a 9", "b", "..."), self.path.read_text(encoding="utf-8"))
        self.run_page(command, block("text", "old"), block("sh", "false"), refresh=True)
        self.assertIn(block("text", "old"), self.path.read_text(encoding="utf-8"))


class Shapes(unittest.TestCase):
    TABLE = ["Head", "  name  time", "  one   1.5 ms", "  two   12 us  ++", "", "Total"]

    def test_numbers_widths_and_order_of_rows_do_not_count(self):
        self.assertEqual(shape.difference(self.TABLE, ["Head", "name time", "two 1 s", "one 2 s", "Total"]), "")
        self.assertEqual(
            shape.difference(["run 2026-11-21 10:00:01 UTC at 3ab4f"], ["run 2025-01-02 23:59:59 UTC at 9cd1"]), "")

    def test_words_and_structure_do(self):
        for real, why in ((["Head", "name time", "one 1 s", "Total"], "no line like 'two #'"),
                          (["Head", "name time", "one 1 s", "two 1 s", "three 1 s", "Total"], "lacks 'three #'"),
                          (["Head", "name share", "one 1 s", "two 1 s", "Total"], "'name time'"),
                          (["Head", "name time", "one 1 s", "two 1 s"], "no line 'Total'"),
                          (["Head", "name time", "one 1 s", "two 1 s", "Total", "More"], "ends before 'More'")):
            self.assertIn(why, shape.difference(self.TABLE, real))

    def test_a_cut_stands_for_any_lines(self):
        cut = ["Head", "  name  time", "  one   1.5 ms", "...", "Total"]
        self.assertEqual(shape.difference(cut, ["Head", "name time", "two 1 s", "one 2 s", "Other", "Total"]), "")
        self.assertIn("no line 'Total'", shape.difference(cut, ["Head", "name time", "one 2 s"]))

    def test_words_only(self):
        self.assertEqual(shape.words_difference(["Head", "a 1", "Total"], ["Head", "b 1", "Other", "Total"]), "")
        self.assertIn("no line 'Total'", shape.words_difference(["Total", "Head"], ["Head"]))

    def test_renewed(self):
        real = ["Head", "name share", "one 7 s", "two 8 s", "", "Total", ""]
        self.assertEqual(shape.renewed(self.TABLE, real), real[:-1])
        cut = ["Head", "name  time", "...", "Total"]
        self.assertEqual(shape.renewed(cut, real), ["Head", "name share", "...", "Total"])


class Documents(unittest.TestCase):
    def test_anchor(self):
        self.assertEqual(slug(" One number of a launch (`metrics.cpp`)"), "one-number-of-a-launch-metricscpp")


if __name__ == "__main__":
    unittest.main(verbosity=2)
