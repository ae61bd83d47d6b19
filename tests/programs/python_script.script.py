# SPDX-License-Identifier: Apache-2.0
"""An mpi4py program: objects, buffers, collectives and one-sided access."""

import sys

from mpi4py import MPI

comm = MPI.COMM_WORLD
rank, size = comm.Get_rank(), comm.Get_size()
right, left = (rank + 1) % size, (rank - 1) % size
data = bytearray(800)
for _ in range(10):
    comm.Sendrecv([data, MPI.BYTE], right, 0, [bytearray(800), MPI.BYTE], left, 0)
gathered = comm.allgather({"rank": rank})
assert [entry["rank"] for entry in gathered] == list(range(size))
total = comm.allreduce(rank)
assert total == size * (size - 1) // 2
window = MPI.Win.Allocate(800, comm=comm)
window.Fence()
window.Put([data, MPI.BYTE], right)
window.Fence()
window.Free()
request = comm.isend("text", right, tag=3)
assert comm.recv(source=left, tag=3) == "text"
request.wait()
sys.stdout.write("EXIT-SUCCESS\n")
