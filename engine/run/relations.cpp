#include "run/relations.h"

#include "sql/identifier.h"

namespace pgfill::run {

using async::Task;

namespace {

/// More than there are workers, so that none makes anew what another one uses.
constexpr std::size_t most_known = 64;

}  // namespace

std::shared_ptr<const work::JobWork> Relations::known(std::int64_t relation_id, const std::string& name) {
  if (!by_leaf_) return whole_work_;
  const auto found = known_.find(relation_id);
  return found != known_.end() && found->second->table.name == name ? found->second : nullptr;
}

Task<std::shared_ptr<const work::JobWork>> Relations::work_of(postgres::Session& session, ledger::Lease lease) {
  if (!by_leaf_) co_return whole_work_;
  const auto relation = co_await ledger::find_relation(session, lease.job_id, lease.relation_id);
  if (!relation) co_return nullptr;
  co_return co_await work_of(session, *relation);
}

Task<std::shared_ptr<const work::JobWork>> Relations::work_of(postgres::Session& session, ledger::Relation relation) {
  const std::int64_t id = relation.id;
  if (auto job = known(id, sql::quote_qualified(relation.schema, relation.table))) co_return job;
  work::JobWork made = co_await work_of_leaf(session, spec_, whole_, std::move(relation));
  auto job = std::make_shared<const work::JobWork>(std::move(made));
  if (!known_.contains(id)) order_.push_back(id);
  known_[id] = job;
  if (order_.size() > most_known) {
    known_.erase(order_.front());
    order_.pop_front();
  }
  co_return job;
}

Task<bool> Relations::has_left(postgres::Session& session, const work::JobWork& job, std::int64_t runner_id) {
  co_await ledger::follow_leaves(session, job.job_id, runner_id);
  const auto relation = co_await ledger::find_relation(session, job.job_id, job.relation_id);
  co_return !relation || sql::quote_qualified(relation->schema, relation->table) != job.table.name;
}

}  // namespace pgfill::run
