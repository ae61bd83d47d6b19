! SPDX-License-Identifier: Apache-2.0
! What stays after a call of Fortran: persistent requests that completed, groups that were made, type arrays of alltoallw.
program fortran_objects
  use mpi
  implicit none
  integer :: wrong = 0, rank, size, code, requests(2), given, got, round
  call MPI_Init(code)
  call MPI_Comm_rank(MPI_COMM_WORLD, rank, code)
  call MPI_Comm_size(MPI_COMM_WORLD, size, code)
  call MPI_Send_init(given, 1, MPI_INTEGER, mod(rank + 1, size), 3, MPI_COMM_WORLD, requests(1), code)
  call MPI_Recv_init(got, 1, MPI_INTEGER, mod(rank + size - 1, size), 3, MPI_COMM_WORLD, requests(2), code)
  do round = 1, 8
    given = rank * 10 + round
    call MPI_Startall(2, requests, code)
    call complete(round)
    call check(got == mod(rank + size - 1, size) * 10 + round, 'data')
    call check(requests(1) /= MPI_REQUEST_NULL .and. requests(2) /= MPI_REQUEST_NULL, 'persistent requests stay')
  end do
  call MPI_Request_free(requests(1), code)
  call MPI_Request_free(requests(2), code)
  call check(requests(1) == MPI_REQUEST_NULL .and. requests(2) == MPI_REQUEST_NULL, 'freed requests are null')
  call plain_requests()
  call groups()
  call alltoallw()
  call MPI_Finalize(code)
  if (wrong == 0) print '(A)', 'EXIT-SUCCESS'
contains
  subroutine check(good, what)
    logical, intent(in) :: good
    character(len=*), intent(in) :: what
    if (good) return
    wrong = wrong + 1
    print '(A,I0,2A)', 'rank ', rank, ': ', what
  end subroutine

  ! By a different procedure each round.
  subroutine complete(which)
    integer, intent(in) :: which
    integer :: status(MPI_STATUS_SIZE), statuses(MPI_STATUS_SIZE, 2), index, indices(2), done, left, count
    logical :: flag
    flag = .false.
    left = 2
    select case (which)
    case (1)
      call MPI_Wait(requests(1), MPI_STATUS_IGNORE, code)
      call MPI_Wait(requests(2), status, code)
      call MPI_Get_count(status, MPI_INTEGER, count, code)
      call check(status(MPI_SOURCE) == mod(rank + size - 1, size) .and. status(MPI_TAG) == 3 .and. count == 1, 'status')
    case (2)
      call MPI_Waitall(2, requests, statuses, code)
      call check(statuses(MPI_TAG, 2) == 3, 'statuses')
    case (3)
      do while (left > 0)
        call MPI_Waitany(2, requests, index, status, code)
        call check(index == 1 .or. index == 2, 'index counts from one')
        left = left - 1
      end do
      ! That none is active MPICH 4.0 tells wrongly, natively too.
    case (4)
      do while (left > 0)
        call MPI_Waitsome(2, requests, done, indices, statuses, code)
        call check(all(indices(1:done) >= 1 .and. indices(1:done) <= 2), 'indices count from one')
        left = left - done
      end do
      call MPI_Waitsome(2, requests, done, indices, MPI_STATUSES_IGNORE, code)
      call check(done == MPI_UNDEFINED, 'none is active')
    case (5)
      do while (.not. flag)
        call MPI_Testall(2, requests, flag, MPI_STATUSES_IGNORE, code)
      end do
    case (6)
      do while (left > 0)
        call MPI_Testany(2, requests, index, flag, status, code)
        if (flag) left = left - 1
      end do
    case (7)
      do while (left > 0)
        call MPI_Testsome(2, requests, done, indices, statuses, code)
        left = left - done
      end do
    case (8)
      do while (.not. flag)
        call MPI_Test(requests(1), flag, status, code)
      end do
      call MPI_Wait(requests(2), status, code)
    end select
  end subroutine

  subroutine plain_requests()
    integer :: plain(2)
    call MPI_Irecv(got, 1, MPI_INTEGER, mod(rank + size - 1, size), 4, MPI_COMM_WORLD, plain(1), code)
    call MPI_Isend(given, 1, MPI_INTEGER, mod(rank + 1, size), 4, MPI_COMM_WORLD, plain(2), code)
    call MPI_Waitall(2, plain, MPI_STATUSES_IGNORE, code)
    call check(plain(1) == MPI_REQUEST_NULL .and. plain(2) == MPI_REQUEST_NULL, 'completed requests are null')
  end subroutine

  subroutine groups()
    integer :: world, first, others, all_of_them, made, members, result, ranges(3, 1)
    call MPI_Comm_group(MPI_COMM_WORLD, world, code)
    call MPI_Group_incl(world, 1, (/0/), first, code)
    call MPI_Group_excl(world, 1, (/0/), others, code)
    call MPI_Group_size(first, members, code)
    call check(members == 1, 'group of one')
    call MPI_Group_union(first, others, all_of_them, code)
    call MPI_Group_compare(all_of_them, world, result, code)
    call check(result == MPI_IDENT, 'union')
    call MPI_Group_intersection(world, others, made, code)
    call MPI_Group_size(made, members, code)
    call check(members == size - 1, 'intersection')
    call MPI_Group_difference(first, world, made, code)
    call check(made == MPI_GROUP_EMPTY, 'difference')
    ranges(:, 1) = (/0, size - 1, 1/)
    call MPI_Group_range_incl(world, 1, ranges, made, code)
    call MPI_Group_compare(made, world, result, code)
    call check(result == MPI_IDENT, 'range included')
    call MPI_Group_range_excl(world, 1, ranges, made, code)
    call check(made == MPI_GROUP_EMPTY, 'range excluded')
    call MPI_Group_free(first, code)
    call check(first == MPI_GROUP_NULL, 'freed group is null')
  end subroutine

  subroutine alltoallw()
    integer :: counts(size), displacements(size), types(size), sent(size), received(size), i, request
    counts = 1
    types = MPI_INTEGER
    do i = 1, size
      displacements(i) = (i - 1) * 4
      sent(i) = rank * 100 + i
    end do
    call MPI_Alltoallw(sent, counts, displacements, types, received, counts, displacements, types, MPI_COMM_WORLD, code)
    call check(all(received == (/((i - 1) * 100 + rank + 1, i=1, size)/)), 'alltoallw')
    received = sent
    call MPI_Alltoallw(MPI_IN_PLACE, counts, displacements, types, received, counts, displacements, types, MPI_COMM_WORLD, code)
    call check(all(received == (/((i - 1) * 100 + rank + 1, i=1, size)/)), 'alltoallw in place')
    received = 0
    call MPI_Ialltoallw(sent, counts, displacements, types, received, counts, displacements, types, MPI_COMM_WORLD, &
                        request, code)
    call MPI_Wait(request, MPI_STATUS_IGNORE, code)
    call check(all(received == (/((i - 1) * 100 + rank + 1, i=1, size)/)), 'ialltoallw')
  end subroutine
end program
