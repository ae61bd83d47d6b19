! SPDX-License-Identifier: Apache-2.0
! As fortran_callbacks.f90 with mpi_f08: handles are types, error codes are left out. MPI-4.1: 7.7.2, 9.3, 6.9.5.
module functions
  use mpi_f08
  implicit none
  integer :: copies = 0, deletions = 0, errors = 0, wrong = 0, expected_class = -1
  type(MPI_Comm) :: expected_comm
contains
  subroutine copy_attribute(comm, keyval, extra, value, copied, flag, code)
    type(MPI_Comm) :: comm
    integer :: keyval, code, members
    integer(kind=MPI_ADDRESS_KIND) :: extra, value, copied
    logical :: flag
    call MPI_Comm_size(comm, members)
    if (comm /= expected_comm .or. extra /= 4711 .or. value /= 1000 .or. members /= 2) wrong = wrong + 1
    copies = copies + 1
    copied = value + 1
    flag = .true.
    code = MPI_SUCCESS
  end subroutine
  subroutine delete_attribute(comm, keyval, value, extra, code)
    type(MPI_Comm) :: comm
    integer :: keyval, code
    integer(kind=MPI_ADDRESS_KIND) :: extra, value
    if (extra /= 4711 .or. (value /= 1000 .and. value /= 1001)) wrong = wrong + 1
    deletions = deletions + 1
    code = MPI_SUCCESS
  end subroutine
  subroutine on_error(comm, code)
    type(MPI_Comm) :: comm
    integer :: code, class
    call MPI_Error_class(code, class)
    if (comm /= expected_comm .or. class /= expected_class) wrong = wrong + 1
    errors = errors + 1
  end subroutine
end module

program fortran_callbacks_f08
  use mpi_f08
  use functions
  implicit none
  type(MPI_Comm) :: comm, copy
  type(MPI_Errhandler) :: handler, found
  type(MPI_Status) :: status
  integer :: rank, other, keyval, code, got, failures, in_degree, out_degree
  integer(kind=MPI_ADDRESS_KIND) :: value, extra
  logical :: flag
  failures = 0
  call MPI_Init()
  call MPI_Comm_rank(MPI_COMM_WORLD, rank)
  other = 1 - rank
  call MPI_Comm_dup(MPI_COMM_WORLD, comm)
  extra = 4711
  expected_comm = comm
  call MPI_Comm_create_keyval(copy_attribute, delete_attribute, keyval, extra)
  value = 1000
  call MPI_Comm_set_attr(comm, keyval, value)
  call MPI_Comm_get_attr(comm, keyval, value, flag)
  call check(flag .and. value == 1000, 'attribute')
  call MPI_Comm_dup(comm, copy)
  call check(copies == 1, 'copied once')
  call MPI_Comm_get_attr(copy, keyval, value, flag)
  call check(flag .and. value == 1001, 'copied attribute')
  expected_comm = copy
  call MPI_Comm_free(copy)
  expected_comm = comm
  call MPI_Comm_delete_attr(comm, keyval)
  call check(deletions == 2, 'deleted twice')
  call MPI_Comm_free_keyval(keyval)
  call MPI_Comm_get_attr(MPI_COMM_WORLD, MPI_TAG_UB, value, flag)
  call check(flag .and. value >= 32767, 'MPI_TAG_UB')
  call MPI_Dist_graph_create_adjacent(MPI_COMM_WORLD, 1, [other], MPI_UNWEIGHTED, 1, [other], MPI_UNWEIGHTED, &
                                      MPI_INFO_NULL, .false., copy)
  call MPI_Dist_graph_neighbors_count(copy, in_degree, out_degree, flag)
  call check(in_degree == 1 .and. out_degree == 1 .and. .not. flag, 'MPI_UNWEIGHTED')
  call MPI_Comm_free(copy)
  call MPI_Comm_create_errhandler(on_error, handler)
  call MPI_Comm_set_errhandler(comm, handler)
  call MPI_Comm_get_errhandler(comm, found)
  call check(found == handler, 'error handler')
  call MPI_Errhandler_free(handler)
  expected_class = MPI_ERR_RANK
  call MPI_Send(rank, 1, MPI_INTEGER, 99, 0, comm, code)
  call check(code /= MPI_SUCCESS .and. errors == 1, 'error handler called')
  call MPI_Sendrecv(rank, 1, MPI_INTEGER, other, 0, got, 1, MPI_INTEGER, MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_COMM_WORLD, status)
  call check(got == other .and. status%MPI_SOURCE == other .and. status%MPI_TAG == 0, 'status')
  call MPI_Comm_free(comm)
  call check(wrong == 0, 'arguments of callbacks')
  call MPI_Finalize()
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
