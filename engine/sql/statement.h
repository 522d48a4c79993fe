// A statement sent to the server, as a value: a name (what it is prepared under, unique in the program or, for built
// statements, in its session) and its text. Fixed statements are the .sql files of this folder; statement_builder.h
// builds those that depend on a table.
#pragma once

#include <string>
#include <string_view>

namespace pgfill::sql {

/// A fixed statement; both views refer to storage of static duration.
struct Statement {
  std::string_view name;
  std::string_view text;
};

/// A statement built for one job; owns its text. Convertible to Statement while it lives.
struct BuiltStatement {
  std::string name;
  std::string text;

  operator Statement() const { return {name, text}; }  // NOLINT(google-explicit-constructor)
};

}  // namespace pgfill::sql
