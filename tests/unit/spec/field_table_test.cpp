// The field table and everything made from it: explain, JSON Schema, jobs/README.md and the examples beside it.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <sstream>

#include "pgfill/spec.h"
#include "spec/field_table.h"
#include "spec/live_settings.h"
#include "spec/yaml_scalar.h"
#include "unit/spec/spec_samples.h"

namespace pgfill::test {
namespace {

const std::filesystem::path jobs = std::filesystem::path(PGFILL_SOURCE_DIR) / "jobs";

std::string content_of(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

std::vector<std::filesystem::path> specs_in_jobs() {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(jobs)) {
    if (entry.path().extension() == ".yaml") paths.push_back(entry.path());
  }
  return paths;
}

/// Where the schema describes a field; the fields of a list's maps stand below its items.
nlohmann::json::json_pointer pointer_to(std::string_view path) {
  std::string pointer;
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find('.', begin), path.size());
    pointer += "/properties/" + std::string(path.substr(begin, end - begin));
    const bool list = spec::find_field(path.substr(0, end))->type == spec::FieldType::maps;
    if (list && end < path.size()) pointer += "/items";
    begin = end + 1;
  }
  return nlohmann::json::json_pointer(pointer);
}

TEST(FieldTable, DescribesEveryFieldOnce) {
  std::set<std::string_view> paths;
  for (const spec::Field& field : spec::all_fields()) {
    EXPECT_TRUE(paths.insert(field.path).second) << field.path;
    EXPECT_FALSE(field.meaning.empty()) << field.path;
    EXPECT_NE(field.example.find(spec::leaf_of(field.path)), std::string_view::npos) << field.path;
    EXPECT_EQ(spec::find_field(field.path), &field);
    if (!field.works) continue;
    EXPECT_FALSE(spec::legal_values(field).empty()) << field.path;
    EXPECT_TRUE(field.required || !field.default_text.empty()) << field.path;
  }
  for (const char* path : {"expand", "verify", "contract", "undo", "notify", "copy", "move", "transform"}) {
    ASSERT_NE(spec::find_field(path), nullptr) << path;
    EXPECT_FALSE(spec::find_field(path)->works) << path;
  }
}

/// A spec of the kind of job that has the field, with the field's example.
std::string spec_of_example(const spec::Field& field) {
  const JobSpec update;
  const bool nested = field.path.find('.') != std::string_view::npos;
  const bool deletes =
      !nested && field.binding.presence != nullptr && field.binding.presence(&update) == spec::Presence::absent;
  std::vector<std::string> lines{"version: 1", "job: j", "table: t", deletes ? "delete: true" : "set: {a: b}"};
  if (deletes && field.path != "all") lines.emplace_back("where: a");
  std::string text;
  for (const std::string& line : lines) {
    if (line.substr(0, line.find(':')) != field.path) text += line + '\n';
  }
  return text + std::string(field.example) + '\n';
}

TEST(FieldTable, EveryExampleOfAWorkingFieldIsAcceptedAndWrittenBack) {
  for (const spec::Field& field : spec::all_fields()) {
    if (!field.works) continue;
    const auto result = parse_spec(spec_of_example(field), "x.yaml");
    ASSERT_TRUE(result) << field.example << '\n' << told(result);
    const auto again = parse_spec(to_yaml(*result), "again.yaml");
    ASSERT_TRUE(again) << to_yaml(*result) << told(again);
    EXPECT_EQ(every_field(*again), every_field(*result)) << field.path;
  }
}

TEST(FieldTable, EveryFieldThatWorksIsBoundToAMemberOrAGroup) {
  for (const spec::Field& field : spec::all_fields()) {
    const bool whole =
        field.binding.read != nullptr && field.binding.write != nullptr && field.binding.presence != nullptr;
    const bool none =
        field.binding.read == nullptr && field.binding.write == nullptr && field.binding.presence == nullptr;
    EXPECT_TRUE(whole || none) << field.path;
    EXPECT_TRUE(field.works || none) << field.path;
    EXPECT_TRUE(whole || !field.works || field.type == spec::FieldType::group) << field.path;
    const bool by_value = field.identity.compared && field.identity.canonical == nullptr;
    EXPECT_TRUE(!by_value || field.binding.canonical != nullptr) << field.path;
  }
}

TEST(FieldTable, LiveFieldsAreThoseThatDoNotDecideWhatTheJobDoes) {
  for (const spec::Field& field : spec::all_fields()) {
    const std::string_view top = field.path.substr(0, field.path.find('.'));
    EXPECT_EQ(spec::is_live(field.path), top == "workers" || top == "batch" || top == "throttle") << field.path;
    EXPECT_FALSE(field.identity.compared && spec::is_live(field.path)) << field.path;
  }
}

TEST(FieldTable, EveryFieldOfALaterVersionIsRefusedByName) {
  for (const spec::Field& field : spec::all_fields()) {
    if (field.works || field.path.find('.') != std::string_view::npos) continue;
    const auto result = parse_with("set: {a: b}\n" + std::string(field.example));
    ASSERT_FALSE(result) << field.example;
    EXPECT_EQ(result.error().code, ErrorCode::spec_not_yet) << told(result);
    EXPECT_EQ(result.error().message, "field \"" + std::string(field.path) + "\" is not supported by this version");
  }
}

