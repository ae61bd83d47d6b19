// SPDX-License-Identifier: Apache-2.0
// fork, exec, system and popen while MPI runs; children call no MPI.
#include <sys/wait.h>

#include "program.h"

int main(int argc, char** argv) {
  begin(&argc, &argv);
  int status, sum;
  for (int i = 0; i < 4; i++) {
    pid_t child = fork();
    if (child == 0) {
      if (i == 0) _exit(5);
      if (i == 1) exit(5);
      if (i == 2) execl("/bin/sh", "sh", "-c", "exit 5", NULL);
      if (i == 3) abort();
      _exit(6);
    }
    REQUIRE(child > 0 && waitpid(child, &status, 0) == child);
    REQUIRE(i == 3 ? WIFSIGNALED(status) : WIFEXITED(status) && WEXITSTATUS(status) == 5);
    MPI_Allreduce(&rank, &sum, 1, MPI_INT, MPI_SUM, MPI_COMM_WORLD);
  }
  REQUIRE(system("exit 3") >> 8 == 3);
  FILE* pipe = popen("echo hello", "r");
  char line[100] = "";
  REQUIRE(pipe != NULL && fgets(line, sizeof line, pipe) != NULL && strcmp(line, "hello\n") == 0);
  pclose(pipe);
  MPI_Allreduce(&rank, &sum, 1, MPI_INT, MPI_SUM, MPI_COMM_WORLD);
  return end();
}
