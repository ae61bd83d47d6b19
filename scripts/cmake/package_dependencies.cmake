# SPDX-License-Identifier: Apache-2.0
# Read by cpack before it makes the packages: what they depend on. dpkg-shlibdeps is asked about the command, the library
# and the window only: each workload and probe of the self-test is linked to the one MPI that it was compiled for, and is
# of use where that is installed.
function(library_dependencies result)
  set(folder ${CPACK_TULKKI_BUILD}/package/dependencies)
  file(WRITE ${folder}/debian/control "Source: tulkki\n\nPackage: tulkki\nArchitecture: any\n")
  execute_process(
    COMMAND dpkg-shlibdeps -O ${ARGN}
    WORKING_DIRECTORY ${folder} OUTPUT_VARIABLE printed ERROR_VARIABLE complaint RESULT_VARIABLE code)
  if(NOT code EQUAL 0 OR NOT printed MATCHES "shlibs:Depends=([^\n]*)")
    message(FATAL_ERROR "dpkg-shlibdeps (package dpkg-dev) cannot tell what ${ARGN} need:\n${printed}${complaint}")
  endif()
  set(${result} "${CMAKE_MATCH_1}" PARENT_SCOPE)
endfunction()

library_dependencies(libraries ${CPACK_TULKKI_BUILD}/bin/tulkki ${CPACK_TULKKI_BUILD}/lib/libtulkki.so ${CPACK_TULKKI_BUILD}/lib/libmpi_abi.so.0)
set(CPACK_DEBIAN_TULKKI_PACKAGE_DEPENDS "${libraries}")
if(EXISTS ${CPACK_TULKKI_BUILD}/bin/tulkki-viewer)
  library_dependencies(libraries ${CPACK_TULKKI_BUILD}/bin/tulkki-viewer)
  # Figures are drawn in Liberation Sans (viewer/plot/figure_spec.h); Qt loads SVG icons through a plug-in.
  set(CPACK_DEBIAN_VIEWER_PACKAGE_DEPENDS "tulkki (= ${CPACK_PACKAGE_VERSION}), ${libraries}, fonts-liberation2 | fonts-liberation")
endif()
