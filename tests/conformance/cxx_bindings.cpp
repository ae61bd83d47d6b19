// SPDX-License-Identifier: Apache-2.0
// MPI's old interface for C++: a handler is called once for an error, may throw, and the call goes on after it; the handler that
// throws MPI::Exception; user's operations and attributes. MPI-2.2: 16.1.
#include <mpi.h>

#include <cstdio>

namespace {

int g_failures = 0, g_calls = 0, g_copies = 0;
struct Thrown {};

void check(bool good, const char* what) {
  if (good) return;
  std::fprintf(stderr, "not true: %s\n", what);
  ++g_failures;
}

void count(MPI::Comm&, int* code, ...) {
  ++g_calls;
  check(MPI::Get_error_class(*code) == MPI::ERR_RANK, "class of the error");
}
void throw_it(MPI::Comm&, int*, ...) { throw Thrown(); }

void error_handlers() {
  const int size = MPI::COMM_WORLD.Get_size();
  int value = 0;
  MPI::Errhandler handler = MPI::Comm::Create_errhandler(&count);
  MPI::COMM_WORLD.Set_errhandler(handler);
  MPI::COMM_WORLD.Iprobe(size, 0);
  check(g_calls == 1, "called once by Iprobe");
  MPI::COMM_WORLD.Send(&value, 1, MPI::INT, size + 2, 0);
  check(g_calls == 2, "called once by Send");
  handler.Free();
  handler = MPI::Comm::Create_errhandler(&throw_it);
  MPI::COMM_WORLD.Set_errhandler(handler);
  bool thrown = false;
  try {
    MPI::COMM_WORLD.Send(&value, 1, MPI::INT, size + 2, 0);
  } catch (const Thrown&) {
    thrown = true;
  }
  check(thrown, "the handler's own exception");
  handler.Free();
#ifndef OPEN_MPI   // Debian's is built without exceptions
  MPI::COMM_WORLD.Set_errhandler(MPI::ERRORS_THROW_EXCEPTIONS);
  thrown = false;
  try {
    MPI::COMM_WORLD.Send(&value, 1, MPI::INT, size + 2, 0);
  } catch (MPI::Exception& exception) {
    thrown = exception.Get_error_class() == MPI::ERR_RANK;
  }
  check(thrown, "MPI::Exception");
#endif
  MPI::COMM_WORLD.Set_errhandler(MPI::ERRORS_RETURN);
  check(MPI_Send(&value, 1, MPI_INT, size + 2, 0, MPI_COMM_WORLD) != MPI_SUCCESS, "a code is returned again");
  MPI::COMM_WORLD.Set_errhandler(MPI::ERRORS_ARE_FATAL);
}

void add(const void* in, void* inout, int length, const MPI::Datatype&) {
  for (int i = 0; i < length; ++i) static_cast<int*>(inout)[i] += static_cast<const int*>(in)[i];
}
int copy(const MPI::Comm&, int, void* extra, void* value, void* copied, bool& flag) {
  ++g_copies;
  check(*static_cast<int*>(extra) == 4711, "extra state");
  *static_cast<void**>(copied) = value;
  flag = true;
  return MPI_SUCCESS;
}

void callbacks() {
  int rank = MPI::COMM_WORLD.Get_rank(), sum = -1, extra = 4711;
  MPI::Op operation;
  operation.Init(&add, true);
  MPI::COMM_WORLD.Allreduce(&rank, &sum, 1, MPI::INT, operation);
  check(sum == 1, "sum by the program's operation");
  operation.Free();
  int keyval = MPI::Comm::Create_keyval(&copy, MPI::Comm::NULL_DELETE_FN, &extra);
  MPI::COMM_WORLD.Set_attr(keyval, &sum);
  MPI::Intracomm duplicate = MPI::COMM_WORLD.Dup();
  void* found = nullptr;
  check(duplicate.Get_attr(keyval, &found) && found == &sum && g_copies == 1, "copied attribute");
  duplicate.Free();
  MPI::COMM_WORLD.Delete_attr(keyval);
  MPI::Comm::Free_keyval(keyval);
}

}  // namespace

int main(int argc, char** argv) {
  MPI::Init(argc, argv);
  error_handlers();
  callbacks();
  MPI::Finalize();
  if (g_failures == 0) std::puts("EXIT-SUCCESS");
  return g_failures == 0 ? 0 : 1;
}
