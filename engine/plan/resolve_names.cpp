#include "plan/resolve_names.h"

#include <cstdlib>
#include <map>
#include <utility>

#include "plan/statements.h"

namespace pgfill::plan {
namespace {

using async::Task;
using parse::DottedName;
using parse::DottedNames;
using postgres::Command;
using postgres::Parameters;
using postgres::Rows;

/// What comes with PostgreSQL has lower OIDs.
constexpr Oid first_own_oid = 16'384;

Command under(const std::string& search_path) {
  return {sql::plan_search_path, Parameters{search_path}};
}

Command functions_named(const parse::NamesInSql& names) {
  std::vector<std::string> kinds;
  std::vector<std::string> schemas;
  std::vector<std::string> list;
  const std::pair<const char*, const DottedNames*> parts[] = {{"function", &names.functions},
                                                              {"operator", &names.operators},
                                                              {"type", &names.types},
                                                              {"attribute", &names.attributes}};
  for (const auto& [kind, part] : parts) {
    for (const DottedName& name : *part) {
      kinds.emplace_back(kind);
      schemas.push_back(name.schema);
      list.push_back(name.name);
    }
  }
  return {sql::plan_named_functions,
          Parameters{postgres::array_literal(kinds), postgres::array_literal(schemas), postgres::array_literal(list)}};
}

bool is_own(const DottedName& name, const parse::NamesInSql& names) {
  return name.schema.empty() && names.own_tables.contains(name);
}

/// Every relation that the names speak of, each once.
std::vector<DottedName> relations_in(const parse::NamesInSql& names) {
  DottedNames all;
  for (const DottedNames* part : {&names.reads, &names.inserts, &names.updates, &names.deletes}) {
    for (const DottedName& name : *part) {
      if (!is_own(name, names)) all.insert(name);
    }
  }
  return {all.begin(), all.end()};
}

Command relations_named(const std::vector<DottedName>& names) {
  std::vector<std::string> schemas;
  std::vector<std::string> list;
  for (const DottedName& name : names) {
    schemas.push_back(name.schema);
    list.push_back(name.name);
  }
  return {sql::plan_named_relations, Parameters{postgres::array_literal(schemas), postgres::array_literal(list)}};
}

Oids oids_of(const DottedNames& names, const std::map<DottedName, Oid>& found) {
  Oids oids;
  for (const DottedName& name : names) {
    const auto relation = found.find(name);
    if (relation != found.end() && relation->second >= first_own_oid) oids.push_back(relation->second);
  }
  return oids;
}

Code code_of(const NamedCode& piece, const Rows& functions, const Rows& relations) {
  Code code;
  code.not_known = piece.names.not_known;
  for (int row = 0; row < functions.size(); ++row)
    code.calls.push_back({static_cast<Oid>(functions.integer(row, 0)), piece.search_path});
  const std::vector<DottedName> asked = relations_in(piece.names);
  std::map<DottedName, Oid> found;
  for (int row = 0; row < relations.size(); ++row) {
    const auto place = static_cast<std::size_t>(relations.integer(row, 0)) - 1;
    found[asked[place]] = static_cast<Oid>(relations.integer(row, 1));
  }
  for (const DottedName& name : asked) {
    if (!found.contains(name)) code.not_known.push_back("its table " + name.name + " is not found");
  }
  code.reads = oids_of(piece.names.reads, found);
  code.inserts = oids_of(piece.names.inserts, found);
  code.updates = oids_of(piece.names.updates, found);
  code.deletes = oids_of(piece.names.deletes, found);
  return code;
}

}  // namespace

Task<std::vector<Code>> resolve_names(postgres::Session& session, std::vector<NamedCode> pieces,
                                      std::string search_path) {
  std::vector<Code> codes;
  if (pieces.empty()) co_return codes;
  std::vector<Command> commands;
  for (const NamedCode& piece : pieces) {
    commands.push_back(under(piece.search_path));
    commands.push_back(functions_named(piece.names));
    commands.push_back(relations_named(relations_in(piece.names)));
  }
  commands.push_back(under(search_path));
  const std::vector<Rows> answers = co_await session.exchange(std::move(commands));
  for (std::size_t i = 0; i < pieces.size(); ++i)
    codes.push_back(code_of(pieces[i], answers[3 * i + 1], answers[3 * i + 2]));
  co_return codes;
}

}  // namespace pgfill::plan
