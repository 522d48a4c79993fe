// Turns a YAML tree into a JobSpec by the field table. Checks every value on its own and the values against each other;
// asks no database.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parse/source_text.h"
#include "pgfill/spec.h"
#include "spec/field_decoder.h"
#include "spec/field_table.h"
#include "spec/yaml_tree.h"

namespace pgfill::spec {

/// Decodes one spec; used once. The first error wins and nothing is decoded after it. References must outlive it.
class SpecDecoder : private FieldDecoder {
 public:
  SpecDecoder(const parse::SourceText& source, const YamlNode& root) : FieldDecoder(source), root_(root) {}

  Result<JobSpec> decode();

 private:
  void bad_value(const Field& field, const YamlNode& value, std::string remark = {});

  void check_required();
  /// The field's value; null when it is missing or an error came before.
  const YamlNode* value_of(std::string_view path) const;
  const YamlNode& key_of(std::string_view path) const;
  const YamlNode* scalar_of(std::string_view path);
  bool is_map(const Field& field, const YamlNode& value);

  void read_version();
  void read_job();
  void read_table();
  void read_alias();
  void read_only();
  void read_key();
  void read_bound();
  void read_stripes();
  void read_order();
  void read_connection();
  void read_batch();
  void read_workers();
  void read_throttle();
  void read_bad_rows();
  void read_assume();
  void read_owner();
  void read_runbook();
  void read_delete();
  void read_accepted(Delete& deletes);
  void read_set();
  void read_where();
  /// A deletion says which rows it means.
  void check_deletion();

  /// Of a field that can only be true.
  bool truth_at(std::string_view path);
  std::optional<int> integer_at(std::string_view path);
  /// The number of the written word among the field's choices.
  std::optional<std::size_t> choice_at(std::string_view path);
  std::string text_at(std::string_view path);
  std::vector<std::string> name_at(const YamlNode& node, std::size_t most_parts);
  std::string expression_at(const YamlNode& node, bool condition);
  void check_assignment(const YamlNode& key, const std::string& column);

  const YamlNode& root_;
  JobSpec spec_;
  std::size_t sql_bytes_ = 0;  ///< of the expressions read so far
};

}  // namespace pgfill::spec
