// When a server must prove who it is. Pure: options come in.
#pragma once

#include <map>
#include <string>

namespace pgfill::postgres {

/// libpq's options by keyword, those included that it takes from the environment, a service or its defaults.
using OptionValues = std::map<std::string, std::string>;

/// Whether the connection is to have sslmode=verify-full: one of its hosts lies beyond this machine, and nobody has
/// chosen a mode. libpq's own default, `prefer`, would go on in plain text whenever somebody in between asks for it.
/// `chosen`: a mode is spelled out in the connection string, a keyword or PGSSLMODE. Whether a service file says
/// `prefer` cannot be asked; any other mode in it is seen.
bool must_verify(const OptionValues& options, bool chosen);

}  // namespace pgfill::postgres
