# Faults are planted in copies of a source, by replacing a piece of its text:
# the source itself stays clean, and a fault that no longer fits it is an error
# at once. A suite that must find faults compiles the copies in.

# Reads a source of the tree into the variable TEXT.
function(read_for_planting text source)
  set(path "${PROJECT_SOURCE_DIR}/${source}")
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${path}")
  file(READ "${path}" content)
  set(${text} "${content}" PARENT_SCOPE)
endfunction()

# Replaces BEFORE, which must be there, by AFTER in the variable TEXT; NAME is
# the fault's.
function(plant text name before after)
  string(FIND "${${text}}" "${before}" at)
  if(at EQUAL -1)
    message(FATAL_ERROR
      "${CMAKE_CURRENT_LIST_DIR}: there is no \"${before}\" to plant ${name} in")
  endif()
  string(REPLACE "${before}" "${after}" content "${${text}}")
  set(${text} "${content}" PARENT_SCOPE)
endfunction()

# Writes the variable TEXT as a source of the build folder and adds it to a
# target.
function(add_planted_copy target name text)
  set(file "${CMAKE_CURRENT_BINARY_DIR}/${name}.cpp")
  file(CONFIGURE OUTPUT "${file}" CONTENT "${${text}}" @ONLY)
  target_sources(${target} PRIVATE "${file}")
endfunction()
