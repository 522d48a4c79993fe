// Old transactions keep dead row versions alive: vacuum and page pruning wait for them while the job makes more.
#include "plan/checks/checks.h"

namespace pgfill::plan {
namespace {

constexpr std::int64_t long_seconds = 30;
constexpr int most_named = 3;

std::string described(const TransactionFact& transaction) {
  const std::string age = std::to_string(transaction.age_seconds) + " s";
  if (transaction.pid == 0) return "prepared transaction '" + transaction.application + "' is open since " + age;
  std::string text = "process " + std::to_string(transaction.pid);
  if (!transaction.application.empty()) text += " (" + transaction.application + ")";
  return text + " has a transaction open since " + age + ", " + transaction.state;
}

}  // namespace

void check_long_transactions(const Subject& subject, Findings& findings) {
  int named = 0;
  for (const TransactionFact& transaction : subject.facts.transactions) {
    if (transaction.age_seconds < long_seconds || ++named > most_named) continue;
    const std::string text =
        described(transaction) + ": dead row versions the job leaves cannot be cleaned up meanwhile";
    const std::string remedy = transaction.pid == 0 ? "COMMIT PREPARED or ROLLBACK PREPARED it"
                                                    : "let it end first, or end it: SELECT pg_terminate_backend(" +
                                                          std::to_string(transaction.pid) + ")";
    warn(findings, "long_transactions", text, remedy);
  }
  if (subject.facts.hidden_transactions > 0) {
    note(findings, "long_transactions",
         std::to_string(subject.facts.hidden_transactions) + " open transactions of other roles hide their age",
         "GRANT pg_read_all_stats TO " + readable(subject.facts.access.role));
  }
}

}  // namespace pgfill::plan
