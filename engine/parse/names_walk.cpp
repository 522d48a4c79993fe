#include "parse/names_walk.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "parse/sql_tree.h"

namespace pgfill::parse {
namespace {

using nlohmann::json;

/// Names of WITH queries that are visible at a node.
using WithNames = std::vector<std::string>;

/// Statements that neither read nor write rows of a table by themselves. What they hold is looked at.
constexpr std::array<std::string_view, 16> without_rows{
    "CallStmt",   "ClosePortalStmt", "ConstraintsSetStmt", "DeallocateStmt", "DeclareCursorStmt", "DiscardStmt",
    "DropStmt",   "ExplainStmt",     "FetchStmt",          "IndexStmt",      "ListenStmt",        "LockStmt",
    "NotifyStmt", "ReturnStmt",      "TransactionStmt",    "UnlistenStmt"};

/// Their tables are only named.
constexpr std::array<std::string_view, 5> name_only{"DropStmt", "IndexStmt", "LockStmt", "CommentStmt", "DiscardStmt"};

/// Functions of PostgreSQL that run the SQL they are given, or read what is not named to them.
constexpr std::array<std::string_view, 17> run_sql{"cursor_to_xml",
                                                   "cursor_to_xmlschema",
                                                   "database_to_xml",
                                                   "database_to_xml_and_xmlschema",
                                                   "database_to_xmlschema",
                                                   "dblink",
                                                   "dblink_exec",
                                                   "query_to_xml",
                                                   "query_to_xml_and_xmlschema",
                                                   "query_to_xmlschema",
                                                   "schema_to_xml",
                                                   "schema_to_xml_and_xmlschema",
                                                   "schema_to_xmlschema",
                                                   "table_to_xml",
                                                   "table_to_xml_and_xmlschema",
                                                   "table_to_xmlschema",
                                                   "ts_stat"};

template <class List>
bool lists(const List& list, std::string_view name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

DottedName dotted(const json& list) {
  DottedName name;
  for (const json& item : list) {
    const std::string part = text_of(field_of(item, "String"), "sval");
    if (part.empty()) continue;
    name.schema = std::move(name.name);
    name.name = part;
  }
  return name;
}

void add_name(DottedNames& names, const json& list) {
  DottedName name = dotted(list);
  if (!name.name.empty()) names.insert(std::move(name));
}

class NamesWalk {
 public:
  void walk(const json& node, const WithNames& with);
  NamesInSql names;

 private:
  void visit(const std::string& kind, const json& node, const WithNames& with);
  void visit_statement(const std::string& kind, const json& node, const WithNames& with);
  void visit_change(const std::string& kind, const json& node, const WithNames& with);
  void visit_call(const json& node);
  void visit_column(const json& node);
  void visit_merge(const json& node, const WithNames& with);
  void visit_made_table(const json& table);
  static void write(const json& table, DottedNames& into);
  void read(const json& table, const WithNames& with);
  WithNames walk_with(const json& statement, WithNames with);
  void walk_rest(const json& node, const WithNames& with, std::string_view except);
};

void NamesWalk::walk(const json& node, const WithNames& with) {
  if (!node.is_structured()) return;
  if (node.is_array()) {
    for (const json& item : node) walk(item, with);
    return;
  }
  for (const auto& item : node.items()) {
    const bool branch = item.key() == "larg" || item.key() == "rarg";  // of UNION: a select without its name
    if (branch && item.value().is_object() && item.value().contains("op")) {
      visit("SelectStmt", item.value(), with);
    } else {
      visit(item.key(), item.value(), with);
    }
  }
}

void NamesWalk::walk_rest(const json& node, const WithNames& with, std::string_view except) {
  for (const auto& item : node.items()) {
    if (item.key() == "withClause" || item.key() == except) continue;
    json one;
    one[item.key()] = item.value();
    walk(one, with);
  }
}

/// A WITH query sees the names before it, and its own in WITH RECURSIVE.
WithNames NamesWalk::walk_with(const json& statement, WithNames with) {
  const json& clause = field_of(statement, "withClause");
  const json& recursive = field_of(clause, "recursive");
  const bool all = recursive.is_boolean() && recursive.get<bool>();
  const auto name_of = [](const json& item) { return text_of(field_of(item, "CommonTableExpr"), "ctename"); };
  const json& queries = field_of(clause, "ctes");
  if (all) {
    for (const json& item : queries) with.push_back(name_of(item));
  }
  for (const json& item : queries) {
    walk(field_of(item, "CommonTableExpr"), with);
    if (!all) with.push_back(name_of(item));
  }
  return with;
}

void NamesWalk::visit(const std::string& kind, const json& node, const WithNames& with) {
  if (kind == "RangeVar") return read(node, with);
  const bool node_type = kind.front() >= 'A' && kind.front() <= 'Z';  // else a field that holds one
  if (node_type && kind.ends_with("Stmt")) return visit_statement(kind, node, with);
  if (kind == "FuncCall" || kind == "funccall") visit_call(node);
  if (kind == "ColumnRef") visit_column(node);
  if (kind == "A_Expr") add_name(names.operators, field_of(node, "name"));
  if (kind == "SubLink") add_name(names.operators, field_of(node, "operName"));
  if (kind == "TypeCast") add_name(names.types, field_of(field_of(node, "typeName"), "names"));
  if (kind == "A_Indirection") add_name(names.attributes, field_of(node, "indirection"));
  walk(node, with);
}

void NamesWalk::visit_statement(const std::string& kind, const json& node, const WithNames& with) {
  if (kind == "SelectStmt") {
    const WithNames inner = walk_with(node, with);
    if (node.contains("intoClause")) visit_made_table(field_of(field_of(node, "intoClause"), "rel"));
    return walk_rest(node, inner, "intoClause");
  }
  if (kind == "InsertStmt" || kind == "UpdateStmt" || kind == "DeleteStmt") return visit_change(kind, node, with);
  if (kind == "MergeStmt") return visit_merge(node, with);
  if (kind == "TruncateStmt") {
    for (const json& item : field_of(node, "relations")) write(field_of(item, "RangeVar"), names.deletes);
    return;
  }
  if (kind == "CreateTableAsStmt") {
    visit_made_table(field_of(field_of(node, "into"), "rel"));
    return walk_rest(node, with, "into");
  }
  if (kind == "CreateStmt") return visit_made_table(field_of(node, "relation"));
  if (kind == "VariableSetStmt") {
    if (text_of(node, "name") == "search_path") names.not_known.emplace_back("it changes the search path");
    return;
  }
  if (lists(name_only, kind)) return;
  if (lists(without_rows, kind)) return walk(node, with);
  names.not_known.push_back("a statement in it (" + kind.substr(0, kind.size() - 4) + ") may read or write any table");
}

/// The target of a change is a table also where a WITH query has its name.
void NamesWalk::visit_change(const std::string& kind, const json& node, const WithNames& with) {
  const WithNames inner = walk_with(node, with);
  const json& table = field_of(node, "relation");
  const bool updates = text_of(field_of(node, "onConflictClause"), "action") == "ONCONFLICT_UPDATE";
  if (kind == "InsertStmt") write(table, names.inserts);
  if (kind == "UpdateStmt" || updates) write(table, names.updates);
  if (kind == "DeleteStmt") write(table, names.deletes);
  walk_rest(node, inner, "relation");
}

void NamesWalk::visit_call(const json& node) {
  const DottedName name = dotted(field_of(node, "funcname"));
  if (name.name.empty()) return;
  if (name.schema != "pg_catalog") names.functions.insert(name);
  if (name.schema.empty() || name.schema == "pg_catalog") {
    if (lists(run_sql, name.name)) names.not_known.push_back(name.name + "() runs a statement it is given as text");
    const json& arguments = field_of(node, "args");
    const json first = arguments.is_array() && !arguments.empty() ? arguments[0] : json();
    const bool path = text_of(field_of(field_of(first, "A_Const"), "sval"), "sval") == "search_path";
    if (name.name == "set_config" && (path || !first.contains("A_Const")))
      names.not_known.emplace_back("it changes the search path");
  }
}

void NamesWalk::visit_column(const json& node) {
  const json& fields = field_of(node, "fields");
  if (!fields.is_array() || fields.size() < 2) return;
  const DottedName name = dotted(fields);
  if (!name.name.empty() && fields.back().contains("String")) names.attributes.insert({"", name.name});
}

void NamesWalk::visit_merge(const json& node, const WithNames& with) {
  const WithNames inner = walk_with(node, with);
  const json& table = field_of(node, "relation");
  write(table, names.reads);
  for (const json& item : field_of(node, "mergeWhenClauses")) {
    const std::string command = text_of(field_of(item, "MergeWhenClause"), "commandType");
    if (command == "CMD_INSERT") write(table, names.inserts);
    if (command == "CMD_UPDATE") write(table, names.updates);
    if (command == "CMD_DELETE") write(table, names.deletes);
  }
  walk_rest(node, inner, "relation");
}

void NamesWalk::visit_made_table(const json& table) {
  const DottedName name{text_of(table, "schemaname"), text_of(table, "relname")};
  if (text_of(table, "relpersistence") == "t" || name.schema == "pg_temp") {
    names.own_tables.insert({"", name.name});
  } else {
    names.inserts.insert(name);
  }
}

void NamesWalk::write(const json& table, DottedNames& into) {
  const DottedName name{text_of(table, "schemaname"), text_of(table, "relname")};
  if (!name.name.empty() && name.schema != "pg_temp") into.insert(name);
}

void NamesWalk::read(const json& table, const WithNames& with) {
  const bool of_with = text_of(table, "schemaname").empty() && lists(with, text_of(table, "relname"));
  if (!of_with) write(table, names.reads);
}

}  // namespace

NamesInSql names_in_tree(const json& tree) {
  NamesWalk walk;
  walk.walk(tree, {});
  return std::move(walk.names);
}

}  // namespace pgfill::parse
