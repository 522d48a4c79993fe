// What the program talks through: the three streams and what stands behind them. Decides nothing about content.
#pragma once

#include <cstddef>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "cli/connection.h"
#include "pgfill/error.h"

namespace pgfill::cli {

enum class OutputFormat { table, json, jsonl };

/// Which of the three streams are terminals.
struct Terminals {
  bool in = false;
  bool out = false;
  bool err = false;
};

/// What a terminal may be used for; made by capabilities().
struct Capabilities {
  bool ask = false;         ///< a person can be asked and can answer
  bool live = false;        ///< stderr can be redrawn
  bool live_out = false;    ///< stdout can be redrawn
  bool colour_out = false;  ///< stdout may have colours
  bool colour_err = false;
  std::optional<std::size_t> fixed_width;  ///< COLUMNS
};

/// NO_COLOR takes colours away, TERM=dumb and CI redrawing too; COLUMNS sets the width.
Capabilities capabilities(const Terminals& terminals, const Environment& environment);

/// Data goes to `out`, everything else to `err`. The streams outlive the console. Not thread-safe.
struct Console {
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  Environment environment;
  Capabilities can;
};

/// The console of this process.
Console process_console();

/// Columns of the terminal at this moment; 80 when nobody knows. At least 20.
std::size_t width_of(const Capabilities& can);
/// Rows of the terminal at this moment; 24 when nobody knows.
std::size_t height_of_terminal();

/// Prints the error on stderr, and as {"error": ...} on stdout when data is JSON. Returns the exit code it ends the
/// program with.
ExitCode fail(const Error& error, Console& console, OutputFormat output = OutputFormat::table);

}  // namespace pgfill::cli
