# SPDX-License-Identifier: Apache-2.0
"""tulkki-mpicc and tulkki-mpicxx: alone, in CMake, and installed elsewhere."""

import os

from standard_test import BUILD, HELLO, IMPLEMENTATIONS, StandardTest, main

PROJECT = """
cmake_minimum_required(VERSION 3.20)
project(hello C)
find_package(MPI REQUIRED COMPONENTS C)
add_executable(hello hello.c)
target_link_libraries(hello PRIVATE MPI::MPI_C)
"""


class Wrappers(StandardTest):
    def test_cpp(self):
        program = self.compile(HELLO, wrapper="tulkki-mpicxx")
        self.assertIn("1 ranks", self.command(program, extra={"TULKKI_BACKEND": IMPLEMENTATIONS[0]}).stdout)

    def test_compile_and_link_apart(self):
        source = self.write("hello.c", HELLO)
        self.command(f"{BUILD}/bin/tulkki-mpicc", "-c", "-o", self.path("hello.o"), source)
        self.command(f"{BUILD}/bin/tulkki-mpicc", "-o", self.path("hello"), self.path("hello.o"))
        self.assertIn("libmpi_abi.so.1", self.command("readelf", "-d", self.path("hello")).stdout)

    def test_what_they_show(self):
        shown = self.command(f"{BUILD}/bin/tulkki-mpicc", "-show", "-c", "x.c").stdout
        self.assertEqual(shown.split(), ["cc", f"-I{os.path.realpath(BUILD)}/include/tulkki", "-c", "x.c"])
        self.assertIn("-lmpi_abi", self.command(f"{BUILD}/bin/tulkki-mpicc", "-showme:link").stdout)
        self.assertIn("clang++ -stdlib", self.command(f"{BUILD}/bin/tulkki-mpicxx", "-show", "x.cpp",
                                                      extra={"TULKKI_CXX": "clang++ -stdlib=libc++"}).stdout)

    def test_without_rpath(self):
        program = self.compile(HELLO, options=("-no-rpath",))
        self.assertNotIn("RUNPATH", self.command("readelf", "-d", program).stdout)
        self.assertIn("RUNPATH", self.command("readelf", "-d", self.compile(HELLO)).stdout)

    def test_errors(self):
        self.assertIn("usage:", self.command(f"{BUILD}/bin/tulkki-mpicc", code=2).stderr)
        self.assertIn("example:", self.command(f"{BUILD}/bin/tulkki-mpicc", "--help").stdout)

    def test_cmake(self):
        self.write("CMakeLists.txt", PROJECT)
        self.write("hello.c", HELLO)
        self.command("cmake", "-S", ".", "-B", "out", f"-DMPI_C_COMPILER={BUILD}/bin/tulkki-mpicc")
        self.command("cmake", "--build", "out")
        self.assertIn("1 ranks", self.command(self.path("out/hello"), extra={"TULKKI_BACKEND": IMPLEMENTATIONS[0]}).stdout)

    def test_installed(self):
        prefix = self.path("a prefix")
        self.command("cmake", "--install", BUILD, "--prefix", prefix)
        program = self.compile(HELLO, prefix=prefix)
        self.assertIn("1 ranks", self.command(program, extra={"TULKKI_BACKEND": IMPLEMENTATIONS[0]}).stdout)


main()
