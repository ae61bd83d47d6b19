// SPDX-License-Identifier: Apache-2.0
// Datatypes: how each constructor is told by envelope and contents, with the constants among the integers, and the
// sizes and extents of predefined types. MPI-4.1: 5.1, 3.2.2, 17.1.
#include "check.h"

enum { kRoom = 40 };

static int integers[kRoom];
static MPI_Aint addresses[kRoom];
static MPI_Datatype types[kRoom];

// Envelope as wanted, and the contents into the arrays above.
static void open_type(MPI_Datatype type, int wanted_combiner, int wanted_integers, int wanted_addresses,
                      int wanted_types) {
  int counts[3] = {-1, -1, -1}, combiner = -1;
  CHECK_GOOD(MPI_Type_get_envelope(type, &counts[0], &counts[1], &counts[2], &combiner));
  CHECK_EQUAL(combiner, wanted_combiner);
  CHECK_EQUAL(counts[0], wanted_integers);
  CHECK_EQUAL(counts[1], wanted_addresses);
  CHECK_EQUAL(counts[2], wanted_types);
  if (combiner != MPI_COMBINER_NAMED)
    CHECK_GOOD(MPI_Type_get_contents(type, counts[0], counts[1], counts[2], integers, addresses, types));
}

static int equal_integers(const int* wanted, int count) {
  for (int i = 0; i < count; i++)
    if (integers[i] != wanted[i]) return 0;
  return 1;
}

static void plain(void) {
  MPI_Datatype type;
  int lengths[2] = {1, 2}, places[2] = {0, 4};
  MPI_Aint far[2] = {0, 32};
  open_type(MPI_INT, MPI_COMBINER_NAMED, 0, 0, 0);
  open_type(MPI_DOUBLE_INT, MPI_COMBINER_NAMED, 0, 0, 0);
  open_type(MPI_BYTE, MPI_COMBINER_NAMED, 0, 0, 0);

  MPI_Type_dup(MPI_DOUBLE, &type);
  open_type(type, MPI_COMBINER_DUP, 0, 0, 1);
  CHECK(types[0] == MPI_DOUBLE);
  MPI_Type_free(&type);

  MPI_Type_contiguous(7, MPI_UNSIGNED_SHORT, &type);
  open_type(type, MPI_COMBINER_CONTIGUOUS, 1, 0, 1);
  CHECK(integers[0] == 7 && types[0] == MPI_UNSIGNED_SHORT);
  MPI_Type_free(&type);

  MPI_Type_vector(3, 2, 5, MPI_FLOAT, &type);
  open_type(type, MPI_COMBINER_VECTOR, 3, 0, 1);
  CHECK(equal_integers((int[]){3, 2, 5}, 3) && types[0] == MPI_FLOAT);
  MPI_Type_free(&type);

  MPI_Type_create_hvector(3, 2, 40, MPI_LONG_LONG, &type);
  open_type(type, MPI_COMBINER_HVECTOR, 2, 1, 1);
  CHECK(integers[0] == 3 && integers[1] == 2 && addresses[0] == 40 && types[0] == MPI_LONG_LONG);
  MPI_Type_free(&type);

  MPI_Type_indexed(2, lengths, places, MPI_CHAR, &type);
  open_type(type, MPI_COMBINER_INDEXED, 5, 0, 1);
  CHECK(equal_integers((int[]){2, 1, 2, 0, 4}, 5));
  MPI_Type_free(&type);

  MPI_Type_create_hindexed(2, lengths, far, MPI_INT, &type);
  open_type(type, MPI_COMBINER_HINDEXED, 3, 2, 1);
  CHECK(equal_integers((int[]){2, 1, 2}, 3) && addresses[1] == 32);
  MPI_Type_free(&type);

  MPI_Type_create_indexed_block(2, 3, places, MPI_INT, &type);
  open_type(type, MPI_COMBINER_INDEXED_BLOCK, 4, 0, 1);
  CHECK(equal_integers((int[]){2, 3, 0, 4}, 4));
  MPI_Type_free(&type);

  MPI_Type_create_hindexed_block(2, 3, far, MPI_INT, &type);
  open_type(type, MPI_COMBINER_HINDEXED_BLOCK, 2, 2, 1);
  CHECK(integers[0] == 2 && integers[1] == 3 && addresses[1] == 32);
  MPI_Type_free(&type);
}

