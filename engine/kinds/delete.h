// Rows are deleted.
#pragma once

#include <string>

#include "kinds/kind.h"

namespace pgfill::kinds {

const Kind& delete_kind();

/// DELETE FROM …
std::string delete_rows(const sql::Target& target);

}  // namespace pgfill::kinds
