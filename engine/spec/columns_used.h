// Which columns of its table a job reads and writes. Looks at the text only.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "pgfill/spec.h"

namespace pgfill::spec {

/// Names that the expressions may mean columns of the table by, and the columns that are set; without the key. More
/// than there are: a name may be of another table. Nothing when the job may use all columns: a whole row (t.*, or t as
/// a value) is one, and a text that does not parse may hold one.
std::optional<std::set<std::string>> columns_used(const JobSpec& spec);

}  // namespace pgfill::spec
