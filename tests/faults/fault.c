// SPDX-License-Identifier: Apache-2.0
// Exchanges messages, counts its completed calls in a file mapped into memory (counts.RANK), and then rank 1 ends in
// the way named by argument 1; the other ranks wait for it until they are ended.
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/time.h>

#include "../programs/program.h"

enum { kExchanges = 20000, kExchangesForEachReduction = 100 };  // EXCHANGES in the environment changes the first

struct Counts {
  volatile long exchanges;
  volatile long reductions;
};

static struct Counts* map_counts(void) {
  char name[64];
  snprintf(name, sizeof name, "counts.%d", rank);
  int file = open(name, O_RDWR | O_CREAT | O_TRUNC, 0600);
  REQUIRE(file >= 0 && ftruncate(file, sizeof(struct Counts)) == 0);
  void* memory = mmap(NULL, sizeof(struct Counts), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  REQUIRE(memory != MAP_FAILED);
  close(file);
  return memory;
}

static void kill_myself(int signal_number) {
  (void)signal_number;
  kill(getpid(), SIGKILL);
}

static void die(const char* how) {
  if (strcmp(how, "abort") == 0) MPI_Abort(MPI_COMM_WORLD, 7);
  if (strcmp(how, "exit") == 0) exit(8);
  if (strcmp(how, "_exit") == 0) _exit(9);
  if (strcmp(how, "segv") == 0) {
    signal(SIGSEGV, SIG_DFL);  // as without the MPI library's own report
    *(volatile int*)8 = 1;
  }
  if (strcmp(how, "term") == 0) kill(getpid(), SIGTERM);
  if (strcmp(how, "kill") == 0) kill(getpid(), SIGKILL);
  for (;;) pause();
}

// Rank 1 keeps rank 0 waiting in MPI_Finalize, where an alarm kills it.
static void die_in_finalize(void) {
  if (rank == 0) {
    const struct itimerval second = {{0, 0}, {1, 0}};
    signal(SIGALRM, kill_myself);
    setitimer(ITIMER_REAL, &second, NULL);
  } else {
    sleep(4);
  }
  MPI_Finalize();
  for (;;) pause();
}

int main(int argc, char** argv) {
  begin(&argc, &argv);
  REQUIRE(argc == 2 && size == 2);
  int in, sum, other = 1 - rank;
  struct Counts* counts = map_counts();
  int exchanges = getenv("EXCHANGES") ? atoi(getenv("EXCHANGES")) : kExchanges;
  for (int i = 1; i <= exchanges; i++) {
    MPI_Sendrecv(&i, 1, MPI_INT, other, 0, &in, 1, MPI_INT, other, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    counts->exchanges++;
    if (i % kExchangesForEachReduction == 0) {
      MPI_Allreduce(&i, &sum, 1, MPI_INT, MPI_SUM, MPI_COMM_WORLD);
      counts->reductions++;
    }
  }
  if (strcmp(argv[1], "none") == 0) {
    end();
    usleep(500000);  // Open MPI's launcher kills whoever has not left MPI_Finalize when the first one fails
    return 3;
  }
  if (strcmp(argv[1], "finalize") == 0) die_in_finalize();
  if (rank == 1) die(argv[1]);
  MPI_Recv(&in, 1, MPI_INT, other, 1, MPI_COMM_WORLD, MPI_STATUS_IGNORE);  // never sent
  for (;;) pause();
}
