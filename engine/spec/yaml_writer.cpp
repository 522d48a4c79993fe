// A JobSpec as the commented YAML that `pgfill init` prints and the ledger keeps.
#include <string>

#include "parse/sql_name.h"
#include "pgfill/spec.h"
#include "spec/duration.h"
#include "spec/throttle_writer.h"
#include "spec/yaml_scalar.h"

namespace pgfill {

namespace {

using parse::write_name;
using spec::yaml_scalar;

/// What becomes of the rows.
struct KindLines {
  std::string operator()(const Update& update) const {
    std::string text = "set:  # SQL expressions over the row\n";
    for (const Assignment& one : update.set)
      text += "  " + yaml_scalar(write_name(one.column)) + ": " + spec::yaml_value(one.expression, 4) + '\n';
    return text;
  }
  std::string operator()(const Delete& deletes) const {
    std::string text = "delete: true\n";
    if (deletes.all) text += "all: true\n";
    text += deletes.at_most ? "at_most: " + std::to_string(*deletes.at_most) + '\n'
                            : "# at_most: 100000  # rows; counted before the first batch, and kept to exactly\n";
    if (deletes.accept_cascade.empty())
      return text + "# accept_cascade: [child]  # what foreign keys may delete or empty\n";
    std::string list;
    for (const TableReference& one : deletes.accept_cascade) {
      const std::string schema = one.schema.empty() ? "" : write_name(one.schema) + '.';
      list += (list.empty() ? "" : ", ") + yaml_scalar(schema + write_name(one.table));
    }
    return text + "accept_cascade: [" + list + "]\n";
  }
};

std::string where_line(const JobSpec& spec) {
  if (!spec.where.empty()) return "where: " + spec::yaml_value(spec.where, 2) + '\n';
  return spec.deletes() != nullptr
             ? "# where: created < '2020-01-01'  # instead of all: true\n"
             : "# where: column IS NULL  # rows still to do; makes a re-run safe. Without it every "
               "row is updated\n";
}

std::string table_name(const JobSpec& spec) {
  return spec.schema.empty() ? parse::write_name(spec.table)
                             : parse::write_name(spec.schema) + '.' + parse::write_name(spec.table);
}

std::string key_list(const JobSpec& spec) {
  std::string list;
  for (const std::string& column : spec.key)
    list += (list.empty() ? "" : ", ") + yaml_scalar(parse::write_name(column));
  return "key: [" + list + "]\n";
}

std::string connection_block(const JobSpec& spec) {
  if (spec.connection.empty()) return "# connection: {service: prod-primary}  # default: PG* variables\n";
  std::string block = "connection:\n";
  for (const auto& [keyword, value] : spec.connection) {
    block += "  " + yaml_scalar(keyword) + ": " + yaml_scalar(value) + '\n';
  }
  return block;
}

std::string workers_word(int workers) {
  return workers == 0 ? "auto" : std::to_string(workers);
}

std::string contact_lines(const JobSpec& spec) {
  const auto line = [](std::string_view field, const std::string& text, std::string_view example) {
    return text.empty() ? "# " + std::string(example) + '\n' : std::string(field) + ": " + yaml_scalar(text) + '\n';
  };
  return line("owner", spec.owner, "owner: team-accounts  # who answers for the job") +
         line("runbook", spec.runbook, "runbook: https://wiki.example/acc-311  # for the person on call");
}

std::string assume_block(const JobSpec& spec) {
  if (spec.assume.empty()) return "# assume: {app.audit: harmless}  # of a function that plan cannot judge\n";
  std::string block = "assume:\n";
  for (const Assumption& one : spec.assume) {
    const std::string name =
        (one.schema.empty() ? "" : parse::write_name(one.schema) + '.') + parse::write_name(one.function);
    const bool harmless = one.effect == Assumption::Effect::harmless;
    block += "  " + yaml_scalar(name) + (harmless ? ": harmless\n" : ": reads_table\n");
  }
  return block;
}

/// The lines below "optional": written out where they differ from the default, else as comments.
std::string optional_block(const JobSpec& spec) {
  const JobSpec usual;
  const auto line = [](bool is_default, std::string text, std::string_view comment) {
    return (is_default ? "# " : "") + std::move(text) + "  # " + std::string(comment) + '\n';
  };
  std::string text = contact_lines(spec);
  text += spec.key.empty() ? "# key: [id]  # default: primary key, else a NOT NULL unique index\n" : key_list(spec);
  text += line(spec.bound == usual.bound, spec.bound == Bound::open ? "bound: open" : "bound: at_start",
               "open | at_start: rows inserted meanwhile are somebody else's work");
  text += connection_block(spec);
  const BatchLimits& batch = spec.batch;
  const bool usual_batch = batch.target_time == usual.batch.target_time && batch.min_rows == usual.batch.min_rows &&
                           batch.max_rows == usual.batch.max_rows;
  text += line(usual_batch,
               "batch: {time: " + spec::format_duration(batch.target_time) + ", min_rows: " +
                   std::to_string(batch.min_rows) + ", max_rows: " + std::to_string(batch.max_rows) + "}",
               "one transaction");
  text += line(spec.stripes == usual.stripes, "stripes: " + std::string(word_of(spec.stripes)),
               "auto | on | off: several passes, so that the table hardly grows");
  text += line(spec.order == usual.order, "order: " + std::string(word_of(spec.order)),
               "auto | key | heap: by the heap where keys are random");
  text += line(spec.workers == usual.workers, "workers: " + workers_word(spec.workers),
               "the most at once: a number, or auto: as many as pay");
  text += spec::throttle_block(spec.throttle);
  text += assume_block(spec);
  const BadRows& bad_rows = spec.bad_rows;
  const bool stop = bad_rows.action == BadRows::Action::stop;
  return text + line(stop && bad_rows.at_most == usual.bad_rows.at_most,
                     "bad_rows: {action: " + std::string(stop ? "stop" : "quarantine") +
                         ", at_most: " + std::to_string(bad_rows.at_most) + "}",
                     "stop | quarantine");
}

}  // namespace

std::string to_yaml(const JobSpec& spec) {
  std::string text =
      "# Job spec of pgfill; every field is described in jobs/README.md and by `pgfill explain FIELD`.\n";
  text += "version: 1\n";
  text += "job: " + yaml_scalar(spec.job) + '\n';
  text += "table: " + yaml_scalar(table_name(spec)) + '\n';
  if (!spec.alias.empty()) text += "alias: " + yaml_scalar(parse::write_name(spec.alias)) + '\n';
  if (spec.only) text += "only: yes\n";
  text += std::visit(KindLines{}, spec.kind) + where_line(spec);
  return text + "# ---- everything below is optional ----\n" + optional_block(spec);
}

}  // namespace pgfill
