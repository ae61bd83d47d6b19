# SPDX-License-Identifier: Apache-2.0
"""Callbacks of Fortran are called as Fortran's, also on another MPI than the program's Fortran library belongs to."""

ranks = 2


def profile(r):
    return {
        "MPI_Comm_get_attr": 4,
        "MPI_Comm_create_keyval": 2,
        "MPI_Comm_set_attr": 3,
        "MPI_Comm_dup": 1,
        "MPI_Comm_free": 1,
        "MPI_Comm_delete_attr": 2,
        "MPI_Comm_free_keyval": 2,
        "MPI_Type_create_keyval": 1,
        "MPI_Type_dup": 2,
        "MPI_Type_set_attr": 1,
        "MPI_Type_get_attr": 1,
        "MPI_Type_free": 2,
        "MPI_Type_free_keyval": 1,
        "MPI_Grequest_start": 1,
        "MPI_Grequest_complete": 1,
        "MPI_Wait": 1,
        "MPI_Status_set_elements": 1,
        "MPI_Status_set_cancelled": 1,
        "MPI_Get_count": 1,
    }
