// SPDX-License-Identifier: Apache-2.0
// Groups, communicators and intercommunicators: comparison, ranks that are no ranks, splitting, names, info, roots of
// intercommunicators, handles as integers. MPI-4.1: 7.3 to 7.6, 19.3.4.
#include "check.h"

static void groups(void) {
  MPI_Group world, reversed, first, both, none, same;
  int ranks[2] = {1, 0}, translated[3], result, asked[3] = {0, 1, MPI_PROC_NULL}, members, me;
  int range[1][3] = {{0, size - 1, 1}}, falling[1][3] = {{1, 0, -1}};
  CHECK_GOOD(MPI_Comm_group(MPI_COMM_WORLD, &world));
  MPI_Group_incl(world, 2, ranks, &reversed);
  MPI_Group_incl(world, 1, ranks + 1, &first);
  MPI_Group_compare(world, reversed, &result);
  CHECK_EQUAL(result, MPI_SIMILAR);
  MPI_Group_compare(world, world, &result);
  CHECK_EQUAL(result, MPI_IDENT);
  MPI_Group_compare(world, first, &result);
  CHECK_EQUAL(result, MPI_UNEQUAL);
  CHECK_GOOD(MPI_Group_translate_ranks(world, 3, asked, first, translated));
  CHECK(translated[0] == 0 && translated[1] == MPI_UNDEFINED && translated[2] == MPI_PROC_NULL);
  MPI_Group_rank(first, &me);
  CHECK_EQUAL(me, rank == 0 ? 0 : MPI_UNDEFINED);
  MPI_Group_difference(world, world, &none);
  MPI_Group_size(none, &members);
  CHECK_EQUAL(members, 0);
  MPI_Group_compare(none, MPI_GROUP_EMPTY, &result);
  CHECK_EQUAL(result, MPI_IDENT);
  MPI_Group_union(first, reversed, &both);
  MPI_Group_compare(both, world, &result);
  CHECK_EQUAL(result, MPI_IDENT);
  MPI_Group_free(&both);
  MPI_Group_intersection(reversed, first, &both);
  MPI_Group_size(both, &members);
  CHECK_EQUAL(members, 1);
  MPI_Group_free(&both);
  CHECK_GOOD(MPI_Group_range_incl(world, 1, range, &same));
  MPI_Group_compare(same, world, &result);
  CHECK_EQUAL(result, MPI_IDENT);
  MPI_Group_free(&same);
  CHECK_GOOD(MPI_Group_range_incl(world, 1, falling, &same));
  MPI_Group_compare(same, reversed, &result);
  CHECK_EQUAL(result, MPI_IDENT);
  MPI_Group_free(&same);
  CHECK_GOOD(MPI_Group_range_excl(world, 1, range, &same));
  MPI_Group_size(same, &members);
  CHECK_EQUAL(members, 0);
  if (same != MPI_GROUP_EMPTY) MPI_Group_free(&same);
  if (none != MPI_GROUP_EMPTY) MPI_Group_free(&none);
  MPI_Group_free(&first);
  MPI_Group_free(&reversed);
  MPI_Group_free(&world);
  CHECK(world == MPI_GROUP_NULL);
}

