// SPDX-License-Identifier: Apache-2.0
// What a program that was linked to a library of the MPICH family takes from it besides functions. The libraries built
// from this have the names libmpich.so.12 and libmpi.so.12, so that the loader takes them for the one that is needed.
#define EXPORT __attribute__((visibility("default")))

EXPORT const char tulkki_front[] = "mpich";

// Only the addresses count.
static int g_unweighted[1], g_weights_empty[1], g_status[8], g_all_handles[1];
EXPORT int* const MPI_UNWEIGHTED = g_unweighted;
EXPORT int* const MPI_WEIGHTS_EMPTY = g_weights_empty;
EXPORT int* MPI_F_STATUS_IGNORE = g_status;
EXPORT int* MPI_F_STATUSES_IGNORE = g_status;
EXPORT void* const MPI_T_PVAR_ALL_HANDLES = g_all_handles;

// MPI_DUP_FN and its kin, known by this address.
EXPORT int MPIR_Dup_fn(int object, int keyval, void* extra, void* in, void** out, int* flag) {
  (void)object, (void)keyval, (void)extra;
  *out = in;
  *flag = 1;
  return 0;
}
