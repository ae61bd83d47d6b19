// SPDX-License-Identifier: Apache-2.0
// Reduction operations of the program: what the function is given, freed while in use, thousands of them, alive together
// and one after the other. MPI-4.1: 6.9.5.
#include "check.h"

enum { kAlive = 5000, kChurn = 3000 };

static MPI_Datatype expected_type;
static long calls, elements, wrong_types;

static void add(void* in, void* inout, int* length, MPI_Datatype* type) {
  calls++;
  elements += *length;
  if (*type != expected_type) wrong_types++;
  for (int i = 0; i < *length; i++) ((int*)inout)[i] += ((int*)in)[i];
}

// Not commutative: the digits of all ranks in their order. It asks MPI inside of the reduction.
static void append(void* in, void* inout, int* length, MPI_Datatype* type) {
  int bytes = 0;
  if (MPI_Type_size(*type, &bytes) != MPI_SUCCESS || bytes != 8) wrong_types++;
  for (int i = 0; i < *length; i++) {
    int *left = (int*)in + 2 * i, *right = (int*)inout + 2 * i, scale = 1;
    for (int digit = 0; digit < right[1]; digit++) scale *= 10;
    right[0] += left[0] * scale;
    right[1] += left[1];
  }
}

static void types_and_order(void) {
  int in[2] = {rank + 1, 10 * (rank + 1)}, out[2] = {0, 0}, digits[2] = {rank + 1, 1}, all[2] = {0, 0}, commutes = -1;
  MPI_Op sum, digit_string;
  MPI_Datatype two;
  CHECK_GOOD(MPI_Op_create(add, 1, &sum));
  CHECK_GOOD(MPI_Op_commutative(sum, &commutes));
  CHECK(commutes);
  expected_type = MPI_INT;
  CHECK_GOOD(MPI_Allreduce(in, out, 2, MPI_INT, sum, MPI_COMM_WORLD));
  CHECK(out[0] == 3 && out[1] == 30);
  CHECK_GOOD(MPI_Reduce_local(in, out, 2, MPI_INT, sum));
  CHECK_EQUAL(out[0], 3 + rank + 1);
  CHECK(calls > 0 && elements >= 2);
  CHECK_GOOD(MPI_Op_free(&sum));
  CHECK(sum == MPI_OP_NULL);
  CHECK_GOOD(MPI_Op_create(append, 0, &digit_string));
  MPI_Op_commutative(digit_string, &commutes);
  CHECK(!commutes);
  MPI_Type_contiguous(2, MPI_INT, &two);
  MPI_Type_commit(&two);
  CHECK_GOOD(MPI_Allreduce(digits, all, 1, two, digit_string, MPI_COMM_WORLD));
  CHECK_EQUAL(all[0], 12);
  CHECK_GOOD(MPI_Scan(digits, all, 1, two, digit_string, MPI_COMM_WORLD));
  CHECK_EQUAL(all[0], rank == 0 ? 1 : 12);
  MPI_Op_free(&digit_string);
  MPI_Type_free(&two);
  CHECK_EQUAL(wrong_types, 0);
}

// The same datatype comes to the function that the program gave, also one that it has freed meanwhile.
static void freed_while_in_use(void) {
  int in[2] = {1, 2}, out[2] = {0, 0};
  MPI_Op sum;
  MPI_Request request;
  MPI_Datatype type;
  MPI_Type_dup(MPI_INT, &type);
  expected_type = type;
  MPI_Op_create(add, 1, &sum);
  CHECK_GOOD(MPI_Allreduce(in, out, 2, type, sum, MPI_COMM_WORLD));
  CHECK(out[0] == 2 && out[1] == 4);
  CHECK_GOOD(MPI_Iallreduce(in, out, 2, type, sum, MPI_COMM_WORLD, &request));
  CHECK_GOOD(MPI_Op_free(&sum));
  MPI_Op_create(append, 0, &sum);   // takes the place of what was freed
  CHECK_GOOD(MPI_Wait(&request, MPI_STATUS_IGNORE));
  CHECK(out[0] == 2 && out[1] == 4);
  MPI_Op_free(&sum);
  MPI_Type_free(&type);
  CHECK_EQUAL(wrong_types, 0);
}

