// The project obeys its own rules.
#include <gtest/gtest.h>

#include <filesystem>
#include <regex>
#include <set>
#include <sstream>

#include "rules.h"
#include "tree.h"

namespace pgfill::structure {
namespace {

const std::vector<SourceFile>& all_sources() {
  static const std::vector<SourceFile> files = load_sources({"include", "engine", "tests", "bench"});
  return files;
}

std::vector<SourceFile> sources_in(const std::vector<std::string>& folders) {
  std::vector<SourceFile> chosen;
  for (const SourceFile& file : all_sources()) {
    for (const std::string& folder : folders) {
      if (file.in(folder)) chosen.push_back(file);
    }
  }
  return chosen;
}

const DependencyTable& table() {
  static const DependencyTable rows = parse_dependency_table(read_project_file("engine/README.md"));
  return rows;
}

std::string describe(const Violations& violations) {
  std::ostringstream text;
  for (const Violation& violation : violations) {
    text << "\n  " << violation.path << ":" << violation.line << ": " << violation.complaint;
  }
  return text.str();
}

template <class Rule>
std::string complaints(const std::vector<SourceFile>& files, Rule rule) {
  Violations all;
  for (const SourceFile& file : files) {
    for (Violation& violation : rule(file)) all.push_back(std::move(violation));
  }
  return describe(all);
}

TEST(Structure, every_include_is_allowed_by_the_table_of_engine_readme) {
  EXPECT_EQ(complaints(sources_in({"include", "engine", "tests/example"}),
                       [](const SourceFile& file) { return check_includes(file, table()); }),
            "");
}

TEST(Structure, the_table_has_a_row_for_each_folder_and_no_other) {
  std::set<std::string> folders{"main"};
  for (const SourceFile& file : sources_in({"engine"})) {
    const std::string below = file.path.substr(7);
    if (below != "main.cpp") folders.insert(below.substr(0, below.find('/')));
  }
  std::set<std::string> rows;
  for (const auto& [folder, rule] : table()) rows.insert(folder);
  EXPECT_EQ(folders, rows);
}

TEST(Structure, the_table_allows_nothing_that_nobody_needs) {
  EXPECT_EQ(describe(check_table_is_used(sources_in({"engine"}), table())), "");
}

TEST(Structure, each_folder_links_what_it_may_include) {
  EXPECT_EQ(describe(check_links(read_project_file("engine/CMakeLists.txt"), table())), "");
}

TEST(Structure, the_command_line_library_is_included_by_one_source_file) {
  EXPECT_EQ(describe(check_single_user(all_sources(), "CLI/")), "");
}

TEST(Structure, files_are_short) {
  EXPECT_EQ(complaints(all_sources(), check_file_length), "");
}

TEST(Structure, functions_are_short) {
  EXPECT_EQ(complaints(all_sources(), check_function_lengths), "");
}

TEST(Structure, coroutines_avoid_what_the_compiler_gets_wrong) {
  EXPECT_EQ(complaints(all_sources(), check_coroutines), "");
}

TEST(Structure, headers_say_first_what_they_are) {
  EXPECT_EQ(complaints(all_sources(), check_header_opening), "");
}

/// Plan and run have parts that share a header with what asks the database.
TEST(Structure, what_decides_about_the_work_is_as_pure_as_it_says) {
  std::vector<SourceFile> sources = sources_in({"include", "engine"});
  std::erase_if(sources, [](const SourceFile& file) { return file.in("engine/plan") || file.in("engine/run"); });
  EXPECT_EQ(describe(check_purity(sources)), "");
}

TEST(Structure, sql_statements_live_in_files) {
  EXPECT_EQ(complaints(sources_in({"engine"}), check_no_sql_text), "");
  EXPECT_EQ(complaints(sources_in({"engine"}), check_kinds_are_asked), "");
}

TEST(Structure, the_ledger_owns_its_tables) {
  for (const std::string& path : list_files("engine", {".sql", ".cpp", ".h", ".inc"}))
    EXPECT_EQ(describe(check_ledger_owns_its_tables(path, read_project_file(path))), "");
}

TEST(Structure, what_servers_can_do_is_asked_in_one_place) {
  EXPECT_EQ(complaints(sources_in({"engine"}), check_no_version_comparison), "");
  for (const std::string& path : list_files("engine", {".sql"}))
    EXPECT_EQ(read_project_file(path).find("server_version"), std::string::npos) << path;
}

TEST(Structure, failures_are_read_in_one_place) {
  EXPECT_EQ(complaints(sources_in({"include", "engine"}), check_no_reading_of_failures), "");
}

TEST(Structure, the_ledger_keeps_the_states_that_the_table_of_states_says) {
  const std::string header = read_project_file("include/pgfill/job_state.h");
  const std::regex kept(R"(STATE\((\w+), kept\))");
  std::string states;
  for (std::sregex_iterator each(header.begin(), header.end(), kept), end; each != end; ++each)
    states += (states.empty() ? "'" : ", '") + (*each)[1].str() + "'";
  EXPECT_NE(read_project_file("engine/ledger/tables.sql").find("CHECK (state IN (" + states + "))"), std::string::npos)
      << states;
}

TEST(Structure, every_sql_file_explains_itself_and_is_used) {
  std::set<std::string> used;
  const std::regex use(R"(\bsql::(\w+))");
  for (const SourceFile& file : sources_in({"engine"})) {
    for (auto match = std::sregex_iterator(file.code.begin(), file.code.end(), use); match != std::sregex_iterator();
         ++match) {
      used.insert((*match)[1]);
    }
  }
  for (const std::string& path : list_files("engine", {".sql"})) {
    const std::string text = read_project_file(path);
    const bool one_line = text.find('\n') >= text.size() - 1;
    EXPECT_TRUE(one_line || text.starts_with("-- ")) << path << " has no comment at its top";
    const std::string folder = path.substr(7, path.find('/', 7) - 7);
    EXPECT_TRUE(used.contains(folder + "_" + std::filesystem::path(path).stem().string()))
        << path << " is used by nobody";
  }
}

TEST(Structure, documents_have_short_sentences) {
  for (const std::string path : {"README.md", "jobs/behaviour.md", "engine/README.md"}) {
    EXPECT_EQ(describe(check_sentences(path, read_project_file(path))), "");
  }
}

TEST(Structure, the_top_level_holds_nothing_unexpected) {
  const std::set<std::string> expected{"CMakeLists.txt", "CMakePresets.json", "LICENSE", "README.md", "bench",
                                       "engine",         "include",           "jobs",    "tests"};
  const std::set<std::string> ignored{"build", "Testing", "compile_commands.json", "node_modules"};  // as .gitignore
  std::set<std::string> found;
  for (const auto& entry : std::filesystem::directory_iterator(PGFILL_SOURCE_DIR)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with(".") && !ignored.contains(name)) found.insert(name);
  }
  EXPECT_EQ(found, expected);
}

}  // namespace
}  // namespace pgfill::structure
