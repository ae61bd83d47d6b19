// SPDX-License-Identifier: Apache-2.0
// Passive target: locks, flushes and requests, on allocated and on dynamic windows.
#include "program.h"

int main(int argc, char** argv) {
  begin(&argc, &argv);
  double local[100] = {0}, attached[100];
  double* memory;
  int target = (rank + 1) % size;
  MPI_Win window, dynamic;
  MPI_Request requests[4];
  MPI_Win_allocate(1000 * sizeof(double), sizeof(double), MPI_INFO_NULL, MPI_COMM_WORLD, &memory, &window);
  MPI_Win_lock(MPI_LOCK_EXCLUSIVE, target, 0, window);
  MPI_Put(local, 5, MPI_DOUBLE, target, 0, 5, MPI_DOUBLE, window);
  MPI_Win_unlock(target, window);
  MPI_Win_lock_all(0, window);
  MPI_Rput(local, 6, MPI_DOUBLE, target, 10, 6, MPI_DOUBLE, window, &requests[0]);
  MPI_Rget(local, 7, MPI_DOUBLE, target, 20, 7, MPI_DOUBLE, window, &requests[1]);
  MPI_Raccumulate(local, 8, MPI_DOUBLE, target, 30, 8, MPI_DOUBLE, MPI_SUM, window, &requests[2]);
  MPI_Rget_accumulate(local, 9, MPI_DOUBLE, local + 50, 9, MPI_DOUBLE, target, 40, 9, MPI_DOUBLE, MPI_SUM, window,
                      &requests[3]);
  MPI_Waitall(4, requests, MPI_STATUSES_IGNORE);
  MPI_Win_flush_local(target, window);
  MPI_Win_flush_local_all(window);
  MPI_Win_flush(target, window);
  MPI_Win_flush_all(window);
  MPI_Win_sync(window);
  MPI_Win_unlock_all(window);
  MPI_Win_free(&window);

  MPI_Win_create_dynamic(MPI_INFO_NULL, MPI_COMM_WORLD, &dynamic);
  MPI_Win_attach(dynamic, attached, sizeof attached);
  MPI_Aint mine, other;
  MPI_Get_address(attached, &mine);
  MPI_Sendrecv(&mine, 1, MPI_AINT, (rank + size - 1) % size, 0, &other, 1, MPI_AINT, target, 0, MPI_COMM_WORLD,
               MPI_STATUS_IGNORE);
  MPI_Win_lock(MPI_LOCK_SHARED, target, 0, dynamic);
  MPI_Get(local, 10, MPI_DOUBLE, target, other, 10, MPI_DOUBLE, dynamic);
  MPI_Win_unlock(target, dynamic);
  MPI_Barrier(MPI_COMM_WORLD);
  MPI_Win_detach(dynamic, attached);
  MPI_Win_free(&dynamic);
  return end();
}