static void nested(void) {
  int lengths[3] = {1, 2, 3};
  MPI_Aint far[3] = {0, 16, 64}, low, extent;
  MPI_Datatype inner, type, resized, parts[3];
  MPI_Type_vector(2, 1, 2, MPI_INT, &inner);
  parts[0] = MPI_DOUBLE, parts[1] = inner, parts[2] = MPI_CHAR;
  MPI_Type_create_struct(3, lengths, far, parts, &type);
  open_type(type, MPI_COMBINER_STRUCT, 4, 3, 3);
  CHECK(equal_integers((int[]){3, 1, 2, 3}, 4) && addresses[2] == 64);
  CHECK(types[0] == MPI_DOUBLE && types[2] == MPI_CHAR);
  resized = types[1];   // a new handle of an equal type
  open_type(resized, MPI_COMBINER_VECTOR, 3, 0, 1);
  CHECK(types[0] == MPI_INT);
  MPI_Type_free(&resized);
  MPI_Type_create_resized(type, -8, 128, &resized);
  open_type(resized, MPI_COMBINER_RESIZED, 0, 2, 1);
  CHECK(addresses[0] == -8 && addresses[1] == 128);
  if (types[0] != type) MPI_Type_free(&types[0]);
  MPI_Type_get_extent(resized, &low, &extent);
  CHECK(low == -8 && extent == 128);
  MPI_Type_free(&resized);
  MPI_Type_free(&type);
  MPI_Type_free(&inner);
}

// More room than there are contents.
static void with_room(void) {
  MPI_Datatype type;
#ifndef OPEN_MPI   // Open MPI itself reads the handles that it has not written
  MPI_Type_contiguous(4, MPI_INT, &type);
  CHECK_GOOD(MPI_Type_get_contents(type, kRoom, kRoom, kRoom, integers, addresses, types));
  CHECK(integers[0] == 4 && types[0] == MPI_INT);
  MPI_Type_free(&type);
#else
  (void)type;
#endif
}

// The order, the distributions and their arguments are constants of each ABI's own.
static void with_constants(void) {
  int sizes[2] = {8, 6}, parts[2] = {2, 3}, starts[2] = {1, 0}, grid[2] = {2, 1};
  int distributions[3][2] = {{MPI_DISTRIBUTE_BLOCK, MPI_DISTRIBUTE_NONE}, {MPI_DISTRIBUTE_CYCLIC, MPI_DISTRIBUTE_BLOCK},
                             {MPI_DISTRIBUTE_BLOCK, MPI_DISTRIBUTE_CYCLIC}};
  int arguments[3][2] = {{MPI_DISTRIBUTE_DFLT_DARG, MPI_DISTRIBUTE_DFLT_DARG}, {2, MPI_DISTRIBUTE_DFLT_DARG},
                         {4, 1}};
  int orders[2] = {MPI_ORDER_C, MPI_ORDER_FORTRAN}, bytes;
  MPI_Datatype type;
  for (int i = 0; i < 2; i++) {
    CHECK_GOOD(MPI_Type_create_subarray(2, sizes, parts, starts, orders[i], MPI_INT, &type));
    open_type(type, MPI_COMBINER_SUBARRAY, 8, 0, 1);
    CHECK(equal_integers((int[]){2, 8, 6, 2, 3, 1, 0, orders[i]}, 8));
    CHECK(types[0] == MPI_INT);
    MPI_Type_size(type, &bytes);
    CHECK_EQUAL(bytes, 24);
    MPI_Type_free(&type);
  }
  for (int i = 0; i < 6; i++) {
    int *kinds = distributions[i / 2], *given = arguments[i / 2], order = orders[i % 2];
    CHECK_GOOD(MPI_Type_create_darray(2, rank, 2, sizes, kinds, given, grid, order, MPI_DOUBLE, &type));
    open_type(type, MPI_COMBINER_DARRAY, 12, 0, 1);
    CHECK(equal_integers((int[]){2, rank, 2, 8, 6, kinds[0], kinds[1], given[0], given[1], 2, 1, order}, 12));
    CHECK(types[0] == MPI_DOUBLE);
    MPI_Type_size(type, &bytes);
    CHECK_EQUAL(bytes, 8 * 8 * 6 / 2);
    MPI_Type_free(&type);
  }
}

