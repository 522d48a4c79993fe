// The rules of SpecDecoder that hold several fields against each other.
#include <algorithm>

#include "spec/spec_decoder.h"

namespace pgfill::spec {

void SpecDecoder::check_batch() {
  if (!ok()) return;
  const YamlNode* least = value_of("batch.min_rows");
  const YamlNode* most = value_of("batch.max_rows");
  BatchLimits& limits = spec_.batch;
  if (least != nullptr && most != nullptr && limits.min_rows > limits.max_rows) {
    return fail(
        ErrorCode::spec_bad_value, *least,
        "min_rows " + std::to_string(limits.min_rows) + " is larger than max_rows " + std::to_string(limits.max_rows),
        "make min_rows the smaller one");
  }
  // Only one of the two was written: the other's default follows it.
  if (least == nullptr) limits.min_rows = std::min(limits.min_rows, limits.max_rows);
  if (most == nullptr) limits.max_rows = std::max(limits.min_rows, limits.max_rows);
}

void SpecDecoder::check_kind() {
  if (!ok()) return;
  const Field* maker = nullptr;
  for (const Field& field : all_fields()) {
    if (field.makes.empty() || value_of(field.path) == nullptr) continue;
    if (maker == nullptr) {
      maker = &field;
      continue;
    }
    const std::string both = "`" + std::string(maker->path) + "` and `" + std::string(field.path) + "`";
    return fail(ErrorCode::spec_bad_value, key_of(field.path),
                "a job is of one kind, and the spec has both " + both + " for its rows", "leave out one of them");
  }
  if (maker != nullptr) return;
  std::string others;
  for (const Field& field : all_fields()) {
    if (!field.makes.empty() && field.makes != Update::name) others += ", or `" + std::string(field.example) + "`";
  }
  fail(ErrorCode::spec_missing_field, root_, "field \"set\" is missing",
       "add a line like `" + std::string(find_field("set")->example) + "`" + others);
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
