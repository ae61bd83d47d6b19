/* SPDX-License-Identifier: Apache-2.0
 * MPI-IO on one shared file: each rank its own records. IOPS counts file operations of all ranks, throughput their bytes.
 * What is written stays in the page cache unless the file system decides otherwise; nothing is synchronised. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "viewer/workloads/workload.h"

enum { kRecords = 256 }; /* of a rank; each size is bounded in space by them */

struct target {
  MPI_File file;
  char *record;
  int bytes;
  MPI_Offset first; /* of this rank */
};

static MPI_Offset place(const struct target *t, int i) { return t->first + (MPI_Offset)(i % kRecords) * t->bytes; }
/* 97 has no factor in common with 256: each record once, and no neighbours. */
static MPI_Offset scattered(const struct target *t, int i) { return t->first + (MPI_Offset)(i * 97 % kRecords) * t->bytes; }

static void write_at(struct target *t, int i) { MPI_File_write_at(t->file, place(t, i), t->record, t->bytes, MPI_BYTE, MPI_STATUS_IGNORE); }
static void write_at_all(struct target *t, int i) { MPI_File_write_at_all(t->file, place(t, i), t->record, t->bytes, MPI_BYTE, MPI_STATUS_IGNORE); }
static void read_at(struct target *t, int i) { MPI_File_read_at(t->file, place(t, i), t->record, t->bytes, MPI_BYTE, MPI_STATUS_IGNORE); }
static void read_at_all(struct target *t, int i) { MPI_File_read_at_all(t->file, place(t, i), t->record, t->bytes, MPI_BYTE, MPI_STATUS_IGNORE); }
static void write_scattered(struct target *t, int i) { MPI_File_write_at(t->file, scattered(t, i), t->record, t->bytes, MPI_BYTE, MPI_STATUS_IGNORE); }
static void read_scattered(struct target *t, int i) { MPI_File_read_at(t->file, scattered(t, i), t->record, t->bytes, MPI_BYTE, MPI_STATUS_IGNORE); }

static const struct {
  const char *name;
  void (*operation)(struct target *, int);
} kOperations[] = {{"write_at", write_at}, {"write_at_all", write_at_all}, {"read_at", read_at}, {"read_at_all", read_at_all},
                   {"write_scattered", write_scattered}, {"read_scattered", read_scattered}};
enum { kOperationCount = sizeof kOperations / sizeof kOperations[0] };

static void measure(const struct options *o, struct target *t, int which) {
  void (*operation)(struct target *, int) = kOperations[which].operation;
  MPI_Barrier(MPI_COMM_WORLD);
  double begin = MPI_Wtime();
  for (int i = 0; i < 4; ++i) operation(t, i);
  const int times = repetitions_for(o, (MPI_Wtime() - begin) / 4, 20000);
  MPI_Barrier(MPI_COMM_WORLD);
  begin = MPI_Wtime();
  for (int i = 0; i < times; ++i) operation(t, i);
  const double seconds = greatest(MPI_Wtime() - begin);
  const double operations = (double)times * o->ranks;
  tell(o, kOperations[which].name, t->bytes, "throughput", "MB/s", operations * t->bytes / seconds / 1e6);
  tell(o, kOperations[which].name, t->bytes, "IOPS", "1/s", operations / seconds);
}

/* The last records must hold what was written last: the number of the writing rank. */
static int is_right(const struct options *o, struct target *t) {
  if (!o->verify) return 1;
  memset(t->record, 0, (size_t)t->bytes);
  read_at(t, 0);
  for (int i = 0; i < t->bytes; ++i)
    if (t->record[i] != (char)(o->rank + 1)) return 0;
  return 1;
}

int run_file_io(const struct options *o) {
  char path[4096];
  snprintf(path, sizeof path, "%s/tulkki-workload.%d", o->folder, (int)(MPI_Wtime() * 1000) % 1000000000);
  MPI_Bcast(path, sizeof path, MPI_CHAR, 0, MPI_COMM_WORLD);
  int wrong = 0;
  for (int s = 0; s < o->size_count; ++s) {
    struct target t = {.bytes = (int)o->sizes[s], .first = (MPI_Offset)o->rank * kRecords * o->sizes[s]};
    t.record = allocate((size_t)t.bytes);
    memset(t.record, o->rank + 1, (size_t)t.bytes);
    if (MPI_File_open(MPI_COMM_WORLD, path, MPI_MODE_CREATE | MPI_MODE_RDWR | MPI_MODE_DELETE_ON_CLOSE, MPI_INFO_NULL, &t.file) != MPI_SUCCESS) {
      if (o->rank == 0) fprintf(stderr, "workload: cannot create %s\n", path);
      return 1;
    }
    for (int i = 0; i < kRecords; ++i) write_at(&t, i);
    for (int i = 0; i < kOperationCount; ++i) measure(o, &t, i);
    if (!is_right(o, &t)) {
      fprintf(stderr, "workload: rank %d reads what it has not written\n", o->rank);
      wrong = 1;
    }
    MPI_File_close(&t.file);
    free(t.record);
  }
  return wrong;
}
