! SPDX-License-Identifier: Apache-2.0
! Fixed-form Fortran with mpif.h: messages, requests, collectives, a derived type, a user's operation.
      program fortran_mpif_h
      implicit none
      include 'mpif.h'
      integer code, rank, ranks, other, i, total, kind, operation
      integer in, half, got
      integer requests(4), statuses(MPI_STATUS_SIZE, 4)
      integer status(MPI_STATUS_SIZE)
      double precision values(100), sums(100)
      integer numbers(8)
      external add

      call MPI_Init(code)
      call MPI_Comm_rank(MPI_COMM_WORLD, rank, code)
      call MPI_Comm_size(MPI_COMM_WORLD, ranks, code)
      other = 1 - rank
      values = 1
      if (rank .eq. 0) then
        do i = 1, 5
          call MPI_Send(values, i, MPI_DOUBLE_PRECISION, 1, i,
     &                  MPI_COMM_WORLD, code)
        end do
      else
        do i = 1, 5
          call MPI_Recv(sums, 100, MPI_DOUBLE_PRECISION,
     &                  MPI_ANY_SOURCE, i, MPI_COMM_WORLD, status, code)
          call MPI_Get_count(status, MPI_DOUBLE_PRECISION, got, code)
          if (got .ne. i .or. status(MPI_SOURCE) .ne. 0) stop 70
        end do
      end if
      do i = 1, 2
        call MPI_Irecv(numbers(i), 1, MPI_INTEGER, other, 10 + i,
     &                 MPI_COMM_WORLD, requests(i), code)
        call MPI_Isend(rank, 1, MPI_INTEGER, other, 10 + i,
     &                 MPI_COMM_WORLD, requests(2 + i), code)
      end do
      call MPI_Waitall(4, requests, statuses, code)
      if (numbers(2) .ne. other) stop 71
      call MPI_Irecv(in, 1, MPI_INTEGER, other, 20, MPI_COMM_WORLD,
     &               requests(1), code)
      call MPI_Send(rank, 1, MPI_INTEGER, other, 20, MPI_COMM_WORLD,
     &              code)
      call MPI_Wait(requests(1), MPI_STATUS_IGNORE, code)
      call MPI_Allreduce(values, sums, 3, MPI_DOUBLE_PRECISION, MPI_SUM,
     &                   MPI_COMM_WORLD, code)
      call MPI_Allreduce(MPI_IN_PLACE, sums, 4, MPI_DOUBLE_PRECISION,
     &                   MPI_MAX, MPI_COMM_WORLD, code)
      call MPI_Bcast(values, 100, MPI_DOUBLE_PRECISION, 1,
     &               MPI_COMM_WORLD, code)
      call MPI_Type_vector(5, 1, 10, MPI_DOUBLE_PRECISION, kind, code)
      call MPI_Type_commit(kind, code)
      call MPI_Sendrecv(values, 2, kind, other, 30, sums, 100,
     &                  MPI_DOUBLE_PRECISION, other, 30, MPI_COMM_WORLD,
     &                  status, code)
      call MPI_Type_free(kind, code)
      call MPI_Op_create(add, .true., operation, code)
      call MPI_Allreduce(rank, total, 1, MPI_INTEGER, operation,
     &                   MPI_COMM_WORLD, code)
      if (total .ne. 1) stop 72
      call MPI_Op_free(operation, code)
      call MPI_Comm_split(MPI_COMM_WORLD, rank, 0, half, code)
      call MPI_Barrier(half, code)
      call MPI_Comm_free(half, code)
      call MPI_Send(rank, 1, MPI_INTEGER, MPI_PROC_NULL, 0,
     &              MPI_COMM_WORLD, code)
      call MPI_Finalize(code)
      print '(a)', 'EXIT-SUCCESS'
      end program

      subroutine add(in, inout, length, kind)
      implicit none
      integer length, kind, in(length), inout(length)
      inout = inout + in
      end subroutine
