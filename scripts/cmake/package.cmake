# SPDX-License-Identifier: Apache-2.0
# The Debian packages tulkki and tulkki-viewer: cmake --build build --target package. What is installed where is said
# beside each target (component tulkki unless it says another); here is what has no target, and what the packages say.
set(package_sources ${CMAKE_SOURCE_DIR}/scripts/package)
set(package_files ${CMAKE_BINARY_DIR}/package)

# ---- Manual pages and completion are made of what the command's --help says.
file(GLOB help_readers CONFIGURE_DEPENDS ${package_sources}/*.py ${package_sources}/*.in)
set(help_programs $<TARGET_FILE:tulkki>)
if(TULKKI_WINDOW)
  list(APPEND help_programs $<TARGET_FILE:tulkki-viewer>)
endif()
add_custom_command(
  OUTPUT ${package_files}/manual.made ${package_files}/completion
  COMMAND ${TULKKI_PYTHON} -B ${package_sources}/manual.py ${PROJECT_VERSION} $<TARGET_FILE:tulkki> ${CMAKE_SOURCE_DIR}/docs ${package_files}/man1
  COMMAND ${TULKKI_PYTHON} -B ${package_sources}/completion.py $<TARGET_FILE:tulkki> ${TULKKI_GENERATED}/tulkki/names.inc
          ${package_sources}/completion.bash.in ${package_files}/completion
  COMMAND ${CMAKE_COMMAND} -E touch ${package_files}/manual.made
  DEPENDS ${help_readers} ${help_programs} ${CMAKE_SOURCE_DIR}/docs/run.md tulkki_generated
  COMMENT "Making manual pages and completion of the help"
  VERBATIM)
add_custom_target(tulkki_manual ALL DEPENDS ${package_files}/manual.made)

install(DIRECTORY ${package_files}/man1/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 PATTERN tulkki-viewer.1.gz EXCLUDE)
install(FILES ${package_files}/completion DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME tulkki)

# ---- Documents: the help names them, README.md refers to them as it does in the sources.
set(documents ${CMAKE_INSTALL_DATADIR}/doc/tulkki)
install(FILES ${CMAKE_SOURCE_DIR}/README.md DESTINATION ${documents})
install(DIRECTORY ${CMAKE_SOURCE_DIR}/docs DESTINATION ${documents} PATTERN examples EXCLUDE)
install(DIRECTORY ${CMAKE_SOURCE_DIR}/docs/examples DESTINATION ${documents})
install(FILES ${CMAKE_SOURCE_DIR}/tests/applications/lammps/in.melt DESTINATION ${documents}/examples)
execute_process(COMMAND gzip -9nc ${package_sources}/changelog OUTPUT_FILE ${package_files}.changelog.gz)
foreach(component tulkki viewer)
  set(name tulkki)
  if(component STREQUAL viewer)
    set(name tulkki-viewer)
  endif()
  install(FILES ${package_sources}/copyright DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${name} COMPONENT ${component})
  install(FILES ${package_files}.changelog.gz DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${name} RENAME changelog.gz COMPONENT ${component})
  if(EXISTS ${package_sources}/${name}.lintian-overrides)
    install(FILES ${package_sources}/${name}.lintian-overrides DESTINATION ${CMAKE_INSTALL_DATADIR}/lintian/overrides
            RENAME ${name} COMPONENT ${component} EXCLUDE_FROM_ALL)
  endif()
endforeach()

# What documents and users write, and what the loader finds without a path: LD_PRELOAD=libtulkki.so.
file(CREATE_LINK tulkki/libtulkki.so ${package_files}.link SYMBOLIC)
install(FILES ${package_files}.link DESTINATION lib RENAME libtulkki.so COMPONENT tulkki EXCLUDE_FROM_ALL)

# ---- The window's place in the desktop.
if(TULKKI_WINDOW)
  install(FILES ${package_sources}/tulkki-viewer.desktop DESTINATION ${CMAKE_INSTALL_DATADIR}/applications COMPONENT viewer)
  install(FILES ${package_sources}/tulkki.svg DESTINATION ${CMAKE_INSTALL_DATADIR}/icons/hicolor/scalable/apps COMPONENT viewer)
  install(FILES ${package_sources}/tulkki.xml DESTINATION ${CMAKE_INSTALL_DATADIR}/mime/packages COMPONENT viewer)
  install(FILES ${package_files}/man1/tulkki-viewer.1.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT viewer)
endif()

# ---- What the packages say.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME tulkki)
set(CPACK_PACKAGE_VENDOR Tulkki)
set(CPACK_PACKAGE_CONTACT "The Tulkki developers <maintainers@tulkki.invalid>")
set(CPACK_PACKAGE_DIRECTORY ${CMAKE_BINARY_DIR}/packages)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_COMPONENTS_ALL tulkki)
if(TULKKI_WINDOW)
  list(APPEND CPACK_COMPONENTS_ALL viewer)
endif()
set(CPACK_COMPONENTS_GROUPING ONE_PER_GROUP)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS OFF)  # package_dependencies.cmake
set(CPACK_PROJECT_CONFIG_FILE ${CMAKE_SOURCE_DIR}/scripts/cmake/package_dependencies.cmake)
set(CPACK_TULKKI_BUILD ${CMAKE_BINARY_DIR})

set(CPACK_DEBIAN_TULKKI_PACKAGE_NAME tulkki)
set(CPACK_DEBIAN_TULKKI_PACKAGE_SECTION utils)
# No MPI is better than another, and on a cluster there is one already.
set(CPACK_DEBIAN_TULKKI_PACKAGE_SUGGESTS "openmpi-bin, mpich, tulkki-viewer, sqlite3, otf2-tools, gcc")
# cpack begins every line but the first with a blank, as the format wants it.
set(CPACK_COMPONENT_TULKKI_DESCRIPTION "records what each MPI call of an unmodified program costs
Tulkki is loaded before the MPI library of a parallel program that nobody
recompiles. It records every MPI call of every rank: a profile in an SQLite
database, and a trace in the Open Trace Format (OTF2). Reports show which
calls, call sites and message sizes the time went to.
.
It also translates between the binary interfaces of Open MPI, MPICH and the
MPI 5 standard: a program that was compiled for one of them runs on another
one, over the transport that is asked for. Launches are compared with the
statistics that tell a difference from noise.
.
This package has the command, the library and the workloads of its
benchmark. To record something it needs an MPI: openmpi-bin or mpich. The
window is in the package tulkki-viewer.")
set(CPACK_DEBIAN_VIEWER_PACKAGE_NAME tulkki-viewer)
set(CPACK_DEBIAN_VIEWER_PACKAGE_SECTION utils)
set(CPACK_COMPONENT_VIEWER_DESCRIPTION "window of Tulkki, for profiles and traces of MPI programs
Shows what Tulkki recorded of MPI programs: comparisons of MPI libraries and
transports with their verdicts, the procedures and message sizes that the
time went to, which rank sent how much to which, and a timeline of the trace.
It opens OTF2 traces of other tools too.
.
Figures and tables can also be written to files, without a display:
\"tulkki view --figure\" and \"tulkki view --table\" need this package as well.")
include(CPack)
