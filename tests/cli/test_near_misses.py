# SPDX-License-Identifier: Apache-2.0
"""Commands, options and values that are nearly right: exit code 2 and "did you mean", in words for people."""
import support


class NearMisses(support.CommandTest):
    def refused(self, *arguments, says, code=2):
        errors = self.tulkki(*arguments, code=code).stderr
        self.assertIn(says, errors)
        # One line, and where to read more: nothing of what the parser says to programmers.
        self.assertLessEqual(len(errors.splitlines()), 2, errors)
        for word in ("Could not convert", "not in {", "is required", "The following argument"):
            self.assertNotIn(word, errors)
        return errors

    def test_options_of_every_command(self):
        for command, typed, meant in (("run", "--lable", "--label"), ("run", "--trce-dir", "--trace-dir"), ("env", "--bakend", "--backend"),
                                      ("runs", "--jsn", "--json"), ("report", "--tpo", "--top"), ("compare", "--metrc", "--metric"),
                                      ("export", "--tabel", "--table"), ("recover", "--exitcode", "--exit-code"),
                                      ("selftest", "--timout", "--timeout"), ("sweep", "--retry-faild", "--retry-failed"),
                                      ("bench", "--workloads", "--workload"), ("transports", "--transport-file", "--transports-file")):
            with self.subTest(command=command, typed=typed):
                self.refused(command, typed, "x", says=f"there is no option {typed}; did you mean '{meant}'?")
        self.assertNotIn("did you mean", self.refused("run", "--zzzzzzzz", says="there is no option --zzzzzzzz"))

    def test_commands(self):
        for typed, meant in (("rnu", "run"), ("benhc", "bench"), ("Compare", "compare"), ("transport", "transports")):
            self.refused(typed, says=f"did you mean '{meant}'?")

    def test_values(self):
        database = self.fixture()
        for arguments, says in (
                (("run", "--backend", "opnempi", "true"), "did you mean 'openmpi'?"),
                (("transports", "--backend", "mpcih"), "did you mean 'mpich'?"),
                (("run", "--backend", "openmpi", "--transport", "tpc", "true"), "did you mean 'tcp'?"),
                (("bench", "--workload", "latncy"), "there is no workload 'latncy'; did you mean 'latency'?"),
                (("bench", "--workload", "message", "--dry-run"), "did you mean 'message-rate'?"),
                (("report", "1", "--by", "procedur"), "there is no value 'procedur'; did you mean 'procedure'?"),
                (("compare", "1", "3", "--by", "bakend"), "--by: there is no factor 'bakend'; did you mean 'backend'?"),
                (("compare", "1", "3", "--db", database, "--metric", "walltime"), "there is no metric 'walltime'; did you mean 'wall_time'?"),
                (("export", "cvs"), "did you mean 'csv'?"),
                (("export", "csv", "--table", "procedure"), "did you mean 'procedures'?")):
            with self.subTest(arguments=arguments):
                self.refused(*arguments, says=says)

    def test_values_that_the_database_tells(self):
        database = self.fixture()
        for arguments, says in ((("report", "lagre"), "has no run 'lagre'; did you mean 'large'?"),
                                (("report", "lst"), "did you mean 'last'?"),
                                (("compare", "lagre", "1"), "no run has the label 'lagre'; did you mean 'large'?"),
                                (("compare", "backend=opnmpi", "3"), "no run has backend=opnmpi; did you mean 'openmpi'?"),
                                (("compare", "1", "3", "--procedure", "Alreduce"), "no launch called MPI_Alreduce; did you mean 'MPI_Allreduce'?"),
                                (("compare", "1", "3", "--baseline", "rnu 3"), "did you mean 'run 3'?")):
            with self.subTest(arguments=arguments):
                self.refused(*arguments, "--db", database, says=says, code=1)

    def test_fields_of_a_sweep_file(self):
        self.refused("sweep", self.write("s.json", '{"program": "true", "repetition": 3}'), says="did you mean 'repetitions'?")

    def test_mistakes_in_words(self):
        for arguments, says in ((("run", "-n", "two", "true"), "--np two: it must be a number"),
                                (("run", "-n", "0", "true"), "--np 0: it must be a number from 1 to"),
                                (("run", "-n"), "-n needs a value: -n N"),
                                (("run", "-n", "1", "-n", "2", "true"), "--np was given more than once"),
                                (("transports", "surplus"), "'surplus' is one word too many"),
                                (("recover",), "DIR is missing")):
            with self.subTest(arguments=arguments):
                self.refused(*arguments, says=says)


if __name__ == "__main__":
    support.main()
