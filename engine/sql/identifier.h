// The one function that writes an identifier into SQL text, and literals for text that cannot be a parameter.
#pragma once

#include <string>
#include <string_view>

namespace pgfill::sql {

/// Always quoted, so keywords and capitals are safe.
std::string quote_identifier(std::string_view name);
/// schema.name, both quoted; the schema is left out when empty.
std::string quote_qualified(std::string_view schema, std::string_view name);

}  // namespace pgfill::sql
