# Writes ${OUTPUT}: one `inline constexpr Statement name` for each ${FOLDER}/name.sql.
file(GLOB FILES ${FOLDER}/*.sql)
list(SORT FILES)
set(TEXT "// Generated from engine/sql/*.sql by engine/sql/embed.cmake; do not edit.\n#pragma once\n\n#include \"sql/statement.h\"\n\nnamespace pgfill::sql {\n")
foreach(FILE ${FILES})
  get_filename_component(NAME ${FILE} NAME_WE)
  file(READ ${FILE} BODY)
  # Comment lines at the top explain the file to its reader and need not travel to the server.
  string(REGEX REPLACE "^(--[^\n]*\n)+" "" BODY "${BODY}")
  string(APPEND TEXT "inline constexpr Statement ${NAME}{\"${NAME}\", R\"pgfillsql(${BODY})pgfillsql\"};\n")
endforeach()
string(APPEND TEXT "}  // namespace pgfill::sql\n")
file(WRITE ${OUTPUT} "${TEXT}")
