! SPDX-License-Identifier: Apache-2.0
! Functions of a Fortran program that MPI calls: attributes, error handlers, reductions; and the special addresses.
! MPI-4.1: 7.7.2, 9.3, 6.9.5, 19.1.16.
module counters
  implicit none
  integer :: copies = 0, deletions = 0, errors = 0, wrong = 0, expected_comm = -1, expected_class = -1
end module

program fortran_callbacks
  use mpi
  use counters
  implicit none
  integer :: code, rank, ranks, other, comm, copy, keyval, handler, found, operation, absolute, graph, i
  integer :: numbers(3), sums(3), neighbour(1), weights(1), counts(3), status(MPI_STATUS_SIZE), failures
  integer(kind=MPI_ADDRESS_KIND) :: value, extra, address(1)
  logical :: flag, weighted
  external :: copy_attribute, delete_attribute, on_error, keep_largest
  failures = 0
  call MPI_Init(code)
  call MPI_Comm_rank(MPI_COMM_WORLD, rank, code)
  call MPI_Comm_size(MPI_COMM_WORLD, ranks, code)
  other = 1 - rank

  ! attributes
  call MPI_Comm_dup(MPI_COMM_WORLD, comm, code)
  extra = 4711
  expected_comm = comm
  call MPI_Comm_create_keyval(copy_attribute, delete_attribute, keyval, extra, code)
  value = 1000
  call MPI_Comm_set_attr(comm, keyval, value, code)
  call MPI_Comm_get_attr(comm, keyval, value, flag, code)
  call check(flag .and. value == 1000, 'attribute')
  call MPI_Comm_dup(comm, copy, code)
  call check(copies == 1, 'copied once')
  call MPI_Comm_get_attr(copy, keyval, value, flag, code)
  call check(flag .and. value == 1001, 'copied attribute')
  expected_comm = copy
  call MPI_Comm_free(copy, code)
  expected_comm = comm
  call MPI_Comm_delete_attr(comm, keyval, code)
  call check(deletions == 2, 'deleted twice')
  call MPI_Comm_free_keyval(keyval, code)
  call check(keyval == MPI_KEYVAL_INVALID, 'key freed')
  call MPI_Comm_create_keyval(MPI_COMM_DUP_FN, MPI_COMM_NULL_DELETE_FN, keyval, extra, code)
  value = 5
  call MPI_Comm_set_attr(comm, keyval, value, code)
  call MPI_Comm_dup(comm, copy, code)
  call MPI_Comm_get_attr(copy, keyval, value, flag, code)
  call check(flag .and. value == 5, 'MPI_COMM_DUP_FN')
  call MPI_Comm_free(copy, code)
  call MPI_Comm_delete_attr(comm, keyval, code)
  call MPI_Comm_free_keyval(keyval, code)
  call MPI_Comm_get_attr(MPI_COMM_WORLD, MPI_TAG_UB, value, flag, code)
  call check(flag .and. value >= 32767, 'MPI_TAG_UB')

  ! error handlers
  call MPI_Comm_create_errhandler(on_error, handler, code)
  call MPI_Comm_set_errhandler(comm, handler, code)
  call MPI_Comm_get_errhandler(comm, found, code)
  call check(found == handler, 'error handler')
  call MPI_Errhandler_free(found, code)
  call MPI_Errhandler_free(handler, code)
  expected_comm = comm
  expected_class = MPI_ERR_RANK
  call MPI_Send(rank, 1, MPI_INTEGER, 99, 0, comm, code)
  call check(code /= MPI_SUCCESS .and. errors == 1, 'error handler called')

  ! a reduction by the program, of two types
  call MPI_Op_create(keep_largest, .true., operation, code)
  numbers = [rank, 10 - rank, 5]
  call MPI_Allreduce(numbers, sums, 3, MPI_INTEGER, operation, MPI_COMM_WORLD, code)
  call check(all(sums == [1, 10, 5]), 'reduction')
  sums = numbers
  call MPI_Allreduce(MPI_IN_PLACE, sums, 3, MPI_INTEGER, operation, MPI_COMM_WORLD, code)
  call check(all(sums == [1, 10, 5]), 'reduction in place')
  call MPI_Op_free(operation, code)

  ! special addresses
  call MPI_Get_address(numbers, address(1), code)
  call MPI_Type_create_struct(1, [3], address, [MPI_INTEGER], absolute, code)
  call MPI_Type_commit(absolute, code)
  if (rank == 0) numbers = [7, 8, 9]
  call MPI_Bcast(MPI_BOTTOM, 1, absolute, 0, MPI_COMM_WORLD, code)
  call check(all(numbers == [7, 8, 9]), 'MPI_BOTTOM')
  call MPI_Type_free(absolute, code)
  call MPI_Dist_graph_create_adjacent(MPI_COMM_WORLD, 1, [other], MPI_UNWEIGHTED, 1, [other], MPI_UNWEIGHTED, &
                                      MPI_INFO_NULL, .false., graph, code)
  call MPI_Dist_graph_neighbors_count(graph, counts(1), counts(2), weighted, code)
  call check(counts(1) == 1 .and. counts(2) == 1 .and. .not. weighted, 'MPI_UNWEIGHTED')
  call MPI_Comm_free(graph, code)
  call MPI_Sendrecv(rank, 1, MPI_INTEGER, other, 0, i, 1, MPI_INTEGER, MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_COMM_WORLD, &
                    status, code)
  call check(i == other .and. status(MPI_SOURCE) == other .and. status(MPI_TAG) == 0, 'status')
  call MPI_Recv(i, 1, MPI_INTEGER, MPI_PROC_NULL, 0, MPI_COMM_WORLD, status, code)
  call check(status(MPI_SOURCE) == MPI_PROC_NULL, 'MPI_PROC_NULL')
  call MPI_Comm_free(comm, code)
  call check(wrong == 0, 'arguments of callbacks')
  neighbour = 0
  weights = 0
  call MPI_Finalize(code)
  if (failures == 0) print '(a)', 'EXIT-SUCCESS'
  if (failures /= 0) stop 1

