// The files of the project on disk. Reads; judges nothing.
#pragma once

#include <string>
#include <vector>

#include "source_file.h"

namespace pgfill::structure {

/// The text of a file, given relative to the project. Throws std::runtime_error when it cannot be read.
std::string read_project_file(const std::string& path);

/// Every file below `folder` whose name ends with one of `endings`, sorted, relative to the project.
std::vector<std::string> list_files(const std::string& folder, const std::vector<std::string>& endings);

/// Every .h and .cpp file below the folders, read and lexed.
std::vector<SourceFile> load_sources(const std::vector<std::string>& folders);

}  // namespace pgfill::structure
