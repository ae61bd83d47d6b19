! SPDX-License-Identifier: Apache-2.0
! Callbacks of Fortran: attributes with address-sized values that are copied, kept and deleted, and a generalized request.
module callbacks
  use mpi
  implicit none
  integer :: copies = 0, deletions = 0, queries = 0, frees = 0
  integer(kind=MPI_ADDRESS_KIND) :: last_deleted = 0
contains
  subroutine copy_twice(object, keyval, extra, given, copied, flag, code)
    integer :: object, keyval, code
    integer(kind=MPI_ADDRESS_KIND) :: extra, given, copied
    logical :: flag
    if (extra /= 7) stop 60
    copies = copies + 1
    copied = 2 * given
    flag = .true.
    code = MPI_SUCCESS
  end subroutine

  subroutine remember(object, keyval, given, extra, code)
    integer :: object, keyval, code
    integer(kind=MPI_ADDRESS_KIND) :: extra, given
    if (extra /= 7) stop 61
    deletions = deletions + 1
    last_deleted = given
    code = MPI_SUCCESS
  end subroutine

  subroutine query(extra, status, code)
    integer(kind=MPI_ADDRESS_KIND) :: extra
    integer :: status(MPI_STATUS_SIZE), code
    queries = queries + 1
    status(MPI_SOURCE) = MPI_UNDEFINED
    status(MPI_TAG) = int(extra)
    call MPI_Status_set_elements(status, MPI_INTEGER, 3, code)
    call MPI_Status_set_cancelled(status, .false., code)
    code = MPI_SUCCESS
  end subroutine

  subroutine release(extra, code)
    integer(kind=MPI_ADDRESS_KIND) :: extra
    integer :: code
    frees = frees + 1
    code = MPI_SUCCESS
  end subroutine

  subroutine never(extra, complete, code)
    integer(kind=MPI_ADDRESS_KIND) :: extra
    logical :: complete
    integer :: code
    stop 62
  end subroutine
end module

program fortran_callbacks
  use callbacks
  implicit none
  integer, parameter :: address = MPI_ADDRESS_KIND
  integer(kind=address), parameter :: wide = 5000000000_address
  integer :: code, rank, ranks, keyval, type_keyval, plain, twin, kind, kind_twin, request, status(MPI_STATUS_SIZE), got
  integer(kind=address) :: value
  logical :: flag

  call MPI_Init(code)
  call MPI_Comm_rank(MPI_COMM_WORLD, rank, code)
  call MPI_Comm_size(MPI_COMM_WORLD, ranks, code)
  call MPI_Comm_get_attr(MPI_COMM_WORLD, MPI_TAG_UB, value, flag, code)
  if (.not. flag .or. value < 32767) stop 70

  call MPI_Comm_create_keyval(copy_twice, remember, keyval, 7_address, code)
  call MPI_Comm_create_keyval(MPI_COMM_DUP_FN, MPI_COMM_NULL_DELETE_FN, plain, 0_address, code)
  call MPI_Comm_get_attr(MPI_COMM_WORLD, keyval, value, flag, code)
  if (flag) stop 71
  call MPI_Comm_set_attr(MPI_COMM_WORLD, keyval, wide, code)
  call MPI_Comm_set_attr(MPI_COMM_WORLD, plain, -3_address, code)
  call MPI_Comm_dup(MPI_COMM_WORLD, twin, code)
  call MPI_Comm_get_attr(twin, keyval, value, flag, code)
  if (.not. flag .or. value /= 2 * wide .or. copies /= 1) stop 72
  call MPI_Comm_get_attr(twin, plain, value, flag, code)
  if (.not. flag .or. value /= -3) stop 73
  call MPI_Comm_set_attr(MPI_COMM_WORLD, keyval, 1_address, code)
  if (deletions /= 1 .or. last_deleted /= wide) stop 74
  call MPI_Comm_free(twin, code)
  if (deletions /= 2 .or. last_deleted /= 2 * wide) stop 75
  call MPI_Comm_delete_attr(MPI_COMM_WORLD, keyval, code)
  if (deletions /= 3 .or. last_deleted /= 1) stop 76
  call MPI_Comm_delete_attr(MPI_COMM_WORLD, plain, code)
  call MPI_Comm_free_keyval(keyval, code)
  call MPI_Comm_free_keyval(plain, code)

  call MPI_Type_create_keyval(copy_twice, remember, type_keyval, 7_address, code)
  call MPI_Type_dup(MPI_INTEGER, kind, code)
  call MPI_Type_set_attr(kind, type_keyval, 21_address, code)
  call MPI_Type_dup(kind, kind_twin, code)
  call MPI_Type_get_attr(kind_twin, type_keyval, value, flag, code)
  if (.not. flag .or. value /= 42 .or. copies /= 2) stop 77
  call MPI_Type_free(kind_twin, code)
  call MPI_Type_free(kind, code)
  if (deletions /= 5 .or. last_deleted /= 21) stop 78
  call MPI_Type_free_keyval(type_keyval, code)

  call MPI_Grequest_start(query, release, never, 9_address, request, code)
  call MPI_Grequest_complete(request, code)
  call MPI_Wait(request, status, code)
  call MPI_Get_count(status, MPI_INTEGER, got, code)
  if (queries /= 1 .or. frees /= 1 .or. status(MPI_TAG) /= 9 .or. got /= 3) stop 79
  call MPI_Finalize(code)
  print '(a)', 'EXIT-SUCCESS'
end program
