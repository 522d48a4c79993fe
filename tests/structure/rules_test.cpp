// Each rule rejects what it is there to reject, and leaves good code alone.
#include <gtest/gtest.h>

#include <string>

#include "rules.h"

namespace pgfill::structure {
namespace {

const DependencyTable sample_table = parse_dependency_table(
    "text before\n\n"
    "| folder | may include | third-party headers | holds |\n"
    "|---|---|---|---|\n"
    "| `work` | ledger, `postgres` | nothing | batches |\n"
    "| `schedule` | `throttle/gate.h` | boost/asio/ | order |\n"
    "| `ledger` | nothing | nothing | truth |\n"
    "| `throttle` | nothing | nothing | pressure |\n"
    "| `postgres` | nothing | libpq-fe.h | sessions |\n"
    "\n| folder | may include |\n| `work` | throttle |\n");

Violations includes_in(const std::string& path, const std::string& line) {
  return check_includes(SourceFile(path, line + "\n"), sample_table);
}

Violations coroutine_rule(const std::string& statement) {
  return check_coroutines(SourceFile("engine/work/a.cpp", "Task<void> f(int a) {\n  " + statement + "\n}\n"));
}

std::string function_of(int lines) {
  std::string text = "int answer(\n    int question) {\n";
  for (int line = 3; line < lines; ++line) text += "  ++question;\n";
  return text + "}\n";
}

TEST(DependencyTable, is_read_from_the_first_matching_table_only) {
  ASSERT_EQ(sample_table.size(), 5u);
  EXPECT_EQ(sample_table.at("work").may_include, (std::set<std::string>{"ledger", "postgres"}));
  EXPECT_EQ(sample_table.at("postgres").libraries, (std::set<std::string>{"libpq-fe.h"}));
  EXPECT_TRUE(sample_table.at("ledger").may_include.empty());
}

TEST(Includes, follow_the_table) {
  EXPECT_EQ(includes_in("engine/work/a.cpp", "#include \"ledger/lease.h\"").size(), 0u);
  EXPECT_EQ(includes_in("engine/work/a.cpp", "#include \"throttle/gate.h\"").size(), 1u);
  EXPECT_EQ(includes_in("engine/ledger/a.h", "#include \"work/batch.h\"").size(), 1u);
  EXPECT_EQ(includes_in("engine/new_folder/a.h", "#include <string>").size(), 1u);
}

TEST(Includes, of_the_statements_of_another_folder_need_a_row_that_names_them) {
  EXPECT_EQ(includes_in("engine/work/a.cpp", "#include \"ledger/statements.h\"").size(), 1u);
  EXPECT_EQ(includes_in("engine/ledger/a.cpp", "#include \"ledger/statements.h\"").size(), 0u);
  const DependencyTable named =
      parse_dependency_table("| folder |\n| work | ledger/statements.h | nothing |\n| ledger | nothing | nothing |\n");
  EXPECT_EQ(check_includes(SourceFile("engine/work/a.cpp", "#include \"ledger/statements.h\"\n"), named).size(), 0u);
}

TEST(DependencyTable, may_not_allow_what_nobody_needs) {
  const std::vector<SourceFile> files{
      SourceFile("engine/work/a.cpp", "#include \"ledger/lease.h\"\n"),
      SourceFile("engine/schedule/a.cpp", "#include \"throttle/gate.h\"\n#include <boost/asio/post.hpp>\n"),
      SourceFile("engine/postgres/a.cpp", "#include <vector>\n")};
  const Violations unused = check_table_is_used(files, sample_table);
  ASSERT_EQ(unused.size(), 2u);
  EXPECT_EQ(unused[0].complaint, "postgres does not include libpq-fe.h, which its row allows");
  EXPECT_EQ(unused[1].complaint, "work does not include postgres, which its row allows");
}

TEST(Links, agree_with_the_table) {
  const std::string right =
      "pgfill_folder(work pgfill_ledger pgfill_postgres pgfill_async)\n"
      "pgfill_folder(schedule pgfill_throttle Boost::headers)\npgfill_folder(ledger)\n";
  EXPECT_EQ(check_links(right, sample_table).size(), 0u);
  EXPECT_EQ(check_links("pgfill_folder(work pgfill_ledger)", sample_table).size(), 1u);
  EXPECT_EQ(check_links("pgfill_folder(ledger pgfill_work)", sample_table).size(), 1u);
}

TEST(Includes, can_be_narrowed_to_one_header) {
  EXPECT_EQ(includes_in("engine/schedule/a.cpp", "#include \"throttle/gate.h\"").size(), 0u);
  EXPECT_EQ(includes_in("engine/schedule/a.cpp", "#include \"throttle/sampler.h\"").size(), 1u);
}

TEST(Includes, of_libraries_stop_at_the_border) {
  EXPECT_EQ(includes_in("engine/postgres/a.cpp", "#include <libpq-fe.h>").size(), 0u);
  EXPECT_EQ(includes_in("engine/work/a.cpp", "#include <libpq-fe.h>").size(), 1u);
  EXPECT_EQ(includes_in("engine/work/a.cpp", "#include \"libpq-fe.h\"").size(), 1u);
  EXPECT_EQ(includes_in("engine/work/a.cpp", "#include <boost/asio/post.hpp>").size(), 1u);
  EXPECT_EQ(includes_in("engine/work/a.cpp", "#include <vector>\n#include <sys/wait.h>").size(), 0u);
}

TEST(Includes, of_public_headers_are_standard_or_public) {
  EXPECT_EQ(includes_in("include/pgfill/a.h", "#include \"pgfill/b.h\"\n#include <chrono>").size(), 0u);
  EXPECT_EQ(includes_in("include/pgfill/a.h", "#include \"work/batch.h\"").size(), 1u);
  EXPECT_EQ(includes_in("include/pgfill/a.h", "#include <boost/asio.hpp>").size(), 1u);
}

TEST(Includes, of_a_fenced_library_come_from_one_source_file) {
  const SourceFile first("engine/cli/a.cpp", "#include <CLI/CLI.hpp>\n");
  const SourceFile second("engine/cli/b.cpp", "#include <CLI/CLI.hpp>\n");
  const SourceFile header("engine/cli/c.h", "#include <CLI/CLI.hpp>\n");
  EXPECT_EQ(check_single_user({first}, "CLI/").size(), 0u);
  EXPECT_EQ(check_single_user({first, second}, "CLI/").size(), 1u);
  EXPECT_EQ(check_single_user({header}, "CLI/").size(), 1u);
}

TEST(Lengths, of_files_are_limited) {
  EXPECT_EQ(check_file_length(SourceFile("engine/a.cpp", std::string(299, '\n'))).size(), 0u);
  EXPECT_EQ(check_file_length(SourceFile("engine/a.cpp", std::string(300, '\n'))).size(), 1u);
  EXPECT_EQ(check_file_length(SourceFile("include/pgfill/a.h", std::string(150, '\n'))).size(), 0u);
  EXPECT_EQ(check_file_length(SourceFile("include/pgfill/a.h", std::string(151, '\n'))).size(), 1u);
}

TEST(Lengths, of_functions_are_limited) {
  EXPECT_EQ(check_function_lengths(SourceFile("a.cpp", function_of(39))).size(), 0u);
  EXPECT_EQ(check_function_lengths(SourceFile("a.cpp", function_of(40))).size(), 1u);
}

TEST(Lengths, of_functions_are_found_inside_namespaces_and_classes) {
  const std::string member =
      "namespace a {\nclass B : public C {\n public:\n  int x{1};\n" + function_of(40) + "};\n}\n";
  const Violations violations = check_function_lengths(SourceFile("a.cpp", member));
  ASSERT_EQ(violations.size(), 1u);
  EXPECT_EQ(violations[0].line, 5);
}

TEST(Lengths, of_constructors_are_found_behind_their_initialisers) {
  const std::string constructor = "A::A(int b)\n    : b_{b},\n      c_(b) {\n" + std::string(40, '\n') + "}\n";
  EXPECT_EQ(check_function_lengths(SourceFile("a.cpp", constructor)).size(), 1u);
}

TEST(Lengths, do_not_count_tables_or_braces_in_literals) {
  EXPECT_EQ(check_function_lengths(SourceFile("a.cpp", "const int t[] = {\n" + std::string(60, '\n') + "};\n")).size(),
            0u);
  const std::string tricky = "char f() { return '{'; }\nauto g() { return R\"x({\")x\"; }  // {\n";
  EXPECT_EQ(check_function_lengths(SourceFile("a.cpp", tricky + function_of(40))).size(), 1u);
}

TEST(Coroutines, may_not_await_with_a_capturing_lambda) {
  EXPECT_EQ(coroutine_rule("co_await run([a] { return a; });").size(), 1u);
  EXPECT_EQ(coroutine_rule("co_await run(1, [&](int b) {\n    return a + b;\n  });").size(), 1u);
  EXPECT_EQ(coroutine_rule("boost::asio::co_spawn(executor, f(a), [=](int) {});").size(), 1u);
}

TEST(Coroutines, may_not_await_with_braces) {
  EXPECT_EQ(coroutine_rule("co_await send(Command{a, 2});").size(), 1u);
  EXPECT_EQ(coroutine_rule("auto rows = co_await session.query(statement, {a, b});").size(), 1u);
  EXPECT_EQ(coroutine_rule("if ((co_await send({a})).empty()) co_return;").size(), 1u);
  EXPECT_EQ(coroutine_rule("const Row row{co_await read(a), 1};").size(), 1u);
  EXPECT_EQ(coroutine_rule("co_return Row{1, co_await read(a)};").size(), 1u);
  EXPECT_EQ(coroutine_rule("if (a || !co_await ready(a)) co_return;").size(), 1u);
  EXPECT_EQ(coroutine_rule("if (co_await ready(a) || b) co_return;").size(), 0u);
}

TEST(Coroutines, may_not_bind_structure_on_an_await) {
  EXPECT_EQ(coroutine_rule("auto [x, y] = co_await pair();").size(), 1u);
  EXPECT_EQ(coroutine_rule("const auto& [x, y] =\n      co_await pair();").size(), 1u);
}

TEST(Coroutines, are_named_functions) {
  EXPECT_EQ(coroutine_rule("auto task = [](int b) -> Task<int> { co_return b; };").size(), 1u);
  EXPECT_EQ(coroutine_rule("return start([a]() -> Task<void> { co_await f(a); });").size(), 1u);
}

TEST(Coroutines, may_do_the_rest) {
  EXPECT_EQ(coroutine_rule("Parameters parameters{a};\n  co_await query(s, std::move(parameters));").size(), 0u);
  EXPECT_EQ(coroutine_rule("if (co_await ready(a)) {\n    a = values[0];\n  }").size(), 0u);
  EXPECT_EQ(coroutine_rule("if (a) {\n    co_await f(a);\n  } else {\n    co_await g(a);\n  }").size(), 0u);
  EXPECT_EQ(coroutine_rule("for (;;) {\n    const Row row = co_await read(a);\n  }").size(), 0u);
  EXPECT_EQ(coroutine_rule("co_await run([](int b) { return b; });").size(), 0u);
  EXPECT_EQ(coroutine_rule("const auto pair = co_await read();\n  const auto& [x, y] = pair;").size(), 0u);
  EXPECT_EQ(coroutine_rule("co_await f(values[a]);  // like f({a})").size(), 0u);
  EXPECT_EQ(coroutine_rule("using boost::asio::co_spawn;\n  Pair pair{a, a};").size(), 0u);
}

TEST(SqlText, is_not_allowed_in_literals) {
  const auto rule = [](const std::string& path, const std::string& literal) {
    return check_no_sql_text(SourceFile(path, "const char* s = " + literal + ";\n")).size();
  };
  EXPECT_EQ(rule("engine/work/a.cpp", "\"SELECT 1\""), 1u);
  EXPECT_EQ(rule("engine/work/a.cpp", "R\"(\n  UPDATE users SET a = 1)\""), 1u);
  EXPECT_EQ(rule("engine/sql/a.cpp", "\"SELECT 1\""), 0u);
  EXPECT_EQ(rule("engine/plan/a.cpp", "\"an UPDATE with a SELECT in it\""), 0u);
  EXPECT_EQ(rule("engine/plan/a.cpp", "\"x\";  // SELECT 1"), 0u);
}

TEST(LedgerTables, are_touched_by_the_ledger_alone) {
  EXPECT_EQ(check_ledger_owns_its_tables("engine/run/a.sql", "SELECT 1\nFROM pgfill.job").size(), 1u);
  EXPECT_EQ(check_ledger_owns_its_tables("engine/sql/a.cpp", "\"INSERT INTO pgfill.change\"").size(), 1u);
  EXPECT_EQ(check_ledger_owns_its_tables("engine/ledger/a.sql", "UPDATE pgfill.job SET a = 1").size(), 0u);
  EXPECT_EQ(check_ledger_owns_its_tables("engine/run/a.cpp", "\"listed in pgfill.skipped\"").size(), 0u);
}

TEST(Kinds, are_asked_what_only_they_know) {
  const auto rule = [](const std::string& path, const std::string& code) {
    return check_kinds_are_asked(SourceFile(path, code + "\n")).size();
  };
  EXPECT_EQ(rule("engine/plan/a.cpp", "if (spec.deletes() != nullptr) return;"), 1u);
  EXPECT_EQ(rule("engine/run/a.cpp", "const auto* one = std::get_if<Delete>(&spec.kind);"), 1u);
  EXPECT_EQ(rule("engine/kinds/a.cpp", "const auto* one = std::get_if<Delete>(&spec.kind);"), 0u);
  EXPECT_EQ(rule("engine/report/a.cpp", "const char* s = \"the UPDATE failed\";"), 1u);
  EXPECT_EQ(rule("engine/plan/a.cpp", "const char* s = \"lacks UPDATE on users\";"), 0u);
  EXPECT_EQ(rule("engine/run/a.cpp", "int a;  // an UPDATE"), 0u);
}

TEST(Sentences, are_short_outside_tables_and_code) {
  std::string most;
  for (int i = 0; i < sentence_words; ++i) most += "word ";
  EXPECT_EQ(check_sentences("a.md", most + "\n\n" + most).size(), 0u);
  EXPECT_EQ(check_sentences("a.md", most + "more.\n").size(), 1u);
  EXPECT_EQ(check_sentences("a.md", most + "\nmore\n").size(), 1u) << "lines of a paragraph belong together";
  EXPECT_EQ(check_sentences("a.md", "One. " + most + "\n- " + most).size(), 0u);
  EXPECT_EQ(check_sentences("a.md", "| " + most + "more |\n```sh\n" + most + "more\n```\n# " + most + "\n").size(), 0u);
}

TEST(ServerVersions, are_compared_in_one_place) {
  const auto rule = [](const std::string& path, const std::string& condition) {
    return check_no_version_comparison(SourceFile(path, "bool b = " + condition + ";\n")).size();
  };
  EXPECT_EQ(rule("engine/plan/a.cpp", "session.server_version() >= newer"), 1u);
  EXPECT_EQ(rule("engine/plan/a.cpp", "newer <= facts.table.server_version"), 1u);
  EXPECT_EQ(rule("engine/plan/a.cpp", "version < 150000"), 1u);
  EXPECT_EQ(rule("engine/plan/a.cpp", "facts.table.server_version / 10000 == 15"), 1u);
  EXPECT_EQ(rule("engine/plan/a.cpp", "postgres::has(session.server_version(), Feature::a)"), 0u);
  EXPECT_EQ(rule("engine/postgres/server_version.cpp", "server_version < 150000"), 0u);
}

TEST(Failures, are_read_in_one_place) {
  const auto rule = [](const std::string& path, const std::string& condition) {
    return check_no_reading_of_failures(SourceFile(path, "bool b = " + condition + ";\n")).size();
  };
  EXPECT_EQ(rule("engine/run/a.cpp", "failure.sqlstate() == other"), 1u);
  EXPECT_EQ(rule("engine/run/a.cpp", "error.sqlstate.starts_with(begin)"), 1u);
  EXPECT_EQ(rule("engine/run/a.cpp", "error.message.find(\"pgfill.\") != npos"), 1u);
  EXPECT_EQ(rule("engine/run/a.cpp", "is_one(\"42P10\")"), 1u);
  EXPECT_EQ(rule("engine/run/a.cpp", "is_one(\"PF003\") || is_one(\"23505\") || is_one(\"0A000\")"), 3u);
  EXPECT_EQ(rule("engine/run/a.cpp", "failure.condition() == postgres::Condition::disk_full"), 0u);
  EXPECT_EQ(rule("engine/demo/a.cpp", "has(\"256MB\") || has(\"15min\") || has(\"STATE\")"), 0u);
  EXPECT_EQ(rule("engine/postgres/sqlstate.cpp", "sqlstate == \"53300\""), 0u);
}

TEST(Purity, reaches_no_asio_and_asks_no_clock) {
  const SourceFile task("engine/async/task.h", "// Tasks.\n#include <boost/asio/awaitable.hpp>\n");
  const SourceFile lease("engine/ledger/range.h", "// Ranges.\n#include \"async/task.h\"\n");
  const SourceFile pure("engine/work/slice.h", "// Slices.\n// Pure.\n#include \"ledger/range.h\"\n");
  const SourceFile other("engine/work/worker.h", "// Does it.\n#include \"ledger/range.h\"\n");
  const SourceFile clock("engine/work/slice.cpp", "#include \"work/slice.h\"\nauto now = async::Clock::now();\n");
  EXPECT_EQ(check_purity({task, lease, pure}).size(), 1u);
  EXPECT_EQ(check_purity({task, lease, other}).size(), 0u);
  EXPECT_EQ(check_purity({task, pure, clock}).size(), 1u);
}

TEST(HeaderOpening, is_a_comment_and_a_guard) {
  EXPECT_EQ(check_header_opening(SourceFile("a.h", "// What it is.\n#pragma once\n")).size(), 0u);
  EXPECT_EQ(check_header_opening(SourceFile("a.h", "#include <string>\n")).size(), 2u);
}

}  // namespace
}  // namespace pgfill::structure
