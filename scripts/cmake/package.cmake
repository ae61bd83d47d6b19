# SPDX-License-Identifier: Apache-2.0
# The Debian package: cmake --build build --target package. What is installed where is said beside each target.
install(FILES ${CMAKE_SOURCE_DIR}/README.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES ${CMAKE_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME copyright)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME tulkki)
set(CPACK_PACKAGE_VENDOR Tulkki)
set(CPACK_PACKAGE_CONTACT "The Tulkki developers")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "Records what each MPI call of an unmodified program costs")
set(CPACK_PACKAGE_DESCRIPTION
    "Tulkki is loaded before the MPI library of an unmodified program and leaves an SQLite profile and an OTF2 trace.")
set(CPACK_PACKAGE_DIRECTORY ${CMAKE_BINARY_DIR}/packages)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# Any MPI will do, and the database can be read without us.
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "mpi-default-bin")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "sqlite3, python3-otf2")
include(CPack)
