#include "spec/link.h"

namespace pgfill::spec {

bool is_link(std::string_view text) {
  if (text.find_first_of(" \t\r\n\f\v") != std::string_view::npos) return false;
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (text.starts_with(scheme)) return text.size() > scheme.size() && text[scheme.size()] != '/';
  }
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos || text.find(':') < slash) return false;
  // A second slash would make it an address of another host to a browser.
  return slash + 1 == text.size() || text[slash + 1] != '/';
}

}  // namespace pgfill::spec
