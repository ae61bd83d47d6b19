// SPDX-License-Identifier: Apache-2.0
// The name of a program in a command line, and what of it a sweep varies from repetition to repetition.
#include "storage/command_line.h"

#include <gtest/gtest.h>

namespace tulkki {
namespace {

TEST(CommandLine, ProgramNames) {
  const struct {
    const char *program, *arguments, *name;
  } cases[] = {
      {"/usr/bin/lmp", "lmp -in in.melt", "lmp"},
      {"/usr/bin/python3.11", "python3 solver.py -n 3", "solver.py"},
      {"/usr/bin/python3.11", "python3 -u -W ignore -X dev ../a/solver.py", "solver.py"},
      {"/usr/bin/python3.11", "python3 -m pkg.run -c", "pkg.run"},
      {"/usr/bin/python3.11", "python3 -um pkg", "pkg"},
      {"/usr/bin/python3.11", "python3 -mpkg", "pkg"},
      {"/usr/bin/python3.11", "python3 -m mpi4py solver.py", "solver.py"},
      {"/usr/bin/python3.11", "python3 -m mpi4py -m pkg", "pkg"},
      {"/usr/bin/python3.11", "python3 -m mpi4py -rc threads=0 solver.py", "solver.py"},
      {"/usr/bin/python3.11", "python3 -m cProfile -o profile.out solver.py", "solver.py"},
      {"/usr/bin/python3.11", "python3 -c 'import pkg' solver.py", "python3.11"},
      {"/usr/bin/python3.11", "python3", "python3.11"},
      {"/usr/bin/python3.11", "python3 'my solver.py'", "my solver.py"},
      {"/usr/lib/R/bin/exec/R", "/usr/lib/R/bin/exec/R --no-echo --no-restore --file=fit.R --args 3", "fit.R"},
      {"/usr/lib/R/bin/exec/R", "R -f dir/fit.R", "fit.R"},
      {"/usr/lib/R/bin/exec/R", "R --no-save --args x", "R"},
      {"/usr/bin/perl", "perl -w -I lib run.pl", "run.pl"},
      {"/usr/bin/perl", "perl -e 'print 1' x", "perl"},
      {"/usr/bin/julia", "julia --project=. -t 4 heat.jl", "heat.jl"},
      {"/usr/bin/bash", "bash -x job.sh", "job.sh"},
      {"/usr/bin/bash", "bash -c 'x y'", "bash"},
      {"/opt/pythonic", "pythonic a.py", "pythonic"},
      {"/opt/solver-2.1", "solver-2.1 a", "solver-2.1"},
  };
  for (const auto& one : cases) EXPECT_EQ(program_name(one.program, one.arguments), one.name) << one.arguments;
}

TEST(CommandLine, WordsAndBack) {
  const std::vector<std::string> words{"a", "two words", "", "it's", "--x=1"};
  EXPECT_EQ(*split_words(join_words(words)), words);
  EXPECT_FALSE(split_words("'open"));
}

}  // namespace
}  // namespace tulkki
