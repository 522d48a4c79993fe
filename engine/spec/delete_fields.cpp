// The part of SpecDecoder that reads what a job does instead of setting columns, and holds the fields against each
// other.
#include <algorithm>
#include <array>

#include "spec/spec_decoder.h"

namespace pgfill::spec {

bool SpecDecoder::truth_at(std::string_view path) {
  const YamlNode* value = scalar_of(path);
  if (value == nullptr) return false;
  if (value->text == "true" || value->text == "yes") return true;
  bad_value(*find_field(path), *value, "leave the field out");
  return false;
}

void SpecDecoder::read_delete() {
  constexpr std::array guards{"all", "at_most", "accept_cascade"};
  if (!truth_at("delete")) {
    for (const char* guard : guards) {
      if (value_of(guard) == nullptr) continue;
      return fail(ErrorCode::spec_bad_value, key_of(guard), parse::in_quotes(guard) + " is for jobs that delete rows",
                  "leave it out, or write `delete: true` instead of `set`");
    }
    if (value_of("set") == nullptr)
      fail(ErrorCode::spec_missing_field, root_, "field \"set\" is missing",
           "add a line like `" + std::string(find_field("set")->example) + "`, or `delete: true`");
    return;
  }
  if (value_of("set") != nullptr)
    return fail(ErrorCode::spec_bad_value, key_of("delete"), "a row is either set or deleted, and the spec says both",
                "leave out `set`, or `delete`");
  Delete deletes;
  deletes.all = truth_at("all");
  if (const auto most = integer_at("at_most")) deletes.at_most = *most;
  read_accepted(deletes);
  spec_.kind = std::move(deletes);
}

void SpecDecoder::read_accepted(Delete& deletes) {
  const YamlNode* value = value_of("accept_cascade");
  if (value == nullptr) return;
  const Field& field = *find_field("accept_cascade");
  if (value->kind != YamlNode::Kind::sequence || value->items.empty()) {
    const std::string remark = value->kind == YamlNode::Kind::scalar ? "write a list: [" + value->text + "]" : "";
    return bad_value(field, *value, remark);
  }
  for (const YamlNode& item : value->items) {
    if (item.kind != YamlNode::Kind::scalar) return bad_value(field, item, "write the name of a table");
    const std::vector<std::string> name = name_at(item, 2);
    if (name.empty()) return;
    deletes.accept_cascade.push_back({name.size() == 2 ? name.front() : "", name.back()});
  }
}

void SpecDecoder::check_deletion() {
  const Delete* deletes = spec_.deletes();
  if (!ok() || deletes == nullptr) return;
  if (spec_.where.empty() && !deletes->all)
    return fail(ErrorCode::spec_missing_field, key_of("delete"), "a deletion needs a condition",
                "add `where`; if every row is meant, say so: `all: true`");
  if (!spec_.where.empty() && deletes->all)
    fail(ErrorCode::spec_bad_value, key_of("all"), "the spec has a condition, and says that every row is meant",
         "leave out `all`, or `where`");
}

}  // namespace pgfill::spec