static void many(void) {
  static MPI_Op operations[kAlive];
  int in = 1, out = 0, bad = 0;
  MPI_Op operation;
  expected_type = MPI_INT;
  for (int i = 0; i < kChurn; i++) {
    MPI_Op_create(i % 2 ? add : append, i % 2, &operation);
    if (i % 500 == 1) {
      MPI_Allreduce(&in, &out, 1, MPI_INT, operation, MPI_COMM_WORLD);
      bad += out != 2;
    }
    MPI_Op_free(&operation);
  }
  CHECK_EQUAL(bad, 0);
  for (int i = 0; i < kAlive; i++) bad += MPI_Op_create(add, 1, &operations[i]) != MPI_SUCCESS;
  for (int i = 0; i < kAlive; i++)
    for (int j = i + 1; j < i + 3 && j < kAlive; j++) bad += operations[i] == operations[j];
  for (int i = 0; i < kAlive; i += 37) {
    out = 5;
    bad += MPI_Reduce_local(&in, &out, 1, MPI_INT, operations[i]) != MPI_SUCCESS || out != 6;
  }
  for (int i = 0; i < kAlive; i++) bad += MPI_Op_free(&operations[i]) != MPI_SUCCESS || operations[i] != MPI_OP_NULL;
  CHECK_EQUAL(bad, 0);
  CHECK_EQUAL(wrong_types, 0);
}

static void predefined(void) {
  struct { double value; int place; } in = {rank == 0 ? 3.0 : 1.0, rank}, least = {0, -1}, most = {0, -1};
  int one = 1 << rank, out = 0, yes = rank;
  CHECK_GOOD(MPI_Allreduce(&in, &least, 1, MPI_DOUBLE_INT, MPI_MINLOC, MPI_COMM_WORLD));
  CHECK_GOOD(MPI_Allreduce(&in, &most, 1, MPI_DOUBLE_INT, MPI_MAXLOC, MPI_COMM_WORLD));
  CHECK(least.value == 1.0 && least.place == 1 && most.value == 3.0 && most.place == 0);
  MPI_Allreduce(&one, &out, 1, MPI_INT, MPI_BOR, MPI_COMM_WORLD);
  CHECK_EQUAL(out, 3);
  MPI_Allreduce(&one, &out, 1, MPI_INT, MPI_BAND, MPI_COMM_WORLD);
  CHECK_EQUAL(out, 0);
  MPI_Allreduce(&one, &out, 1, MPI_INT, MPI_BXOR, MPI_COMM_WORLD);
  CHECK_EQUAL(out, 3);
  MPI_Allreduce(&yes, &out, 1, MPI_INT, MPI_LOR, MPI_COMM_WORLD);
  CHECK_EQUAL(out, 1);
  MPI_Allreduce(&yes, &out, 1, MPI_INT, MPI_LAND, MPI_COMM_WORLD);
  CHECK_EQUAL(out, 0);
  MPI_Allreduce(&yes, &out, 1, MPI_INT, MPI_LXOR, MPI_COMM_WORLD);
  CHECK_EQUAL(out, 1);
  one = rank + 2;
  MPI_Allreduce(&one, &out, 1, MPI_INT, MPI_PROD, MPI_COMM_WORLD);
  CHECK_EQUAL(out, 6);
  MPI_Allreduce(&one, &out, 1, MPI_INT, MPI_MAX, MPI_COMM_WORLD);
  CHECK_EQUAL(out, 3);
  MPI_Allreduce(&one, &out, 1, MPI_INT, MPI_MIN, MPI_COMM_WORLD);
  CHECK_EQUAL(out, 2);
}

static void mistakes(void) {
  int in = 0, out = 0;
  MPI_Op operation = MPI_SUM;
  MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
  MPI_Comm_set_errhandler(MPI_COMM_SELF, MPI_ERRORS_RETURN);
  CHECK_CLASS(MPI_Allreduce(&in, &out, 1, MPI_INT, MPI_OP_NULL, MPI_COMM_WORLD), MPI_ERR_OP);
  CHECK_CLASS(MPI_Op_free(&operation), MPI_ERR_OP);
  MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_ARE_FATAL);
}

int main(int argc, char** argv) {
  begin(&argc, &argv);
  types_and_order();
  freed_while_in_use();
  many();
  predefined();
  mistakes();
  return conclude();
}
