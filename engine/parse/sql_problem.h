// Why a piece of SQL is refused, with an offset instead of a place: who knows the source turns it into an Error.
#pragma once

#include <cstddef>
#include <string>
#include <variant>

#include "pgfill/error.h"

namespace pgfill::parse {

struct SqlProblem {
  ErrorCode code = ErrorCode::sql_not_batchable;
  std::string message;
  std::string hint;
  std::string remark;      ///< beside the underline; may be empty
  std::size_t offset = 0;  ///< bytes from the start of the text that was given
  std::size_t length = 1;  ///< bytes to underline
};

/// A value or the reason why there is none.
template <class T>
using OrProblem = std::variant<T, SqlProblem>;

template <class T>
const SqlProblem* problem_in(const OrProblem<T>& result) {
  return std::get_if<SqlProblem>(&result);
}

}  // namespace pgfill::parse
