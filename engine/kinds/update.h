// Rows get new values.
#pragma once

#include <string>

#include "kinds/kind.h"

namespace pgfill::kinds {

const Kind& update_kind();

/// UPDATE … SET …, of a target with new values.
std::string update_rows(const sql::Target& target);

}  // namespace pgfill::kinds
