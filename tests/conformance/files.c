// SPDX-License-Identifier: Apache-2.0
// Files: access modes, pointers of all kinds, views and data representations, nonblocking and collective access, the
// counts in their statuses, errors. MPI-4.1: 14.
#include "check.h"

static const char kName[] = "files.data";

static void check_count(MPI_Status* status, int wanted) {
  int count = -1;
  CHECK_GOOD(MPI_Get_count(status, MPI_INT, &count));
  CHECK_EQUAL(count, wanted);
}

static MPI_File open_file(int mode) {
  MPI_File file = MPI_FILE_NULL;
  CHECK_GOOD(MPI_File_open(MPI_COMM_WORLD, kName, mode, MPI_INFO_NULL, &file));
  return file;
}

static void modes_and_sizes(void) {
  int mode = 0, members;
  MPI_Offset bytes = -1;
  MPI_Group group;
  MPI_Info info;
  MPI_File file = open_file(MPI_MODE_CREATE | MPI_MODE_RDWR | MPI_MODE_UNIQUE_OPEN);
  CHECK(file != MPI_FILE_NULL);
  CHECK_GOOD(MPI_File_get_amode(file, &mode));
  CHECK_EQUAL(mode, MPI_MODE_CREATE | MPI_MODE_RDWR | MPI_MODE_UNIQUE_OPEN);
  CHECK_GOOD(MPI_File_set_size(file, 400));
  CHECK_GOOD(MPI_File_get_size(file, &bytes));
  CHECK_EQUAL(bytes, 400);
  CHECK_GOOD(MPI_File_preallocate(file, 800));
  MPI_File_get_group(file, &group);
  MPI_Group_size(group, &members);
  CHECK_EQUAL(members, size);
  MPI_Group_free(&group);
  CHECK_GOOD(MPI_File_get_info(file, &info));
  MPI_Info_free(&info);
  if (MPI_File_set_atomicity(file, 1) == MPI_SUCCESS) {   // Open MPI's own layer has none
    CHECK_GOOD(MPI_File_get_atomicity(file, &mode));
    CHECK(mode);
  }
  CHECK_GOOD(MPI_File_close(&file));
  CHECK(file == MPI_FILE_NULL);
}

static void pointers(void) {
  int out[4] = {10 * rank, 10 * rank + 1, 10 * rank + 2, 10 * rank + 3}, in[4] = {0};
  MPI_Offset place = -1, at;
  MPI_Status status;
  MPI_Request request;
  MPI_File file = open_file(MPI_MODE_RDWR);
  CHECK_GOOD(MPI_File_seek(file, 16 * rank, MPI_SEEK_SET));
  CHECK_GOOD(MPI_File_write(file, out, 4, MPI_INT, &status));
  check_count(&status, 4);
  CHECK_GOOD(MPI_File_get_position(file, &place));
  CHECK_EQUAL(place, 16 * rank + 16);
  CHECK_GOOD(MPI_File_seek(file, -8, MPI_SEEK_CUR));
  CHECK_GOOD(MPI_File_read(file, in, 2, MPI_INT, &status));
  check_count(&status, 2);
  CHECK(in[0] == out[2] && in[1] == out[3]);
  MPI_File_sync(file);
  MPI_Barrier(MPI_COMM_WORLD);
  CHECK_GOOD(MPI_File_read_at(file, 16 * (1 - rank), in, 4, MPI_INT, &status));
  check_count(&status, 4);
  CHECK_EQUAL(in[3], 10 * (1 - rank) + 3);
  CHECK_GOOD(MPI_File_seek(file, 0, MPI_SEEK_END));
  MPI_File_get_position(file, &place);
  MPI_File_get_size(file, &at);
  CHECK_EQUAL(place, at);
  // Behind the end there is nothing.
  CHECK_GOOD(MPI_File_read(file, in, 4, MPI_INT, &status));
  check_count(&status, 0);
  MPI_Barrier(MPI_COMM_WORLD);
  CHECK_GOOD(MPI_File_iwrite_at(file, 16 * rank, out, 3, MPI_INT, &request));
  CHECK_GOOD(MPI_Wait(&request, &status));
  check_count(&status, 3);
  CHECK_GOOD(MPI_File_iread_at(file, 16 * rank, in, 3, MPI_INT, &request));
  CHECK_GOOD(MPI_Wait(&request, &status));
  check_count(&status, 3);
  MPI_File_seek(file, 16 * rank, MPI_SEEK_SET);
  CHECK_GOOD(MPI_File_iwrite(file, out, 4, MPI_INT, &request));
  CHECK_GOOD(MPI_Wait(&request, &status));
  check_count(&status, 4);
  MPI_File_seek(file, 16 * rank, MPI_SEEK_SET);
  CHECK_GOOD(MPI_File_iread(file, in, 4, MPI_INT, &request));
  CHECK_GOOD(MPI_Wait(&request, &status));
  check_count(&status, 4);
  CHECK_EQUAL(in[2], out[2]);
  MPI_File_close(&file);
}