static void comparison_and_splitting(void) {
  MPI_Comm same = MPI_COMM_WORLD, copy, part, turned, shared, single;
  MPI_Group group;
  int result, members, me;
  MPI_Comm_compare(MPI_COMM_WORLD, same, &result);
  CHECK_EQUAL(result, MPI_IDENT);
  MPI_Comm_dup(MPI_COMM_WORLD, &copy);
  MPI_Comm_compare(MPI_COMM_WORLD, copy, &result);
  CHECK_EQUAL(result, MPI_CONGRUENT);
  MPI_Comm_split(MPI_COMM_WORLD, 0, -rank, &turned);
  MPI_Comm_compare(MPI_COMM_WORLD, turned, &result);
  CHECK_EQUAL(result, MPI_SIMILAR);
  MPI_Comm_compare(MPI_COMM_WORLD, MPI_COMM_SELF, &result);
  CHECK_EQUAL(result, MPI_UNEQUAL);
  CHECK_GOOD(MPI_Comm_split(MPI_COMM_WORLD, rank == 0 ? 3 : MPI_UNDEFINED, 0, &part));
  CHECK((part == MPI_COMM_NULL) == (rank != 0));
  if (part != MPI_COMM_NULL) MPI_Comm_free(&part);
  CHECK_GOOD(MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &shared));
  MPI_Comm_size(shared, &members);
  CHECK_EQUAL(members, size);
  MPI_Comm_free(&shared);
  CHECK_GOOD(MPI_Comm_split_type(MPI_COMM_WORLD, rank == 0 ? MPI_COMM_TYPE_SHARED : MPI_UNDEFINED, 0, MPI_INFO_NULL,
                                 &shared));
  CHECK((shared == MPI_COMM_NULL) == (rank != 0));
  if (shared != MPI_COMM_NULL) MPI_Comm_free(&shared);
  MPI_Comm_group(turned, &group);
  CHECK_GOOD(MPI_Comm_create(MPI_COMM_WORLD, rank == 5 ? MPI_GROUP_EMPTY : group, &part));
  MPI_Comm_rank(part, &me);
  CHECK_EQUAL(me, size - 1 - rank);
  MPI_Comm_free(&part);
  if (rank == 0) {
    MPI_Group mine;
    MPI_Comm_group(MPI_COMM_SELF, &mine);
    CHECK_GOOD(MPI_Comm_create_group(MPI_COMM_WORLD, mine, 7, &single));
    MPI_Comm_size(single, &members);
    CHECK_EQUAL(members, 1);
    MPI_Comm_free(&single);
    MPI_Group_free(&mine);
  }
  MPI_Group_free(&group);
  MPI_Comm_free(&turned);
  MPI_Comm_free(&copy);
  CHECK(copy == MPI_COMM_NULL);
}

static void duplicated_later(void) {
  MPI_Comm copies[3];
  MPI_Request requests[3];
  int sum, one = 1;
  for (int i = 0; i < 3; i++) CHECK_GOOD(MPI_Comm_idup(MPI_COMM_WORLD, &copies[i], &requests[i]));
  CHECK_GOOD(MPI_Waitall(3, requests, MPI_STATUSES_IGNORE));
  for (int i = 0; i < 3; i++) {
    MPI_Allreduce(&one, &sum, 1, MPI_INT, MPI_SUM, copies[i]);
    CHECK_EQUAL(sum, size);
    MPI_Comm_free(&copies[i]);
  }
}

static void intercommunicators(void) {
  MPI_Comm inter, copy, merged;
  int flag, members, in = 10 + rank, out = -1, result, ordered;
  MPI_Group remote;
  MPI_Comm_test_inter(MPI_COMM_WORLD, &flag);
  CHECK(!flag);
  CHECK_GOOD(MPI_Intercomm_create(MPI_COMM_SELF, 0, MPI_COMM_WORLD, 1 - rank, 5, &inter));
  MPI_Comm_test_inter(inter, &flag);
  CHECK(flag);
  MPI_Comm_remote_size(inter, &members);
  CHECK_EQUAL(members, 1);
  CHECK_GOOD(MPI_Comm_remote_group(inter, &remote));
  MPI_Group_free(&remote);
  CHECK_GOOD(MPI_Comm_dup(inter, &copy));
  MPI_Comm_compare(inter, copy, &result);
  CHECK_EQUAL(result, MPI_CONGRUENT);
  // From group 0 to group 1: the root says so, the others of its group (none here) say MPI_PROC_NULL.
  CHECK_GOOD(MPI_Bcast(rank == 0 ? &in : &out, 1, MPI_INT, rank == 0 ? MPI_ROOT : 0, inter));
  if (rank == 1) CHECK_EQUAL(out, 10);
  CHECK_GOOD(MPI_Reduce(&in, &out, 1, MPI_INT, MPI_SUM, rank == 1 ? MPI_ROOT : 0, copy));
  if (rank == 1) CHECK_EQUAL(out, 10);
  CHECK_GOOD(MPI_Allreduce(&in, &out, 1, MPI_INT, MPI_SUM, inter));
  CHECK_EQUAL(out, 10 + 1 - rank);
  CHECK_GOOD(MPI_Intercomm_merge(inter, rank == 1, &merged));
  MPI_Comm_rank(merged, &ordered);
  CHECK_EQUAL(ordered, rank);
  MPI_Comm_free(&merged);
  MPI_Comm_free(&copy);
  MPI_Comm_free(&inter);
}

