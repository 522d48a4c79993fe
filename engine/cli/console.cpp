#include "cli/console.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <iostream>
#include <nlohmann/json.hpp>

#include "report/error_text.h"
#include "report/json.h"

namespace pgfill::cli {

namespace {

constexpr std::size_t least_width = 20;

std::optional<std::size_t> positive_number(const std::optional<std::string>& text) {
  if (!text) return std::nullopt;
  std::size_t number = 0;
  const auto [end, failure] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (failure != std::errc{} || end != text->data() + text->size() || number == 0) return std::nullopt;
  return number;
}

std::optional<winsize> window_size() {
  winsize size{};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size;
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size;
  return std::nullopt;
}

}  // namespace

Capabilities capabilities(const Terminals& terminals, const Environment& environment) {
  const bool dumb = environment("TERM") == "dumb";
  const bool automatic = environment("CI").has_value();
  const bool colour = !dumb && !automatic && !environment("NO_COLOR");
  Capabilities can;
  can.ask = terminals.in && terminals.err && !automatic;
  can.live = terminals.err && !dumb && !automatic;
  can.live_out = terminals.out && !dumb && !automatic;
  can.colour_out = terminals.out && colour;
  can.colour_err = terminals.err && colour;
  can.fixed_width = positive_number(environment("COLUMNS"));
  return can;
}

Console process_console() {
  const Terminals terminals{isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1, isatty(STDERR_FILENO) == 1};
  const Environment environment = process_environment();
  return {std::cin, std::cout, std::cerr, environment, capabilities(terminals, environment)};
}

std::size_t width_of(const Capabilities& can) {
  if (can.fixed_width) return std::max(*can.fixed_width, least_width);
  const auto size = window_size();
  return size ? std::max<std::size_t>(size->ws_col, least_width) : 80;
}

std::size_t height_of_terminal() {
  const auto size = window_size();
  return size && size->ws_row > 0 ? size->ws_row : 24;
}

ExitCode fail(const Error& error, Console& console, OutputFormat output) {
  if (output != OutputFormat::table)
    console.out << report::dump(nlohmann::ordered_json{{"error", report::to_json(error)}}) + "\n" << std::flush;
  console.err << report::format_error(error, console.can.colour_err) << std::flush;
  return exit_code_of(error.code);
}

}  // namespace pgfill::cli
