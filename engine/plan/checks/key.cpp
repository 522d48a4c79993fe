// There is a key, or physical order does without, and the job leaves it alone: a row whose key changes would be passed
// over or met twice.
#include "plan/checks/checks.h"
#include "plan/choose_key.h"

namespace pgfill::plan {
namespace {

constexpr std::string_view check = "key";
constexpr const char* another_key = "write the value to a new column, or name another unique key: key: [...]";

bool changes_referrers(const ForeignKeyFact& key) {
  return key.on_update == "c" || key.on_update == "n" || key.on_update == "d";
}

void refuse_way(const Subject& subject, const ColumnNumbers& from, const ForeignKeyFact& by, const ColumnNumbers& into,
                Findings& findings) {
  refuse(findings, check, ErrorCode::expression_unsafe,
         "what is set in (" + column_names(subject.facts, from) + ") comes back by foreign key " + readable(by.name) +
             " into (" + column_names(subject.facts, into) +
             "), which has a column of the key; rows would be skipped or changed twice",
         another_key);
}

/// A change that foreign keys carry back into the key, through the table itself or through one other.
void refuse_cascades(const Subject& subject, const ColumnNumbers& changed, const ColumnNumbers& key,
                     Findings& findings) {
  const auto reaches_key = [&](const ColumnNumbers& columns) {
    return overlap(with_dependents(subject.facts, columns), key);
  };
  for (const ForeignKeyFact& away : subject.facts.foreign_keys) {
    if (away.from_here || !changes_referrers(away) || !overlap(away.columns, changed)) continue;
    if (away.to_itself && reaches_key(away.there)) refuse_way(subject, away.columns, away, away.there, findings);
    for (const ForeignKeyFact& back : subject.facts.foreign_keys) {
      const bool same_table = back.from_here && !back.to_itself && back.other_table == away.other_table;
      if (!same_table || !changes_referrers(back) || !overlap(back.there, away.there)) continue;
      if (reaches_key(back.columns)) refuse_way(subject, away.columns, back, back.columns, findings);
    }
  }
}

}  // namespace

void check_key(const Subject& subject, Findings& findings) {
  if (subject.key_refusal) {
    refuse(findings, check, subject.key_refusal->code, subject.key_refusal->message, subject.key_refusal->hint);
  }
  if (!subject.key || is_position(*subject.key)) return;
  const ColumnNumbers assigned = assigned_columns(subject.facts, subject.spec);
  const ColumnNumbers changed = with_dependents(subject.facts, assigned);
  ColumnNumbers key;
  for (const KeyColumn& column : subject.key->columns) {
    const ColumnFact& fact = *find_column(subject.facts, column.name);
    key.push_back(fact.number);
    if (!contains(changed, fact.number)) continue;
    const std::string from =
        contains(assigned, fact.number) ? "" : ", generated from " + column_names(subject.facts, fact.generated_from);
    refuse(findings, check, ErrorCode::expression_unsafe,
           "set changes \"" + column.name + "\", a column of the key" +
               (subject.key->index.empty() ? " of each partition" : " (index " + readable(subject.key->index) + ")") +
               from + "; rows would be skipped or changed twice",
           another_key);
  }
  refuse_cascades(subject, changed, key, findings);
}

}  // namespace pgfill::plan
