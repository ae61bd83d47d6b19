// SPDX-License-Identifier: Apache-2.0
// A program as the I/O page shows it: all ranks write checkpoints together, each rank a log of its own records, and what
// was written is read back at the end. Usage: checkpoints FOLDER STEPS PAUSE_MS
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { kBlocks = 16, kBlockBytes = 256 * 1024, kLogRecords = 64, kLogBytes = 512 };

static MPI_File open_file(const char *folder, const char *name) {
  char path[4096];
  MPI_File file;
  snprintf(path, sizeof path, "%s/%s", folder, name);
  if (MPI_File_open(MPI_COMM_WORLD, path, MPI_MODE_CREATE | MPI_MODE_RDWR, MPI_INFO_NULL, &file) != MPI_SUCCESS) {
    fprintf(stderr, "checkpoints: cannot create %s\n", path);
    MPI_Abort(MPI_COMM_WORLD, 1);
  }
  return file;
}

static void compute(int pause_ms) {
  const struct timespec pause = {pause_ms / 1000, pause_ms % 1000 * 1000000L};
  nanosleep(&pause, NULL);
}

int main(int argc, char **argv) {
  if (argc != 4) {
    fprintf(stderr, "usage: checkpoints FOLDER STEPS PAUSE_MS\n");
    return 2;
  }
  const int steps = atoi(argv[2]), pause_ms = atoi(argv[3]);
  int rank, size;
  MPI_Init(&argc, &argv);
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  MPI_File checkpoint = open_file(argv[1], "checkpoint.bin"), log = open_file(argv[1], "events.log");
  char *block = malloc(kBlockBytes), record[kLogBytes];
  memset(block, rank + 1, kBlockBytes);
  memset(record, '.', sizeof record);
  for (int step = 0; step < steps; ++step) {
    compute(pause_ms);
    for (int i = 0; i < kLogRecords; ++i) {
      const MPI_Offset place = ((MPI_Offset)(step * size + rank) * kLogRecords + i) * kLogBytes;
      MPI_File_write_at(log, place, record, kLogBytes, MPI_CHAR, MPI_STATUS_IGNORE);
    }
    for (int i = 0; i < kBlocks; ++i) {
      const MPI_Offset place = ((MPI_Offset)rank * kBlocks + i) * kBlockBytes;
      MPI_File_write_at_all(checkpoint, place, block, kBlockBytes, MPI_CHAR, MPI_STATUS_IGNORE);
    }
    MPI_Barrier(MPI_COMM_WORLD);
  }
  for (int i = 0; i < kBlocks; ++i) {
    MPI_File_read_at(checkpoint, ((MPI_Offset)rank * kBlocks + i) * kBlockBytes, block, kBlockBytes, MPI_CHAR, MPI_STATUS_IGNORE);
  }
  MPI_File_close(&log);
  MPI_File_close(&checkpoint);
  const int right = block[0] == rank + 1 && block[kBlockBytes - 1] == rank + 1;
  free(block);
  MPI_Finalize();
  if (!right) fprintf(stderr, "checkpoints: rank %d reads what it has not written\n", rank);
  return right ? 0 : 1;
}
