// The one place where an SQLSTATE is given a meaning.
#pragma once

#include <string>
#include <string_view>

#include "pgfill/error.h"
#include "postgres/failure_class.h"

namespace pgfill::postgres {

class Failure;

/// What a failure with this SQLSTATE asks for. An empty state means that the connection broke. States that PostgreSQL
/// defines and the policy does not list stop: an error nobody thought of is never "done". A class that PostgreSQL does
/// not define is a trigger's own, and about a row. Of internal errors (XX000), which have one state for everything, the
/// message tells those that others' DDL causes in passing. Source: PostgreSQL Appendix A and the policy in
/// engine/README.md.
FailureClass classify(std::string_view sqlstate, std::string_view message = {});

/// The name of what this SQLSTATE, and for a few the message, stands for. `other`: none that the engine knows by name.
Condition condition_of(std::string_view sqlstate, std::string_view message = {});

/// The SQLSTATE of a condition that has one of its own.
std::string_view state_of(Condition condition);

/// The name in `column "name" does not exist`; empty: the server says something else.
std::string missing_column(const Failure& failure);

/// The server, the database or the role has as many sessions as it may have.
bool is_crowded(const Failure& failure);

/// The state of an error that ended its session. What poolers and the server say then under a state of another meaning
/// (XX000, 08P01) is a lost connection.
std::string state_at_end(std::string sqlstate);

/// The error code a person sees when a failure of this state ends the job.
ErrorCode error_code_of(std::string_view sqlstate);

}  // namespace pgfill::postgres
