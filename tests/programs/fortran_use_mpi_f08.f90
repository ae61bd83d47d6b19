! SPDX-License-Identifier: Apache-2.0
! Free-form Fortran with use mpi_f08, without error codes: messages, requests, collectives, a derived type, a user's operation.
program fortran_use_mpi_f08
  use mpi_f08
  implicit none
  integer :: rank, ranks, other, i, total, in, got
  type(MPI_Request) :: requests(4)
  type(MPI_Status) :: statuses(4), status
  type(MPI_Datatype) :: kind
  type(MPI_Op) :: operation
  type(MPI_Comm) :: half
  double precision :: values(100), sums(100)
  integer :: numbers(8)

  call MPI_Init()
  call MPI_Comm_rank(MPI_COMM_WORLD, rank)
  call MPI_Comm_size(MPI_COMM_WORLD, ranks)
  other = 1 - rank
  values = 1
  if (rank == 0) then
    do i = 1, 5
      call MPI_Send(values, i, MPI_DOUBLE_PRECISION, 1, i, MPI_COMM_WORLD)
    end do
  else
    do i = 1, 5
      call MPI_Recv(sums, 100, MPI_DOUBLE_PRECISION, MPI_ANY_SOURCE, i, MPI_COMM_WORLD, status)
      call MPI_Get_count(status, MPI_DOUBLE_PRECISION, got)
      if (got /= i .or. status%MPI_SOURCE /= 0) stop 70
    end do
  end if
  do i = 1, 2
    call MPI_Irecv(numbers(i), 1, MPI_INTEGER, other, 10 + i, MPI_COMM_WORLD, requests(i))
    call MPI_Isend(rank, 1, MPI_INTEGER, other, 10 + i, MPI_COMM_WORLD, requests(2 + i))
  end do
  call MPI_Waitall(4, requests, statuses)
  if (numbers(2) /= other) stop 71
  call MPI_Irecv(in, 1, MPI_INTEGER, other, 20, MPI_COMM_WORLD, requests(1))
  call MPI_Send(rank, 1, MPI_INTEGER, other, 20, MPI_COMM_WORLD)
  call MPI_Wait(requests(1), MPI_STATUS_IGNORE)
  call MPI_Allreduce(values, sums, 3, MPI_DOUBLE_PRECISION, MPI_SUM, MPI_COMM_WORLD)
  call MPI_Allreduce(MPI_IN_PLACE, sums, 4, MPI_DOUBLE_PRECISION, MPI_MAX, MPI_COMM_WORLD)
  call MPI_Bcast(values, 100, MPI_DOUBLE_PRECISION, 1, MPI_COMM_WORLD)
  call MPI_Type_vector(5, 1, 10, MPI_DOUBLE_PRECISION, kind)
  call MPI_Type_commit(kind)
  call MPI_Sendrecv(values, 2, kind, other, 30, sums, 100, MPI_DOUBLE_PRECISION, other, 30, MPI_COMM_WORLD, status)
  call MPI_Type_free(kind)
  call MPI_Op_create(add, .true., operation)
  call MPI_Allreduce(rank, total, 1, MPI_INTEGER, operation, MPI_COMM_WORLD)
  if (total /= 1) stop 72
  call MPI_Op_free(operation)
  call MPI_Comm_split(MPI_COMM_WORLD, rank, 0, half)
  call MPI_Barrier(half)
  call MPI_Comm_free(half)
  call MPI_Send(rank, 1, MPI_INTEGER, MPI_PROC_NULL, 0, MPI_COMM_WORLD)
  call MPI_Finalize()
  print '(a)', 'EXIT-SUCCESS'
contains

  subroutine add(in, inout, length, kind)
    use, intrinsic :: iso_c_binding, only: c_ptr, c_f_pointer
    type(c_ptr), value :: in, inout
    integer :: length
    type(MPI_Datatype) :: kind
    integer, pointer :: from(:), into(:)
    if (kind /= MPI_INTEGER) stop 73
    call c_f_pointer(in, from, [length])
    call c_f_pointer(inout, into, [length])
    into = into + from
  end subroutine
end program
