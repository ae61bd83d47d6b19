# SPDX-License-Identifier: Apache-2.0
# Which MPIs programs can be compiled for here. That a wrapper is installed says little: Debian's openmpi-bin brings
# mpicc.openmpi without mpi.h. So a wrapper counts when it has compiled and linked a small program.

# tulkki_mpi_compiler(openmpi|mpich VARIABLE): the C compiler wrapper that works, or "" with one line on what is missing.
function(tulkki_mpi_compiler mpi variable)
  set(package_openmpi libopenmpi-dev)
  set(package_mpich libmpich-dev)
  find_program(TULKKI_MPICC_${mpi} mpicc.${mpi})
  set(compiler "${TULKKI_MPICC_${mpi}}")
  set(obstacle "")
  if(NOT compiler)
    set(obstacle "mpicc.${mpi} is not installed")
  elseif(NOT "${TULKKI_MPICC_WORKS_${mpi}}" STREQUAL "${compiler}")
    set(folder ${CMAKE_BINARY_DIR}/CMakeFiles/mpi_compilers)
    file(WRITE ${folder}/probe.c "#include <mpi.h>\nint main(void) { return MPI_Init(0, 0) != MPI_SUCCESS; }\n")
    execute_process(
      COMMAND ${compiler} -w -o ${folder}/probe.${mpi} ${folder}/probe.c
      RESULT_VARIABLE failed OUTPUT_VARIABLE output ERROR_VARIABLE output)
    if(NOT "${failed}" STREQUAL "0")
      file(WRITE ${folder}/probe.${mpi}.log "${output}")
      set(obstacle "${compiler} cannot compile a program (see ${folder}/probe.${mpi}.log)")
    else()
      set(TULKKI_MPICC_WORKS_${mpi} ${compiler} CACHE INTERNAL "the wrapper that compiled a program")
    endif()
  endif()
  get_property(said GLOBAL PROPERTY TULKKI_MPI_SAID_${mpi})
  if(obstacle AND NOT said)
    message(STATUS "${obstacle}: `tulkki bench` and `tulkki selftest` get no program compiled for this MPI; "
                   "on Debian: apt install ${package_${mpi}}")
    set_property(GLOBAL PROPERTY TULKKI_MPI_SAID_${mpi} YES)
  endif()
  if(obstacle)
    set(compiler "")
    # A package that is installed later is found by the next configuration.
    unset(TULKKI_MPICC_${mpi} CACHE)
  endif()
  set(${variable} "${compiler}" PARENT_SCOPE)
endfunction()
