# Debian's libcaf-dev ships neither a CMake config nor a .pc file.
find_path(CAF_INCLUDE_DIR caf/config.hpp REQUIRED)
find_library(CAF_CORE_LIBRARY caf_core REQUIRED)
# 1706 is 0.17.6; any other series leaves the version empty, so not found.
file(STRINGS "${CAF_INCLUDE_DIR}/caf/config.hpp" _caf
  REGEX "^#define CAF_VERSION 17[0-9][0-9]$")
string(REGEX REPLACE "^.* 170?([0-9]+)$" "0.17.\\1" CAF_VERSION "${_caf}")
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(CAF
  REQUIRED_VARS CAF_CORE_LIBRARY CAF_VERSION VERSION_VAR CAF_VERSION)
if(NOT TARGET CAF::core)
  add_library(CAF::core UNKNOWN IMPORTED)
  set_target_properties(CAF::core PROPERTIES
    IMPORTED_LOCATION "${CAF_CORE_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${CAF_INCLUDE_DIR}"
    INTERFACE_LINK_LIBRARIES Threads::Threads)
endif()
