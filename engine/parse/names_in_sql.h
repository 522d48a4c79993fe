// What a text of SQL or PL/pgSQL reads, writes and calls, by the names in it. Resolves no name and judges nothing:
// which relation or function a name leads to is the catalogue's to say.
#pragma once

#include <compare>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace pgfill::parse {

/// Unquoted; an empty schema is found by the search path.
struct DottedName {
  std::string schema;
  std::string name;

  auto operator<=>(const DottedName&) const = default;
};

using DottedNames = std::set<DottedName>;

/// Names of WITH queries are none of these.
struct NamesInSql {
  DottedNames functions;
  DottedNames operators;   ///< PostgreSQL's own, too
  DottedNames types;       ///< that something is cast to
  DottedNames attributes;  ///< a.b, which may be the function b of the row a
  DottedNames reads;       ///< relations
  DottedNames inserts;
  DottedNames updates;
  DottedNames deletes;
  DottedNames own_tables;              ///< that it makes itself, for its session
  std::vector<std::string> not_known;  ///< why the names are not all, as ends of "its body cannot be read: …"

  void add(NamesInSql other);
};

/// Of a new value or of a condition over one row.
NamesInSql names_in_expression(std::string_view text);

/// Of statements, as the body of a function in language sql has them.
NamesInSql names_in_statements(std::string_view text);

/// Of a whole CREATE FUNCTION or CREATE PROCEDURE in language sql whose body is no string.
NamesInSql names_in_sql_body(std::string_view definition);

/// Of a whole CREATE FUNCTION or CREATE PROCEDURE in language plpgsql, as pg_get_functiondef() writes it; `body` is the
/// string in it.
NamesInSql names_in_plpgsql(const std::string& definition, const std::string& body);

}  // namespace pgfill::parse