static void names_and_info(void) {
  char name[MPI_MAX_OBJECT_NAME + 8], value[20];
  int length, flag;
  MPI_Comm comm;
  MPI_Info info, found;
  memset(name, 'x', sizeof name);
  CHECK_GOOD(MPI_Comm_get_name(MPI_COMM_WORLD, name, &length));
  CHECK(strcmp(name, "MPI_COMM_WORLD") == 0 && length == 14);
  MPI_Info_create(&info);
  MPI_Info_set(info, "tulkki_test", "yes");
  CHECK_GOOD(MPI_Comm_dup_with_info(MPI_COMM_WORLD, info, &comm));
  MPI_Comm_get_name(comm, name, &length);
  CHECK_EQUAL(length, 0);
  CHECK_GOOD(MPI_Comm_set_name(comm, "a name"));
  MPI_Comm_get_name(comm, name, &length);
  CHECK(strcmp(name, "a name") == 0);
  CHECK_GOOD(MPI_Comm_set_info(comm, info));
  CHECK_GOOD(MPI_Comm_get_info(comm, &found));
  MPI_Info_get(found, "tulkki_test", 10, value, &flag);   // an implementation may drop what it does not know
  CHECK(!flag || strcmp(value, "yes") == 0);
  MPI_Info_free(&found);
  MPI_Info_free(&info);
  MPI_Comm_free(&comm);
}

static void as_integers(void) {
  MPI_Comm comm;
  MPI_Group group;
  MPI_Datatype type;
  MPI_Request request;
  MPI_Op operation = MPI_SUM;
  MPI_Info info;
  MPI_Errhandler handler = MPI_ERRORS_RETURN;
  int in;
  MPI_Comm_dup(MPI_COMM_SELF, &comm);
  MPI_Comm_group(comm, &group);
  MPI_Type_contiguous(2, MPI_INT, &type);
  MPI_Info_create(&info);
  MPI_Irecv(&in, 1, MPI_INT, 0, 0, comm, &request);
  CHECK(MPI_Comm_f2c(MPI_Comm_c2f(comm)) == comm);
  CHECK(MPI_Comm_f2c(MPI_Comm_c2f(MPI_COMM_WORLD)) == MPI_COMM_WORLD);
  CHECK(MPI_Comm_f2c(MPI_Comm_c2f(MPI_COMM_NULL)) == MPI_COMM_NULL);
  CHECK(MPI_Group_f2c(MPI_Group_c2f(group)) == group);
  CHECK(MPI_Type_f2c(MPI_Type_c2f(type)) == type);
  CHECK(MPI_Type_f2c(MPI_Type_c2f(MPI_DOUBLE_PRECISION)) == MPI_DOUBLE_PRECISION);
  CHECK(MPI_Request_f2c(MPI_Request_c2f(request)) == request);
  CHECK(MPI_Request_f2c(MPI_Request_c2f(MPI_REQUEST_NULL)) == MPI_REQUEST_NULL);
  CHECK(MPI_Op_f2c(MPI_Op_c2f(operation)) == operation);
  CHECK(MPI_Info_f2c(MPI_Info_c2f(info)) == info);
  CHECK(MPI_Info_f2c(MPI_Info_c2f(MPI_INFO_NULL)) == MPI_INFO_NULL);
  CHECK(MPI_Errhandler_f2c(MPI_Errhandler_c2f(handler)) == handler);
  CHECK(MPI_File_f2c(MPI_File_c2f(MPI_FILE_NULL)) == MPI_FILE_NULL);
  CHECK(MPI_Win_f2c(MPI_Win_c2f(MPI_WIN_NULL)) == MPI_WIN_NULL);
  CHECK(MPI_Message_f2c(MPI_Message_c2f(MPI_MESSAGE_NULL)) == MPI_MESSAGE_NULL);
  CHECK(MPI_Message_f2c(MPI_Message_c2f(MPI_MESSAGE_NO_PROC)) == MPI_MESSAGE_NO_PROC);
  MPI_Status status, back;
  MPI_Fint fortran[20];
  int count = 0;
  MPI_Send(&rank, 1, MPI_INT, 0, 0, comm);
  MPI_Wait(&request, &status);
  CHECK_GOOD(MPI_Status_c2f(&status, fortran));
  memset(&back, 0, sizeof back);
  CHECK_GOOD(MPI_Status_f2c(fortran, &back));
  MPI_Get_count(&back, MPI_INT, &count);
  CHECK(back.MPI_SOURCE == 0 && back.MPI_TAG == 0 && count == 1);
  MPI_Info_free(&info);
  MPI_Type_free(&type);
  MPI_Group_free(&group);
  MPI_Comm_free(&comm);
}

int main(int argc, char** argv) {
  begin(&argc, &argv);
  groups();
  comparison_and_splitting();
  duplicated_later();
  intercommunicators();
  names_and_info();
  as_integers();
  return conclude();
}
