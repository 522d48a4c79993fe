// `pgfill explain`: one field of the spec, or the reference of all, from the table the decoder uses.
#include <ostream>

#include "cli/verbs.h"
#include "spec/field_table.h"

namespace pgfill::cli {

ExitCode execute(const ExplainArguments& arguments, Console& console) {
  if (arguments.markdown) {
    console.out << spec::reference_markdown() << std::flush;
    return ExitCode::done;
  }
  const Result<std::string> text = spec::explain_field(arguments.field);
  if (!text) return fail(text.error(), console);
  console.out << *text << (text->ends_with('\n') ? "" : "\n") << std::flush;
  return ExitCode::done;
}

}  // namespace pgfill::cli
