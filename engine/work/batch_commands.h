// The commands of one batch from what its worker knows: values in, commands out. No connection.
#pragma once

#include <vector>

#include "ledger/range.h"
#include "postgres/session.h"
#include "work/job_work.h"
#include "work/remedy.h"
#include "work/slice.h"

namespace pgfill::work {

/// Parameters of a statement over the rows of the present pass above `from` up to `to`.
postgres::Parameters slice_parameters(const JobWork& job, const ledger::Lease& lease, const std::optional<Key>& from,
                                      const std::optional<Key>& to);

/// The statements that fence, change the rows of a slice and move the cursor; the last of them counts.
void add_change(std::vector<postgres::Command>& commands, const JobWork& job, const ledger::Lease& lease,
                const Slice& slice, Way way);

/// Asks for the largest key beyond the cursor that may have something to do; no row: the range has come to its end.
postgres::Command last_key_to_do(const JobWork& job, const ledger::Lease& lease);

}  // namespace pgfill::work
