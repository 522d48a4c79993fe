// Whether two specs are one job, and if not, where they differ. Compares what decides which rows get which values;
// knobs, contacts and the connection are not looked at.
#pragma once

#include <string>
#include <vector>

#include "pgfill/spec.h"

namespace pgfill::spec {

/// One field that differs, in words for a message: values in quotes, or what a missing one stands for.
struct FieldDifference {
  std::string field;  ///< as the field table names it; for a column of `set`: set.COLUMN
  std::string registered;
  std::string now;
};

/// Where `now` is another job than `registered`, in the order of the documents; empty when both are the same job, which
/// is when their canonical forms are equal. Of long values the part around the first difference.
std::vector<FieldDifference> differences(const JobSpec& registered, const JobSpec& now);

/// `where: was "a IS NULL", now "a IS NULL AND id > 5"`.
std::string described(const FieldDifference& difference);

}  // namespace pgfill::spec
