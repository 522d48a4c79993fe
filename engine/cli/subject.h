// What a verb is about: a spec file, an SQL statement or a job of the ledger, together with the database it belongs to.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/connection.h"
#include "cli/console.h"
#include "pgfill/job.h"

namespace pgfill::cli {

enum class SubjectKind { statement, script, file, job };

/// More than one word is a statement; a name that ends in .sql is a script; a path, or the name of a file that exists,
/// is a file; anything else is a job.
SubjectKind kind_of(const std::string& text);

struct Subject {
  JobSpec spec;
  ConnectionSettings connection;
  std::optional<JobStatus> standing;  ///< as the ledger has the job; absent when it was not asked or does not know it
  std::vector<std::string> left_out;  ///< of a script: what stands around its statement
};

/// Decodes the subject; asks the ledger for a job's spec. `job` names the job of a statement or script and fits
/// nothing else. Errors: those of load_spec, parse_statement, load_script and job_status; usage.
Result<Subject> load_subject(const std::string& text, const std::string& job, const ConnectionFlags& flags,
                             const Environment& environment);

/// A job of the ledger, whatever files there are. Errors: those of job_status; no_such_job.
Result<Subject> load_job(const std::string& job, const ConnectionFlags& flags, const Environment& environment);

/// Says on stderr what of a script is not carried out.
void say_left_out(const std::string& file, const std::vector<std::string>& left_out, Console& console);

/// The job as the ledger has it; null when the ledger does not know it or is not there yet.
Result<std::optional<JobStatus>> find_standing(const Subject& subject);

}  // namespace pgfill::cli