static void predefined(void) {
  const struct { MPI_Datatype type; int bytes; const char* name; } known[] = {
      {MPI_CHAR, 1, "MPI_CHAR"}, {MPI_SIGNED_CHAR, 1, "MPI_SIGNED_CHAR"}, {MPI_UNSIGNED_CHAR, 1, "MPI_UNSIGNED_CHAR"},
      {MPI_SHORT, 2, "MPI_SHORT"}, {MPI_UNSIGNED_SHORT, 2, "MPI_UNSIGNED_SHORT"}, {MPI_INT, 4, "MPI_INT"},
      {MPI_UNSIGNED, 4, "MPI_UNSIGNED"}, {MPI_LONG, 8, "MPI_LONG"}, {MPI_UNSIGNED_LONG, 8, "MPI_UNSIGNED_LONG"},
      {MPI_UNSIGNED_LONG_LONG, 8, "MPI_UNSIGNED_LONG_LONG"},
      {MPI_FLOAT, 4, "MPI_FLOAT"}, {MPI_DOUBLE, 8, "MPI_DOUBLE"}, {MPI_LONG_DOUBLE, sizeof(long double), "MPI_LONG_DOUBLE"},
      {MPI_WCHAR, sizeof(wchar_t), "MPI_WCHAR"}, {MPI_BYTE, 1, "MPI_BYTE"}, {MPI_PACKED, 1, "MPI_PACKED"},
      {MPI_C_BOOL, 1, "MPI_C_BOOL"}, {MPI_INT8_T, 1, "MPI_INT8_T"}, {MPI_INT16_T, 2, "MPI_INT16_T"},
      {MPI_INT32_T, 4, "MPI_INT32_T"}, {MPI_INT64_T, 8, "MPI_INT64_T"}, {MPI_UINT8_T, 1, "MPI_UINT8_T"},
      {MPI_UINT16_T, 2, "MPI_UINT16_T"}, {MPI_UINT32_T, 4, "MPI_UINT32_T"}, {MPI_UINT64_T, 8, "MPI_UINT64_T"},
      {MPI_AINT, 8, "MPI_AINT"}, {MPI_OFFSET, 8, "MPI_OFFSET"}, {MPI_COUNT, 8, "MPI_COUNT"},
      {MPI_C_DOUBLE_COMPLEX, 16, "MPI_C_DOUBLE_COMPLEX"}, {MPI_FLOAT_INT, 8, "MPI_FLOAT_INT"},
      {MPI_DOUBLE_INT, 12, "MPI_DOUBLE_INT"}, {MPI_LONG_INT, 12, "MPI_LONG_INT"}, {MPI_2INT, 8, "MPI_2INT"},
      {MPI_SHORT_INT, 6, "MPI_SHORT_INT"}, {MPI_INTEGER, 4, "MPI_INTEGER"}, {MPI_REAL, 4, "MPI_REAL"},
      {MPI_DOUBLE_PRECISION, 8, "MPI_DOUBLE_PRECISION"}, {MPI_LOGICAL, 4, "MPI_LOGICAL"},
      {MPI_CHARACTER, 1, "MPI_CHARACTER"}, {MPI_COMPLEX, 8, "MPI_COMPLEX"}, {MPI_INTEGER8, 8, "MPI_INTEGER8"},
      {MPI_REAL4, 4, "MPI_REAL4"}, {MPI_2INTEGER, 8, "MPI_2INTEGER"}};
  char name[MPI_MAX_OBJECT_NAME];
  int bytes, length;
  for (unsigned i = 0; i < sizeof known / sizeof *known; i++) {
    CHECK_GOOD(MPI_Type_size(known[i].type, &bytes));
    if (!CHECK_EQUAL(bytes, known[i].bytes)) fprintf(stderr, "type %s\n", known[i].name);
    CHECK_GOOD(MPI_Type_get_name(known[i].type, name, &length));
    if (!CHECK(strcmp(name, known[i].name) == 0)) fprintf(stderr, "type %s: name %s\n", known[i].name, name);
  }
  MPI_Datatype found;
  CHECK_GOOD(MPI_Type_match_size(MPI_TYPECLASS_REAL, 8, &found));
  CHECK(MPI_Type_size(found, &bytes) == MPI_SUCCESS && bytes == 8);
  CHECK_GOOD(MPI_Type_match_size(MPI_TYPECLASS_INTEGER, 4, &found));
  CHECK(MPI_Type_size(found, &bytes) == MPI_SUCCESS && bytes == 4);
  CHECK_GOOD(MPI_Type_match_size(MPI_TYPECLASS_COMPLEX, 16, &found));
  CHECK(MPI_Type_size(found, &bytes) == MPI_SUCCESS && bytes == 16);
}

static void parametrized(void) {
  MPI_Datatype type;
  int bytes;
  CHECK_GOOD(MPI_Type_create_f90_real(15, MPI_UNDEFINED, &type));
  open_type(type, MPI_COMBINER_F90_REAL, 2, 0, 0);
  CHECK(integers[0] == 15 && integers[1] == MPI_UNDEFINED);
  MPI_Type_size(type, &bytes);
  CHECK_EQUAL(bytes, 8);
  CHECK_GOOD(MPI_Type_create_f90_integer(9, &type));
  open_type(type, MPI_COMBINER_F90_INTEGER, 1, 0, 0);
  CHECK_EQUAL(integers[0], 9);
}

static void packed(void) {
  MPI_Aint bytes = 0, position = 0;
  int in[3] = {1, 2, 3}, out[3] = {0, 0, 0}, length;
  char memory[64];
  char native[] = "external32";
  CHECK_GOOD(MPI_Pack_external_size(native, 3, MPI_INT, &bytes));
  CHECK_EQUAL(bytes, 12);
  CHECK_GOOD(MPI_Pack_external(native, in, 3, MPI_INT, memory, sizeof memory, &position));
  CHECK(position == 12 && memory[3] == 1 && memory[0] == 0);
  position = 0;
  CHECK_GOOD(MPI_Unpack_external(native, memory, 12, &position, out, 3, MPI_INT));
  CHECK(out[0] == 1 && out[2] == 3);
  CHECK_GOOD(MPI_Pack_size(3, MPI_INT, MPI_COMM_WORLD, &length));
  CHECK(length >= 12);
}

int main(int argc, char** argv) {
  begin(&argc, &argv);
  plain();
  nested();
  with_room();
  with_constants();
  predefined();
  parametrized();
  packed();
  return conclude();
}
