# SPDX-License-Identifier: Apache-2.0
"""What scripts/conformance decides without running MPI: lists, samples, verdicts, comparison, wrong use."""

import os
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import execute  # noqa: E402
import report  # noqa: E402
import testlist  # noqa: E402
from execute import Kind, Result, Results  # noqa: E402
from launch import Outcome  # noqa: E402


def write(root, path, text):
    os.makedirs(os.path.dirname(os.path.join(root, path)), exist_ok=True)
    with open(os.path.join(root, path), "w", encoding="utf-8") as file:
        file.write(text)


class Lists(unittest.TestCase):
    def test_line_with_all_keys(self):
        line = "abort 3 arg=-a arg=b=c env=X=1 timeLimit=10 mem=1.5 resultTest=TestStatus strict=false mpiexecarg=-k #"
        test = testlist.parse_line("errors/comm", line)
        self.assertEqual((test.group, test.program, test.ranks), ("errors/comm", "abort", 3))
        self.assertEqual((test.arguments, test.environment), (("-a", "b=c"), ("X=1",)))
        self.assertEqual(test.launcher_arguments, ("-k",))
        self.assertEqual((test.limit_s, test.memory_gb, test.result, test.extension), (10, 1.5, "TestStatus", False))
        self.assertEqual(test.identity, "errors/comm/abort 3 -a b=c X=1")

    def test_short_lines(self):
        self.assertEqual(testlist.parse_line("attr", "attrt").ranks, testlist.DEFAULT_RANKS)
        self.assertEqual(testlist.parse_line("pt2pt", "sendself 1 some/path arg=-t").arguments, ("-t",))
        self.assertTrue(testlist.parse_line("rma", "aint 2 mpix=TRUE").extension)
        for line in ("", "  # only a comment", "!util:libmtest.la"):
            self.assertIsNone(testlist.parse_line("attr", line))

    def test_unknown_key(self):
        with self.assertRaisesRegex(ValueError, "attr: the key colour"):
            testlist.parse_line("attr", "attrt 2 colour=red")

    def test_folders_lists_and_doubles(self):
        with tempfile.TemporaryDirectory() as root:
            build, source = root + "/build", root + "/source"
            write(build, "testlist", "attr\n#basic\nf77\nimpls\n")
            write(source, "attr/testlist", "a 1\na 1\na 4\n")
            write(build, "attr/testlist.dtp", "d 2\n")
            write(source, "f77/testlist", "wrong 1\n")
            write(build, "f77/testlist", "coll\n")
            write(source, "f77/coll/testlist", "c 2\n")
            write(source, "impls/testlist", "m 2\n")
            tests = testlist.read_all(["testlist", "testlist.dtp"], build, source)
        self.assertEqual([t.identity for t in tests], ["attr/a 1", "attr/a 4", "attr/d 2", "f77/coll/c 2"])
        self.assertEqual(tests[-1].top_group, "f77")

    def test_selection(self):
        tests = [testlist.Test(group, f"t{i}", 2) for group in ("attr", "attribute", "f77/coll") for i in range(9)]
        self.assertEqual({t.group for t in testlist.select(tests, ["attr"])}, {"attr"})
        self.assertEqual({t.group for t in testlist.select(tests, ["f77"])}, {"f77/coll"})
        self.assertEqual(len(testlist.select(tests, ["all"])), 27)
        self.assertEqual([t.identity for t in testlist.select(tests, ["all"], None, "f77/*3")], ["f77/coll/t3 2"])
        sample = testlist.select(tests, ["all"], 4)
        self.assertEqual(sample, testlist.select(list(reversed(tests)), ["all"], 4)[::-1])
        self.assertEqual(len(sample), 12)
        heavy = [testlist.Test("comm", *rest) for rest in (("ctxsplit", 4), ("many", 8), ("few", 2))]
        self.assertEqual([t.program for t in testlist.select(heavy, ["comm"], 4)], ["few"])
        self.assertEqual(len(testlist.select(heavy, ["comm"])), 3)


