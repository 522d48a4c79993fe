// What a job adds to its table, its indexes and the WAL, in bytes. Pure: facts and what was tried.
#pragma once

#include <string>

#include "pgfill/plan.h"
#include "pgfill/spec.h"
#include "plan/facts.h"
#include "plan/sample_costs.h"

namespace pgfill::plan {

/// How the job goes over the table, and how much of it it changes.
struct Passage {
  Order order = Order::key;  ///< never automatic
  int stripes = 1;
  std::string key_column;  ///< the first of the key
  double rows = 0;         ///< of the table
  double changed = 0;      ///< rows to change
  double seconds = 0;      ///< by estimate
  double batches = 0;
};

struct BytesWritten {
  double table = 0;  ///< with TOAST
  double indexes = 0;
  double wal = 0;
};

BytesWritten bytes_written(const JobSpec& spec, const Facts& facts, const Sample& sample, const Passage& passage);

/// Bytes of TOAST that an update writes for each row: by what was tried, else by the statistics of the columns that are
/// set and of those that their values are made of.
double outside_bytes_of_row(const JobSpec& spec, const Facts& facts, const Sample& sample);

}  // namespace pgfill::plan
