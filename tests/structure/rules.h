// The rules of the house that a machine can check, each as a function from source to complaints. No file access, so
// that rules_test.cpp can feed them bad samples; tree_test.cpp feeds them the project.
#pragma once

#include <vector>

#include "dependency_table.h"
#include "source_file.h"

namespace pgfill::structure {

/// Files have fewer lines than this, functions fewer than that (signature and closing brace counted).
inline constexpr int file_lines_limit = 300;
inline constexpr int function_lines_limit = 40;
/// A public header has at most this many lines.
inline constexpr int public_header_lines = 150;
/// A sentence of the documents for users has at most this many words.
inline constexpr int sentence_words = 25;

/// Every #include of an engine file or public header against the table; a third-party header only where it is listed,
/// and the fixed statements of another folder only where the row names their header.
Violations check_includes(const SourceFile& file, const DependencyTable& table);
/// Entries of the table that no file of their folder needs.
Violations check_table_is_used(const std::vector<SourceFile>& files, const DependencyTable& table);
/// The links of each `pgfill_folder(…)` in engine/CMakeLists.txt against the table, both ways.
Violations check_links(std::string_view cmake, const DependencyTable& table);
/// Headers with this prefix are included by one file only, and that is a .cpp.
Violations check_single_user(const std::vector<SourceFile>& files, std::string_view prefix);

Violations check_file_length(const SourceFile& file);
/// Finds function bodies by their braces; lambdas count as part of the function around them.
Violations check_function_lengths(const SourceFile& file);

/// g++ 12.2 destroys some co_await temporaries twice: no capturing lambda, no braces and no structured binding in a
/// co_await expression or in co_spawn, and no lambda that is itself a coroutine.
Violations check_coroutines(const SourceFile& file);

/// No SQL statement as a string literal: statements are .sql files beside their folder, or are built in engine/sql.
Violations check_no_sql_text(const SourceFile& file);

/// Statements that touch a table of the ledger are in engine/ledger. `text`: of a source or a .sql file.
Violations check_ledger_owns_its_tables(std::string_view path, std::string_view text);

/// What only one kind of job is or does is said by its kind: no other folder asks which kind a job is of, and what runs
/// and reports jobs names no statement of one.
Violations check_kinds_are_asked(const SourceFile& file);

/// Prose of a document for users: at most 25 words a sentence. Tables, headings and blocks of code are left out.
Violations check_sentences(std::string_view path, std::string_view markdown);

/// What servers can do is asked of engine/postgres/server_version.h; nothing else compares their versions.
Violations check_no_version_comparison(const SourceFile& file);

/// What an SQLSTATE or a message of the server means is asked of engine/postgres; nobody else compares or searches
/// them.
Violations check_no_reading_of_failures(const SourceFile& file);

/// A header whose first comment says "Pure", and the source file beside it, reach no Asio through any include and ask
/// no clock.
Violations check_purity(const std::vector<SourceFile>& sources);

/// #pragma once, and a first line that says what the file is.
Violations check_header_opening(const SourceFile& file);

}  // namespace pgfill::structure