contains
  subroutine check(good, what)
    logical, intent(in) :: good
    character(*), intent(in) :: what
    if (good) return
    write (0, '(a,i0,2a)') 'rank ', rank, ': not true: ', what
    failures = failures + 1
  end subroutine
end program

subroutine copy_attribute(comm, keyval, extra, value, copied, flag, code)
  use mpi
  use counters
  implicit none
  integer :: comm, keyval, code, members
  integer(kind=MPI_ADDRESS_KIND) :: extra, value, copied
  logical :: flag
  call MPI_Comm_size(comm, members, code)
  if (comm /= expected_comm .or. extra /= 4711 .or. value /= 1000 .or. members /= 2) wrong = wrong + 1
  copies = copies + 1
  copied = value + 1
  flag = .true.
  code = MPI_SUCCESS
end subroutine

subroutine delete_attribute(comm, keyval, value, extra, code)
  use mpi
  use counters
  implicit none
  integer :: comm, keyval, code
  integer(kind=MPI_ADDRESS_KIND) :: extra, value
  ! Open MPI 4.1 gives no handle of Fortran for the communicator here.
  if (extra /= 4711 .or. (value /= 1000 .and. value /= 1001)) wrong = wrong + 1
  deletions = deletions + 1
  code = MPI_SUCCESS
end subroutine

subroutine on_error(comm, code)
  use mpi
  use counters
  implicit none
  integer :: comm, code, class, ignored
  call MPI_Error_class(code, class, ignored)
  if (comm /= expected_comm .or. class /= expected_class) wrong = wrong + 1
  errors = errors + 1
end subroutine

subroutine keep_largest(in, inout, length, kind)
  use mpi
  use counters
  implicit none
  integer :: length, kind, in(length), inout(length)
  if (kind /= MPI_INTEGER) wrong = wrong + 1
  inout = max(in, inout)
end subroutine
