# SPDX-License-Identifier: Apache-2.0
"""Calls MPI through the handle of its library, as Julia and Rust do: by_handle.py LIBRARY local|global"""

import ctypes
import sys

mpi = ctypes.CDLL(sys.argv[1], ctypes.RTLD_GLOBAL if sys.argv[2] == "global" else ctypes.RTLD_LOCAL)


def handle(symbol, number):
    if hasattr(mpi, "ompi_mpi_comm_world"):
        return ctypes.c_void_p(ctypes.addressof(ctypes.c_char.in_dll(mpi, symbol)))
    return ctypes.c_int(number)


world = handle("ompi_mpi_comm_world", 0x44000000)
integer, add = handle("ompi_mpi_int", 0x4C000405), handle("ompi_mpi_op_sum", 0x58000003)
rank, size, total = ctypes.c_int(), ctypes.c_int(), ctypes.c_int()
mpi.MPI_Init(None, None)
mpi.MPI_Comm_rank(world, ctypes.byref(rank))
mpi.MPI_Comm_size(world, ctypes.byref(size))
for _ in range(5):
    mpi.MPI_Allreduce(ctypes.byref(rank), ctypes.byref(total), 1, integer, add, world)
missing = hasattr(mpi, "MPI_No_such_procedure")
sys.stdout.write(f"rank {rank.value} of {size.value}, sum {total.value}, {missing}\n")
mpi.MPI_Finalize()
