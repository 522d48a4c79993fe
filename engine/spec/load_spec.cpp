// A spec file or its text becomes a JobSpec.
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <utility>

#include "parse/source_text.h"
#include "pgfill/spec.h"
#include "spec/spec_decoder.h"
#include "spec/yaml_tree.h"

namespace pgfill {

namespace {

Error unreadable(const std::string& path, const std::string& reason) {
  Error error;
  error.code = ErrorCode::spec_unreadable;
  error.message = "cannot read " + parse::in_quotes(path) + ": " + reason;
  error.hint = "give the path of a spec file, or an SQL statement in quotes";
  error.place.file = path;
  return error;
}

}  // namespace

Result<JobSpec> parse_spec(std::string_view yaml, std::string file) {
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  if (yaml.starts_with(byte_order_mark)) yaml.remove_prefix(byte_order_mark.size());
  const parse::SourceText source(std::move(file), yaml);
  const auto root = spec::read_yaml(source);
  if (!root) return root.error();
  return spec::SpecDecoder(source, *root).decode();
}

Result<JobSpec> load_spec(const std::string& path) {
  std::error_code failure;
  if (std::filesystem::is_directory(path, failure)) return unreadable(path, "it is a directory");
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return unreadable(path, std::strerror(errno));
  // One byte more than is allowed, so that parse_spec sees a file that is too large, whatever its size.
  std::string text(parse::max_spec_bytes + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (stream.bad()) return unreadable(path, std::strerror(errno));
  text.resize(static_cast<std::size_t>(stream.gcount()));
  return parse_spec(text, path);
}

}  // namespace pgfill
