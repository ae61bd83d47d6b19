# SPDX-License-Identifier: Apache-2.0
"""The Fortran entries of the procedures: which symbols exist, in the order of their slots, and which of them never call
the C procedure of their name, so that the interposer must record them itself.

Compilers append one underscore to an external name, or two (mpi_send_, mpi_send__). MPI libraries have mpi_send and
MPI_SEND, too; no compiler for Linux asks for these unless it is told to, but C programs have functions of their own with
such names (R's Rmpi has 54), which ours would take the place of. The module
mpi_f08 binds to mpi_send_f08_ (Open MPI; MPICH where there is no choice buffer), mpi_send_f08ts_ (MPICH: choice buffers
as descriptors) and mpi_send_f08_large_ or mpi_send_f08ts_large_ (MPICH: large counts)."""

from dataclasses import dataclass

import kinds

# Why a Fortran binding does not call the C procedure (table: fortran_direct=...).
DIRECT_REASONS = {
    "arithmetic": "Open MPI computes the result in the Fortran library",
    "attribute": "attribute values have another size in Fortran: Open MPI calls ompi_attr_*, MPICH calls MPII_*_attr",
    "keyval": "the callbacks are Fortran's: Open MPI calls ompi_attr_create_keyval_*",
    "errhandler": "the callback is Fortran's: Open MPI calls ompi_errhandler_create",
    "internal": "Open MPI calls ompi_datatype_match_size",
}


# Open MPI's bindings of these read fields of the library's objects (interposer/fortran_objects.cpp).
LOOK_INTO_OBJECTS = {
    "MPI_Wait", "MPI_Test", "MPI_Waitany", "MPI_Testany", "MPI_Waitall", "MPI_Testall", "MPI_Waitsome", "MPI_Testsome",
    "MPI_Group_union", "MPI_Group_intersection", "MPI_Group_difference", "MPI_Group_incl", "MPI_Group_excl",
    "MPI_Group_range_incl", "MPI_Group_range_excl", "MPI_Alltoallw", "MPI_Ialltoallw"}


@dataclass(frozen=True)
class FortranEntry:
    symbol: str
    procedure: object

    @property
    def direct(self):
        return "fortran_direct" in self.procedure.attributes


def spellings(name):
    return [name + "_", name + "__"]


def has_choice_buffer(procedure):
    """Whether mpi_f08 takes a buffer of any type; an address that comes out is a plain TYPE(C_PTR)."""
    return any(p.kind == "buffer" or (p.kind == "pointer" and p.direction == "in") for p in procedure.parameters)


def symbols(procedure):
    existence = procedure.fortran
    if existence == "none":
        return []
    name = procedure.name.lower()
    if existence == "f08_large":
        base = name.removesuffix("_c")
        return [base + ("_f08ts_large_" if has_choice_buffer(procedure) else "_f08_large_")]
    names = spellings(name)
    if existence == "all":
        names.append(name + "_f08_")
        if has_choice_buffer(procedure):
            names.append(name + "_f08ts_")
    alias = procedure.attributes.get("fortran_alias")
    if alias and not procedure.large:
        names += spellings(alias) + [alias + "_f08_"]
    return names


def fortran_entries(procedures):
    return [FortranEntry(symbol, procedure) for procedure in procedures for symbol in symbols(procedure)]


def argument_count(procedure):
    """Arguments of the Fortran form, all passed by reference: those of C, and the error code of a subroutine."""
    return len(procedure.parameters) + (1 if procedure.returns_error else 0)


def result_type(procedure):
    return "void" if procedure.returns_error else kinds.neutral_return_type(procedure.returns)
