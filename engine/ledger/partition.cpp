#include "ledger/partition.h"

#include "ledger/statements.h"

namespace pgfill::ledger {
namespace {

using async::Task;
using postgres::Parameters;
using postgres::Rows;
using Standing = DetachedPartition::Standing;

Standing standing_of(const std::string& text) {
  if (text == "gone") return Standing::gone;
  if (text == "pending") return Standing::pending;
  return text == "detached" ? Standing::detached : Standing::attached;
}

}  // namespace

Task<std::vector<DetachedPartition>> detached_partitions(postgres::Session& session, std::int64_t job_id) {
  Parameters parameters{std::to_string(job_id)};
  const Rows rows = co_await session.query(sql::ledger_detached_partitions, std::move(parameters));
  std::vector<DetachedPartition> partitions;
  for (int i = 0; i < rows.size(); ++i) {
    const postgres::Row row = rows.at(i);
    partitions.push_back({static_cast<std::uint32_t>(row.integer("oid")), row.string("name"), row.string("parent"),
                          standing_of(row.string("standing"))});
  }
  co_return partitions;
}

Task<void> begin_detach(postgres::Session& session, std::int64_t job_id, std::uint32_t leaf, std::int64_t runner_id) {
  Parameters parameters{std::to_string(job_id), std::to_string(leaf), std::to_string(runner_id)};
  co_await session.query(sql::ledger_begin_detach, std::move(parameters));
}

Task<void> end_detach(postgres::Session& session, std::int64_t job_id, std::uint32_t leaf) {
  Parameters parameters{std::to_string(job_id), std::to_string(leaf)};
  co_await session.query(sql::ledger_end_detach, std::move(parameters));
}

postgres::Command drop_partition(std::int64_t job_id, std::int64_t runner_id, std::uint32_t leaf,
                                 std::optional<std::uint32_t> parent, std::string counting) {
  Parameters parameters{std::to_string(job_id), std::to_string(runner_id), std::to_string(leaf), std::nullopt,
                        std::move(counting)};
  if (parent) parameters[3] = std::to_string(*parent);
  return {sql::ledger_drop_partition, std::move(parameters), postgres::Evaluates::everything};
}

postgres::Command attach_again(std::int64_t job_id, std::uint32_t leaf) {
  Parameters parameters{std::to_string(job_id), std::to_string(leaf)};
  return {sql::ledger_attach_again, std::move(parameters)};
}

}  // namespace pgfill::ledger
