# SPDX-License-Identifier: Apache-2.0
"""What programs find when they ask which procedures there are: the same under the recorder as without it."""

import sys
import unittest

from standard_test import BUILD, IMPLEMENTATIONS, TULKKI, StandardTest, main

RECORDER = f"{BUILD}/lib/libtulkki.so"
# Of MPI 3.1, of 4.0, of 5.0, and of no standard.
ASKED = ["MPI_Send", "PMPI_Send", "MPI_Status_set_elements_x", "MPI_Session_init", "MPI_Send_c", "PMPI_Isendrecv", "MPI_T_event_read",
         "MPI_Abi_get_version", "PMPI_Comm_toint", "MPIX_Query_cuda_support", "MPI_Nothing"]

# By weak references, by dlsym, and by opening a library that needs one.
PROBE = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#define ASK(name) extern int name(void) __attribute__((weak));
%s
#undef ASK
int MPI_Init(int*, char***);
int MPI_Finalize(void);
static void look(void) {
#define ASK(name) printf("%%s %%d%%d\n", #name, name != 0, dlsym(RTLD_DEFAULT, #name) != 0);
%s
  printf("plug-in %%d\n", dlopen("./plug_in.so", RTLD_NOW) != 0);
}
int main(int argc, char** argv) {
  look();
  MPI_Init(&argc, &argv);
  look();
  return MPI_Finalize();
}
""" % (("".join(f"ASK({name})\n" for name in ASKED),) * 2)

PLUG_IN = "int MPI_Session_init(void);\nint plug_in(void) { return MPI_Session_init(); }\n"

# As mpi4py asks, when no MPI is loaded yet.
PYTHON = """
import ctypes
own = ctypes.CDLL(None)
print([hasattr(own, name) for name in %r])
""" % ASKED

# Bound when the program was started: there is a Session_init to call, but no more than that.
CALL = "int %s(void*, void*, void*);\nint call(void) { return %s(0, 0, 0); }\n"
CALLER = r"""
#include <mpi.h>
#include <stdio.h>
int call(void);
int main(int argc, char** argv) {
  int class_of_code = -1;
  MPI_Init(&argc, &argv);
  MPI_Error_class(call(), &class_of_code);
  printf("%d\n", class_of_code == MPI_ERR_UNSUPPORTED_OPERATION);
  return MPI_Finalize();
}
"""

# Opened where no MPI is loaded: whoever answers has only the ABI's name.
EARLY = r"""
#include <stdio.h>
int MPI_Abi_get_version(int*, int*);
int MPI_Session_init(void*, void*, void*);
int early(void) {
  int major = 7, minor = 7, code = MPI_Abi_get_version(&major, &minor);
  printf("%d: %d %d, ", code, major, minor);
  printf("%d\n", MPI_Session_init(0, 0, 0));
  return fflush(stdout);
}
"""


class Names(StandardTest):
    def test_native(self):
        for mpi in IMPLEMENTATIONS:
            for name, text, options in (("probe", PROBE, ()), ("plug_in.so", PLUG_IN, ("-shared", "-fPIC"))):
                self.command(f"mpicc.{mpi}", *options, "-o", self.path(name), self.write(f"{name}.c", text))
            extra = {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}
            alone = self.command(self.path("probe"), extra=extra).stdout
            own = {"TULKKI_DIR": self.path("raw"), "LD_PRELOAD": RECORDER, "TULKKI_BACKEND": mpi}
            for record in ("1", "0"):
                self.assertEqual(self.command(self.path("probe"), extra=extra | own | {"TULKKI_RECORD": record}).stdout, alone)
            self.assertIn("MPI_Send 11\n", alone)
            self.assertIn(f"MPI_Session_init {'00' if mpi == 'openmpi' else '11'}\n", alone)

    def test_before_an_mpi_is_loaded(self):
        self.assertEqual(self.command(sys.executable, "-c", PYTHON, extra={"LD_PRELOAD": RECORDER}).stdout,
                         self.command(sys.executable, "-c", PYTHON).stdout)

    def test_answers_before_an_mpi_is_loaded(self):
        self.command("gcc", "-shared", "-fPIC", "-o", self.path("early.so"), self.write("early.c", EARLY))
        load = f"import ctypes; ctypes.CDLL('{self.path('early.so')}', 1).early()"
        for front, says in (("openmpi", "0: -1 -1, 52"), ("mpich", "0: -1 -1, 44"), ("abi", "0: 1 0, 55"), ("", "0: -1 -1, 16")):
            result = self.command(sys.executable, "-c", load, extra={"LD_PRELOAD": RECORDER, "TULKKI_FRONT": front})
            self.assertEqual(result.stdout, says + "\n")
            self.assertEqual(result.stderr.count("MPI_Session_init"), 1)

    def test_a_call_of_what_is_missing(self):
        for mpi, name in (("openmpi", "MPI_Session_init"), ("mpich", "MPI_Remove_error_string")):
            if mpi not in IMPLEMENTATIONS:
                continue
            self.command("gcc", "-shared", "-fPIC", "-Wl,-z,now", "-o", self.path("libcall.so"), self.write("call.c", CALL % (name, name)))
            self.command(f"mpicc.{mpi}", "-Wl,--allow-shlib-undefined", "-o", self.path("call"), self.write("caller.c", CALLER),
                         self.path("libcall.so"))
            result = self.command(TULKKI, "run", "-n", "1", self.path("call"))
            self.assertTrue(result.stdout.startswith("1\n"), result.stdout)
            self.assertIn("it returns MPI_ERR_UNSUPPORTED_OPERATION", result.stderr)

    @unittest.skipUnless(len(IMPLEMENTATIONS) == 2, "needs both MPIs")
    def test_translated(self):
        """What is emulated is there; what is not is nothing that dlsym finds, but still something that a library can need."""
        self.command("mpicc.mpich", "-o", self.path("probe"), self.write("probe.c", PROBE))
        text = PLUG_IN.replace("MPI_Session_init", "MPI_T_event_read")
        self.command("mpicc.mpich", "-shared", "-fPIC", "-o", self.path("plug_in.so"), self.write("plug_in.c", text))
        printed = self.command(TULKKI, "run", "-n", "1", "--backend", "openmpi", self.path("probe")).stdout
        afterwards = printed[printed.rindex("MPI_Send 1"):]
        for line in ("MPI_Send 11", "MPI_Session_init 11", "MPI_Send_c 11", "MPI_Abi_get_version 11", "MPI_T_event_read 00", "plug-in 1"):
            self.assertIn(line + "\n", afterwards)


main()
