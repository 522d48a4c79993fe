#include "tree.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace pgfill::structure {
namespace {

const std::filesystem::path root = PGFILL_SOURCE_DIR;

}  // namespace

std::string read_project_file(const std::string& path) {
  std::ifstream stream(root / path);
  if (!stream) throw std::runtime_error("cannot read " + path);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

std::vector<std::string> list_files(const std::string& folder, const std::vector<std::string>& endings) {
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root / folder)) {
    const std::string path = std::filesystem::relative(entry.path(), root).generic_string();
    const bool wanted =
        std::any_of(endings.begin(), endings.end(), [&](const std::string& ending) { return path.ends_with(ending); });
    if (entry.is_regular_file() && wanted) paths.push_back(path);
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

std::vector<SourceFile> load_sources(const std::vector<std::string>& folders) {
  std::vector<SourceFile> files;
  for (const std::string& folder : folders) {
    for (const std::string& path : list_files(folder, {".h", ".cpp"}))
      files.emplace_back(path, read_project_file(path));
  }
  return files;
}

}  // namespace pgfill::structure
