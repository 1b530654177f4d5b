# Data files become arrays: vernier_embed(target a/b.sql) compiles `const struct embedded embedded_b_sql` into the
# target, and writes build/embedded/NAME.c. The bytes end with a NUL that length does not count.
function(vernier_embed target)
  foreach(file ${ARGN})
    get_filename_component(base ${file} NAME)
    string(REGEX REPLACE "[^A-Za-z0-9]" "_" symbol ${base})
    set(output ${CMAKE_BINARY_DIR}/embedded/${symbol}.c)
    add_custom_command(OUTPUT ${output}
      COMMAND ${CMAKE_COMMAND} -DINPUT=${PROJECT_SOURCE_DIR}/${file} -DOUTPUT=${output} -DSYMBOL=${symbol}
        -P ${PROJECT_SOURCE_DIR}/cmake/embed_file.cmake
      DEPENDS ${file} ${PROJECT_SOURCE_DIR}/cmake/embed_file.cmake
      VERBATIM)
    target_sources(${target} PRIVATE ${output})
  endforeach()
endfunction()
