// SPDX-License-Identifier: Apache-2.0
// Takes the place of libmpi_abi.so.0 in a program whose calls are translated where they are recorded: the standard ABI
// has no symbols but functions, and those are ours already. MPICH 5.0.1 calls its library libmpi_abi.so.1.
__attribute__((visibility("default"))) const char tulkki_front[] = "abi";
