// SPDX-License-Identifier: Apache-2.0
// Attributes whose copy and delete callbacks call MPI, on communicators, datatypes and windows.
#include "program.h"

static long copies, deletions;

static int copy(MPI_Comm comm, int keyval, void* extra, void* value, void* copied, int* flag) {
  int members;
  (void)keyval;
  MPI_Comm_size(comm, &members);
  REQUIRE(extra == &copies);
  *(void**)copied = value;
  *flag = 1;
  copies++;
  return MPI_SUCCESS;
}

static int delete_it(MPI_Comm comm, int keyval, void* value, void* extra) {
  (void)comm, (void)keyval, (void)value, (void)extra;
  deletions++;
  return MPI_SUCCESS;
}

int main(int argc, char** argv) {
  begin(&argc, &argv);
  int keyval, type_keyval, flag, *highest_tag;
  void* value;
  MPI_Comm duplicate;
  MPI_Datatype type;
  MPI_Comm_get_attr(MPI_COMM_WORLD, MPI_TAG_UB, &highest_tag, &flag);
  REQUIRE(flag && *highest_tag >= 32767);
  MPI_Comm_create_keyval(copy, delete_it, &keyval, &copies);
  MPI_Comm_set_attr(MPI_COMM_WORLD, keyval, &keyval);
  MPI_Comm_dup(MPI_COMM_WORLD, &duplicate);
  REQUIRE(copies == 1);
  MPI_Comm_get_attr(duplicate, keyval, &value, &flag);
  REQUIRE(flag && value == &keyval);
  MPI_Comm_delete_attr(MPI_COMM_WORLD, keyval);
  MPI_Comm_free(&duplicate);
  REQUIRE(deletions == 2);
  MPI_Comm_free_keyval(&keyval);
  MPI_Type_create_keyval(MPI_TYPE_NULL_COPY_FN, MPI_TYPE_NULL_DELETE_FN, &type_keyval, NULL);
  MPI_Type_dup(MPI_INT, &type);
  MPI_Type_set_attr(type, type_keyval, &flag);
  MPI_Type_free(&type);
  MPI_Type_free_keyval(&type_keyval);
  return end();
}
