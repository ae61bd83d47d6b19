! SPDX-License-Identifier: Apache-2.0
! A plug-in that needs its MPI's library for Fortran.
integer(c_int) function work() bind(c)
  use iso_c_binding
  use mpi
  implicit none
  integer :: sum, one, error
  logical :: here
  call MPI_Initialized(here, error)
  if (.not. here) call MPI_Init(error)
  one = 1
  call MPI_Allreduce(one, sum, 1, MPI_INTEGER, MPI_SUM, MPI_COMM_WORLD, error)
  work = sum
  if (.not. here) call MPI_Finalize(error)
end function