TEST(FieldTable, DefaultsAreThoseOfTheSpec) {
  const JobSpec usual;
  EXPECT_EQ(spec::find_field("workers")->default_text, "auto");
  EXPECT_EQ(usual.workers, 0);
  EXPECT_EQ(spec::find_field("batch.time")->default_text, std::to_string(usual.batch.target_time.count()) + "ms");
  EXPECT_EQ(spec::find_field("bad_rows.at_most")->default_text, std::to_string(usual.bad_rows.at_most));
  EXPECT_EQ(spec::find_field("bad_rows.action")->default_text, "stop");
  EXPECT_EQ(usual.bad_rows.action, BadRows::Action::stop);
  EXPECT_TRUE(spec::find_field("batch.min_rows")->default_text.starts_with(std::to_string(usual.batch.min_rows) + ","));
  EXPECT_TRUE(spec::find_field("batch.max_rows")->default_text.starts_with(std::to_string(usual.batch.max_rows) + ","));
}

TEST(ExplainField, TellsMeaningValuesDefaultAndExample) {
  const auto text = spec::explain_field("batch.time");
  ASSERT_TRUE(text);
  for (const char* part : {"batch.time", "1ms to 500ms", "25ms", "batch: {time: 200ms}"}) {
    EXPECT_NE(text->find(part), std::string::npos) << *text;
  }
  EXPECT_NE(spec::explain_field("batch")->find("batch.min_rows"), std::string::npos);
  EXPECT_NE(spec::explain_field("undo")->find("not supported by this version"), std::string::npos);
  std::istringstream lines(*text);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80U) << line;
}

TEST(ExplainField, SuggestsAFieldForAnUnknownOne) {
  const std::pair<const char*, const char*> samples[] = {{"tabel", "\"table\""},
                                                         {"batch.tiem", "\"time\""},
                                                         {"max_rows", "below \"batch\""},
                                                         {"nonsense", "jobs/README.md"},
                                                         {"", "jobs/README.md"}};
  for (const auto& [path, hint] : samples) {
    const auto result = spec::explain_field(path);
    ASSERT_FALSE(result) << path;
    EXPECT_EQ(result.error().code, ErrorCode::spec_unknown_field);
    EXPECT_NE(result.error().hint.find(hint), std::string::npos) << path << result.error().hint;
  }
}

TEST(JsonSchema, HoldsTheWorkingFieldsAndNoOthers) {
  const auto schema = nlohmann::json::parse(spec::json_schema());
  EXPECT_EQ(schema["$schema"], "http://json-schema.org/draft-07/schema#");
  EXPECT_EQ(schema["additionalProperties"], false);
  EXPECT_EQ(schema["required"], nlohmann::json({"version", "job", "table"}));
  EXPECT_EQ(schema["oneOf"].dump(), R"([{"required":["set"]},{"required":["delete"]}])");
  for (const spec::Field& field : spec::all_fields()) {
    EXPECT_EQ(schema.contains(pointer_to(field.path)), field.works) << field.path;
  }
  const auto& batch = schema["properties"]["batch"]["properties"];
  EXPECT_EQ(batch["time"]["pattern"], "^[0-9]+(ms|s|m|h|d)$");
  EXPECT_EQ(batch["max_rows"]["maximum"], 1'000'000);
  EXPECT_EQ(schema["properties"]["bound"]["enum"], nlohmann::json({"open", "at_start"}));
  EXPECT_FALSE(schema["properties"]["connection"]["properties"].contains("password"));
  const auto& bad_rows = schema["properties"]["bad_rows"]["properties"];
  EXPECT_EQ(bad_rows["action"]["enum"], nlohmann::json({"stop", "quarantine"}));
  EXPECT_EQ(bad_rows["at_most"]["minimum"], 0);
  EXPECT_EQ(bad_rows["at_most"]["maximum"], 1'000'000);
  EXPECT_EQ(schema["properties"]["owner"]["maxLength"], 200);
}

TEST(JsonSchema, JudgesTextsAsTheDecoderDoes) {
  const auto schema = nlohmann::json::parse(spec::json_schema());
  for (const char* field : {"owner", "runbook"}) {
    const std::regex pattern(schema["properties"][field]["pattern"].get<std::string>());
    for (const std::string text : {"team-accounts",
                                   " ",
                                   "Team A",
                                   "a\tb",
                                   "a\nb",
                                   "http://h",
                                   "https://h/a b",
                                   "http://",
                                   "https:///etc",
                                   "javascript://h",
                                   "javascript:x/y",
                                   "file:///etc",
                                   "docs/a.md",
                                   "./a",
                                   "/srv/a:b",
                                   "//h/a",
                                   "a//b",
                                   "/",
                                   "./",
                                   "http:/h",
                                   "ö/ä",
                                   "~/x",
                                   "a/b:c",
                                   "HTTP://h/"}) {
      const auto result = parse_with("set: {a: b}\n" + std::string(field) + ": " + spec::yaml_scalar(text));
      EXPECT_EQ(result.has_value(), std::regex_match(text, pattern)) << field << " \"" << text << "\" " << told(result);
    }
  }
}

TEST(JobsReadme, IsWhatTheTableSays) {
  EXPECT_EQ(content_of(jobs / "README.md"), spec::reference_markdown())
      << "write it anew: pgfill explain --markdown > jobs/README.md";
}

TEST(Jobs, EveryExampleIsValidHasItsTableAndIsListed) {
  const std::string readme = content_of(jobs / "README.md");
  const auto paths = specs_in_jobs();
  EXPECT_GE(paths.size(), 4U);
  for (const auto& path : paths) {
    const auto result = load_spec(path);
    ASSERT_TRUE(result) << path << told(result);
    EXPECT_NE(readme.find('`' + path.filename().string() + '`'), std::string::npos) << path;
    auto table = path;
    const std::string sql = content_of(table.replace_extension(".sql"));
    EXPECT_NE(sql.find("\n-- check: SELECT "), std::string::npos) << table;
    EXPECT_NE(sql.find("CREATE TABLE " + result->schema + "." + result->table + " ("), std::string::npos) << table;
  }
}

}  // namespace
}  // namespace pgfill::test
