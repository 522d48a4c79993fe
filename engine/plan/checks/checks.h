// Every preflight check, in the order a person reads the findings. Pure: a check looks at a Subject and adds findings;
// it asks nobody. A new check is one file beside this one, one declaration and one line in a list below; what it needs
// to know is a fact in plan/facts.h.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pgfill/plan.h"
#include "pgfill/result.h"
#include "pgfill/spec.h"
#include "plan/explain.h"
#include "plan/facts.h"

namespace pgfill::plan {

/// What a check may look at. Filled in the order of the members; a list below says how far it has got.
struct Subject {
  JobSpec spec;
  Facts facts;                   ///< before the first list: what the session tells, only
  std::optional<KeyChoice> key;  ///< from the second list on, unless refused
  std::optional<Error> key_refusal;
  StatementFacts statement;        ///< from the third list on
  Estimate estimate;               ///< from the third list on
  bool by_leaf = false;            ///< from the third list on: each batch touches one partition
  std::string whole_because = {};  ///< why batches name the partitioned table instead; empty: they do not
};

using Findings = std::vector<Finding>;
using Check = void (*)(const Subject& subject, Findings& findings);

void check_server(const Subject& subject, Findings& findings);
void check_name_lengths(const Subject& subject, Findings& findings);

void check_table_kind(const Subject& subject, Findings& findings);
void check_distributed(const Subject& subject, Findings& findings);
void check_blocking_locks(const Subject& subject, Findings& findings);
void check_privileges(const Subject& subject, Findings& findings);
void check_row_security(const Subject& subject, Findings& findings);
void check_key(const Subject& subject, Findings& findings);
void check_collation_versions(const Subject& subject, Findings& findings);
void check_columns(const Subject& subject, Findings& findings);
void check_generated_columns(const Subject& subject, Findings& findings);
void check_defaults(const Subject& subject, Findings& findings);
void check_string_escapes(const Subject& subject, Findings& findings);
void check_rewrite_rules(const Subject& subject, Findings& findings);
void check_replica_identity(const Subject& subject, Findings& findings);
void check_subscriptions(const Subject& subject, Findings& findings);
void check_triggers(const Subject& subject, Findings& findings);
void check_called_code(const Subject& subject, Findings& findings);
void check_foreign_keys(const Subject& subject, Findings& findings);
void check_referrers(const Subject& subject, Findings& findings);
void check_deferrable_keys(const Subject& subject, Findings& findings);
void check_hot_forecast(const Subject& subject, Findings& findings);
void check_fillfactor(const Subject& subject, Findings& findings);
void check_long_transactions(const Subject& subject, Findings& findings);
void check_unrestricted(const Subject& subject, Findings& findings);

void check_expressions(const Subject& subject, Findings& findings);
void check_statistics(const Subject& subject, Findings& findings);
void check_plan_guard(const Subject& subject, Findings& findings);
void check_whole_partitions(const Subject& subject, Findings& findings);
void check_partitions(const Subject& subject, Findings& findings);
void check_joined_rows(const Subject& subject, Findings& findings);
void check_subqueries(const Subject& subject, Findings& findings);
void check_one_snapshot(const Subject& subject, Findings& findings);
void check_disk_room(const Subject& subject, Findings& findings);

/// Before the table is looked up.
inline constexpr std::array first_checks{&check_server, &check_name_lengths};

/// When the catalogue is known.
inline constexpr std::array catalogue_checks{&check_table_kind,         &check_distributed,    &check_blocking_locks,
                                             &check_privileges,         &check_row_security,   &check_key,
                                             &check_collation_versions, &check_columns,        &check_generated_columns,
                                             &check_defaults,           &check_string_escapes, &check_rewrite_rules,
                                             &check_replica_identity,   &check_subscriptions,  &check_triggers,
                                             &check_called_code,        &check_foreign_keys,   &check_referrers,
                                             &check_deferrable_keys,    &check_hot_forecast,   &check_fillfactor,
                                             &check_long_transactions,  &check_unrestricted};

/// When the server has judged the statement and the cost is estimated.
inline constexpr std::array statement_checks{&check_expressions,      &check_joined_rows,  &check_statistics,
                                             &check_subqueries,       &check_plan_guard,   &check_partitions,
                                             &check_whole_partitions, &check_one_snapshot, &check_disk_room};

/// Whether a scan reads the job's table or a partition of it, and whether it does so for the job's own statement.
bool reads_table(const Scan& scan, const Subject& subject);
bool is_target(const Scan& scan, const Subject& subject);

// How a check says what it found; `check` is the name of its file.
void refuse(Findings& findings, std::string_view check, ErrorCode code, std::string text, std::string remedy);
void warn(Findings& findings, std::string_view check, std::string text, std::string remedy = {});
void note(Findings& findings, std::string_view check, std::string text, std::string remedy = {});

}  // namespace pgfill::plan