static void shared_pointer(void) {
  int out = 500 + rank, in = 0;
  MPI_Offset place;
  MPI_Status status;
  MPI_File file = open_file(MPI_MODE_RDWR);
  CHECK_GOOD(MPI_File_seek_shared(file, 0, MPI_SEEK_SET));
  CHECK_GOOD(MPI_File_write_ordered(file, &out, 1, MPI_INT, &status));
  check_count(&status, 1);
  CHECK_GOOD(MPI_File_get_position_shared(file, &place));
  CHECK_EQUAL(place, 4 * size);
  MPI_Barrier(MPI_COMM_WORLD);
  CHECK_GOOD(MPI_File_seek_shared(file, 0, MPI_SEEK_SET));
  CHECK_GOOD(MPI_File_read_shared(file, &in, 1, MPI_INT, &status));
  CHECK(in == 500 || in == 501);
  MPI_Barrier(MPI_COMM_WORLD);
  CHECK_GOOD(MPI_File_seek_shared(file, 0, MPI_SEEK_SET));
  CHECK_GOOD(MPI_File_read_ordered_begin(file, &in, 1, MPI_INT));
  CHECK_GOOD(MPI_File_read_ordered_end(file, &in, &status));
  check_count(&status, 1);
  CHECK_EQUAL(in, 500 + rank);
  MPI_File_close(&file);
}

static void views(void) {
  int out[4], in[4] = {0};
  char representation[MPI_MAX_DATAREP_STRING];
  MPI_Offset displacement, place;
  MPI_Aint extent;
  MPI_Datatype stripe, etype, filetype;
  MPI_Status status;
  MPI_Request request;
  MPI_File file = open_file(MPI_MODE_RDWR);
  for (int i = 0; i < 4; i++) out[i] = 100 * rank + i;
  MPI_Type_vector(2, 2, 4, MPI_INT, &stripe);
  MPI_Type_create_resized(stripe, 0, 32, &filetype);
  MPI_Type_free(&stripe);
  MPI_Type_commit(&filetype);
  CHECK_GOOD(MPI_File_set_view(file, 8 * rank, MPI_INT, filetype, "native", MPI_INFO_NULL));
  CHECK_GOOD(MPI_File_get_view(file, &displacement, &etype, &stripe, representation));
  CHECK(displacement == 8 * rank && etype == MPI_INT && strcmp(representation, "native") == 0);
  int combiner, numbers[3];
  MPI_Type_get_envelope(stripe, &numbers[0], &numbers[1], &numbers[2], &combiner);
  CHECK(combiner != MPI_COMBINER_NAMED);
  CHECK_GOOD(MPI_File_write_all(file, out, 4, MPI_INT, &status));
  check_count(&status, 4);
  CHECK_GOOD(MPI_File_get_byte_offset(file, 2, &place));
  CHECK_EQUAL(place, 8 * rank + 16);
  CHECK_GOOD(MPI_File_get_type_extent(file, MPI_INT, &extent));
  CHECK_EQUAL(extent, 4);
  CHECK_GOOD(MPI_File_read_at_all(file, 0, in, 4, MPI_INT, &status));
  check_count(&status, 4);
  CHECK(in[0] == out[0] && in[3] == out[3]);
  CHECK_GOOD(MPI_File_write_at_all_begin(file, 0, out, 4, MPI_INT));
  CHECK_GOOD(MPI_File_write_at_all_end(file, out, &status));
  check_count(&status, 4);
  CHECK_GOOD(MPI_File_iread_at_all(file, 0, in, 4, MPI_INT, &request));
  CHECK_GOOD(MPI_Wait(&request, &status));
  check_count(&status, 4);
  CHECK_GOOD(MPI_File_set_view(file, 0, MPI_INT, MPI_INT, "native", MPI_INFO_NULL));
  CHECK_GOOD(MPI_File_read_at(file, 2, in, 2, MPI_INT, &status));
  CHECK(in[0] == 100 && in[1] == 101);
  MPI_Type_free(&filetype);
  MPI_File_close(&file);
}