class Verdicts(unittest.TestCase):
    def judge(self, rule, exit_code, stdout="", seconds=1, timed_out=False):
        test = testlist.Test("attr", "a", 2, result=rule)
        return execute.judge(test, Outcome(exit_code, stdout, "", timed_out, []), seconds, 60)

    def test_no_errors(self):
        self.assertEqual(self.judge("NoErrors", 0, " No Errors\n"), "pass")
        self.assertEqual(self.judge("NoErrors", 0, "Found 3 errors\n"), "fail")
        self.assertEqual(self.judge("NoErrors", 0, "text: No Errors\n"), "fail")
        self.assertEqual(self.judge("NoErrors", 1, " No Errors\n"), "fail")
        self.assertEqual(self.judge("NoErrors", 0, " No Errors\n", 70, True), "time")
        self.assertEqual(self.judge("NoErrors", 1, "", 61), "time")

    def test_exit_codes(self):
        self.assertEqual([self.judge("TestStatus", code) for code in (0, 1)], ["fail", "pass"])
        self.assertEqual(self.judge("TestStatus", 1, "", 61), "time")
        self.assertEqual(self.judge("TestErrFatal", 1, "", 61), "pass")
        self.assertEqual(self.judge("TestStatusNoErrors", 1, "No Errors"), "pass")
        self.assertEqual(self.judge("TestStatusNoErrors", 1, ""), "fail")
        with self.assertRaises(ValueError):
            self.judge("TestNew", 0)


class Comparing(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        kinds = Kind("openmpi"), Kind("mpich"), Kind("openmpi", "mpich")
        self.results = [Results(folder.name, kind) for kind in kinds]
        self.tests = []

    def add(self, name, *verdicts, quiet=(True, True, True)):
        test = testlist.Test("attr", name, 2)
        self.tests.append(test)
        for results, verdict, is_quiet in zip(self.results, verdicts, quiet):
            if verdict:
                results.add(Result(test.identity, verdict, is_quiet))

    def compare(self, *exceptions):
        losses = [report.KnownLoss(*fields) for fields in exceptions]
        return report.compare("openmpi-mpich", self.tests, *self.results, losses)

    def test_all_cases(self):
        self.add("good", "pass", "pass", "pass")
        self.add("lost", "pass", "pass", "fail")
        self.add("hung", "pass", "pass", "time")
        self.add("not_run", "pass", "pass", None)
        self.add("chatty", "pass", "pass", "pass", quiet=(True, True, False))
        self.add("as_chatty", "pass", "pass", "pass", quiet=(False, True, False))
        self.add("as_chatty_as_the_backend", "pass", "pass", "pass", quiet=(True, False, False))
        self.add("beyond", "pass", "fail", "pass")
        self.add("neither", "pass", "fail", "fail")
        self.add("won", "fail", "pass", "pass")
        comparison = self.compare()
        lost = [test.program for test, *_ in comparison.lost]
        self.assertEqual(lost, ["lost", "hung", "chatty"])
        self.assertEqual(list(comparison.total.counts.values()), [9, 8, 7, 3, 3, 0, 1, 1, 1])

    def test_exceptions(self):
        self.add("lost", "pass", "pass", "fail")
        self.add("good", "pass", "pass", "pass")
        known = self.compare(("*-mpich", "attr/lost *", "cause"), ("openmpi-mpich", "attr/good 2", "old"))
        self.assertEqual((known.lost, known.total.counts["known"]), ([], 1))
        self.assertEqual([(t.program, loss.cause) for t, loss in known.passing_exceptions], [("good", "old")])
        other_pair = self.compare(("mpich-openmpi", "attr/lost 2", "cause"))
        self.assertEqual(len(other_pair.lost), 1)

    def test_exceptions_file(self):
        for loss in report.read_exceptions():
            self.assertTrue(loss.pair and loss.test and loss.cause)
        with tempfile.TemporaryDirectory() as root:
            write(root, "list", "# comment\nopenmpi-mpich | attr/a 2\n")
            with self.assertRaisesRegex(ValueError, "list:2: not"):
                report.read_exceptions(root + "/list")

    def test_kept_results(self):
        self.add("good", "pass", "pass", "pass")
        with open(self.results[0].path, "a", encoding="utf-8") as file:
            file.write('{"test": "cut')
        again = Results(os.path.dirname(os.path.dirname(self.results[0].path)), Kind("openmpi"))
        self.assertTrue(again.passed(self.tests[0]))
        again.forget(self.tests)
        self.assertFalse(again.passed(self.tests[0]))


class CommandLine(unittest.TestCase):
    def test_wrong_use(self):
        script = os.path.join(HERE, "..", "..", "scripts", "conformance")
        wrong = ((["--pairs", "openmpi"], "openmpi is not FRONT-BACKEND"), (["--sample", "0"], "less than 1"))
        for words, part in wrong:
            done = subprocess.run([script, *words], capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 2)
            self.assertIn(part, done.stderr)


if __name__ == "__main__":
    unittest.main()
