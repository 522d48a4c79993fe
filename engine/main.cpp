// The process: its arguments, its signals, its exit code. Everything else is in cli/.
#include <string>
#include <vector>

#include "cli/program.h"
#include "cli/signals.h"

int main(int argc, char** argv) {
  pgfill::cli::install_signal_handlers();
  pgfill::cli::Console console = pgfill::cli::process_console();
  const std::vector<std::string> words(argv + (argc > 0 ? 1 : 0), argv + argc);
  return static_cast<int>(pgfill::cli::run_program(words, console));
}