// A view from where the file pointer stands, which only sequential files have.
static void sequential(void) {
  int value = 3 + rank;
  MPI_Status status;
  MPI_File file = open_file(MPI_MODE_WRONLY | MPI_MODE_SEQUENTIAL);
  CHECK_GOOD(MPI_File_write_ordered(file, &value, 1, MPI_INT, &status));
  CHECK_GOOD(MPI_File_set_view(file, MPI_DISPLACEMENT_CURRENT, MPI_INT, MPI_INT, "native", MPI_INFO_NULL));
  MPI_File_close(&file);
}

static int extents;
static int extent_of(MPI_Datatype type, MPI_Aint* extent, void* extra) {
  MPI_Aint low;
  extents += extra == &extents ? 1 : 1000;
  return MPI_Type_get_extent(type, &low, extent);
}

// A representation of the program's own, whose data is as in memory. Using it is more than some libraries can.
static void representation(void) {
  int out = 7 + rank, in = 0;
  MPI_File file;
  if (MPI_Register_datarep("tulkki", MPI_CONVERSION_FN_NULL, MPI_CONVERSION_FN_NULL, extent_of, &extents) != MPI_SUCCESS)
    return;   // Open MPI's own layer takes none
  int again = MPI_Register_datarep("tulkki", MPI_CONVERSION_FN_NULL, MPI_CONVERSION_FN_NULL, extent_of, &extents);
  CHECK(again == MPI_SUCCESS || class_of(again) == MPI_ERR_DUP_DATAREP);
  file = open_file(MPI_MODE_RDWR);
  int code = MPI_File_set_view(file, 0, MPI_INT, MPI_INT, "tulkki", MPI_INFO_NULL);
  if (code == MPI_SUCCESS) {
    CHECK_GOOD(MPI_File_write_at(file, rank, &out, 1, MPI_INT, MPI_STATUS_IGNORE));
    CHECK_GOOD(MPI_File_read_at(file, rank, &in, 1, MPI_INT, MPI_STATUS_IGNORE));
    CHECK_EQUAL(in, out);
  } else {
    CHECK_EQUAL(class_of(code), MPI_ERR_UNSUPPORTED_DATAREP);
  }
  CHECK(extents < 1000);
  MPI_File_close(&file);
}

static void errors(void) {
  MPI_File file;
  int value = 0;
  CHECK_CLASS(MPI_File_open(MPI_COMM_WORLD, "files.missing", MPI_MODE_RDONLY, MPI_INFO_NULL, &file),
              MPI_ERR_NO_SUCH_FILE);
  CHECK_CLASS(MPI_File_open(MPI_COMM_WORLD, kName, MPI_MODE_RDONLY | MPI_MODE_RDWR, MPI_INFO_NULL, &file),
              MPI_ERR_AMODE);
  CHECK(MPI_File_open(MPI_COMM_WORLD, kName, MPI_MODE_CREATE | MPI_MODE_EXCL | MPI_MODE_RDWR, MPI_INFO_NULL, &file) !=
        MPI_SUCCESS);
  CHECK_CLASS(MPI_File_delete("files.missing", MPI_INFO_NULL), MPI_ERR_NO_SUCH_FILE);
  file = open_file(MPI_MODE_RDONLY);
  CHECK_CLASS(MPI_File_set_view(file, 0, MPI_INT, MPI_INT, "nonsense", MPI_INFO_NULL), MPI_ERR_UNSUPPORTED_DATAREP);
  CHECK(MPI_File_write_at(file, 0, &value, 1, MPI_INT, MPI_STATUS_IGNORE) != MPI_SUCCESS);
  MPI_File_close(&file);
}

int main(int argc, char** argv) {
  begin(&argc, &argv);
  if (rank == 0) unlink(kName);
  MPI_Barrier(MPI_COMM_WORLD);
  modes_and_sizes();
  pointers();
  shared_pointer();
  views();
  sequential();
  representation();
  errors();
  MPI_Barrier(MPI_COMM_WORLD);
  if (rank == 0) CHECK_GOOD(MPI_File_delete(kName, MPI_INFO_NULL));
  return conclude();
}
