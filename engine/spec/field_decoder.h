// What the decoders of a spec and of its parts have in common: the first error, with its place and the words of the
// field table. Reads no field itself.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "parse/source_text.h"
#include "spec/field_table.h"
#include "spec/yaml_tree.h"

namespace pgfill::spec {

/// The first error wins. References must outlive it.
class FieldDecoder {
 public:
  bool ok() const { return !error_; }
  void fail(ErrorCode code, const SourcePlace& place, std::string message, std::string hint, std::string remark = {});
  void fail(ErrorCode code, const YamlNode& at, std::string message, std::string hint, std::string remark = {});
  /// The value, whose key is `key`, is not legal.
  void bad_value(const Field& field, const YamlNode& value, const YamlNode& key, std::string remark = {});
  void check_names(const YamlNode& map, std::string_view group);
  /// Keywords of libpq with their values.
  void read_keywords(const YamlNode& map, std::vector<std::pair<std::string, std::string>>& into);

 protected:
  explicit FieldDecoder(const parse::SourceText& source) : source_(source) {}

  const parse::SourceText& source_;
  std::optional<Error> error_;

 private:
  bool check_keyword(const YamlNode& keyword, const YamlNode& value);
};

/// "group.name", or the name alone when the group is empty.
std::string path_of(std::string_view group, std::string_view name);

}  // namespace pgfill::spec
