// Turns a YAML tree into a JobSpec: walks the field table and has each row read its value. Holds the fields against
// each other afterwards; asks no database.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "parse/source_text.h"
#include "parse/sql_problem.h"
#include "pgfill/spec.h"
#include "spec/field_decoder.h"
#include "spec/field_table.h"
#include "spec/yaml_tree.h"

namespace pgfill::spec {

/// Decodes one spec; used once. The first error wins and nothing is decoded after it. References must outlive it.
class SpecDecoder : public FieldDecoder {
 public:
  SpecDecoder(const parse::SourceText& source, const YamlNode& root) : FieldDecoder(source), root_(root) {}

  Result<JobSpec> decode();

  // For the rows, while they are read.

  void bad(const Found& found, std::string remark = {}) {
    bad_value(found.field, found.value, found.key, std::move(remark));
  }
  /// Of a value that must be a map and must not be empty.
  bool is_map(const Found& found);
  /// Reads a map by the rows below the field's path; their values stand in `owner`.
  void read_rows(const Found& found, void* owner);
  std::vector<std::string> name_at(const YamlNode& node, std::size_t most_parts);
  std::string expression_at(const YamlNode& node, bool condition);
  std::string joined_at(const YamlNode& node);
  /// What has been read so far.
  const JobSpec& spec() const { return spec_; }

 private:
  /// The field's value; null when it is missing.
  const YamlNode* value_of(std::string_view path) const;
  const YamlNode& key_of(std::string_view path) const;

  void check_required(const YamlNode& map, std::string_view group);
  void read_row(const Field& field, const YamlNode& map, void* owner);

  // Rules between fields.
  void check_batch();
  void check_kind();
  void check_deletion();

  /// The text of an answer of the parser; else empty, with the problem placed.
  std::string sql_at(const YamlNode& node, parse::OrProblem<std::string> checked);
  bool is_too_much(const YamlNode& node);

  const YamlNode& root_;
  JobSpec spec_;
  std::size_t sql_bytes_ = 0;  ///< of the expressions read so far
};

}  // namespace pgfill::spec
