# SPDX-License-Identifier: Apache-2.0
# The package of a wheel that has one module for each ABI: it asks what MPI there is, and takes the module that fits.
import ctypes
import importlib.machinery
import importlib.util
import os
import sys

CANDIDATES = [None, "libmpi.so", "libmpich.so.12", "libmpi.so.40"]


def abi_of(library):
    version = getattr(library, "MPI_Abi_get_version", None)
    major, minor = ctypes.c_int(0), ctypes.c_int(0)
    if version is not None and version(ctypes.byref(major), ctypes.byref(minor)) != 0:
        raise RuntimeError("MPI_Abi_get_version failed")
    if major.value > 0:
        return "mpiabi"
    return "openmpi" if hasattr(library, "ompi_mpi_comm_self") else "mpich"


def abi():
    if "WHEEL_ABI" in os.environ:
        return os.environ["WHEEL_ABI"]
    for name in CANDIDATES:
        try:
            library = ctypes.CDLL(name, ctypes.RTLD_LOCAL)
            library.MPI_Get_version
            return abi_of(library)
        except (OSError, AttributeError):
            pass
    raise ImportError("there is no MPI")


class Finder:
    @staticmethod
    def find_spec(name, path, target=None):
        if name != "mpi4py.MPI":
            return None
        location = os.path.join(path[0], "MPI." + abi() + importlib.machinery.EXTENSION_SUFFIXES[0])
        return importlib.util.spec_from_file_location(name, location)


sys.meta_path.insert(0, Finder)
