// SPDX-License-Identifier: Apache-2.0
// Takes the place of libmpi_abi.so.1 in a program whose calls are translated where they are recorded: the standard ABI
// has no symbols but functions, and those are ours already. Programs of MPICH 5.0.0 and 5.0.1 need libmpi_abi.so.0.
__attribute__((visibility("default"))) const char tulkki_front[] = "abi";
