// The part of reading a script that knows psql: where its commands stand, and which of them a job can do without.
#include <algorithm>
#include <array>

#include "spec/script.h"

namespace pgfill::spec {

namespace {

/// Walks SQL without its strings, quoted names and comments.
class QuoteWalk {
 public:
  explicit QuoteWalk(std::string_view text) : text_(text) {}

  /// Behind the quoted part or comment that begins at `at`; `at` itself when none does.
  std::size_t skip(std::size_t at) const {
    const std::string_view rest = text_.substr(at);
    if (rest.starts_with("--")) return std::min(text_.find('\n', at), text_.size());
    if (rest.starts_with("/*")) return end_of_comment(at);
    if (rest.starts_with('\'')) return end_of_quote(at, at > 0 && (text_[at - 1] == 'e' || text_[at - 1] == 'E'));
    if (rest.starts_with('"')) return end_of_quote(at, false);
    return rest.starts_with('$') ? end_of_dollar_quote(at) : at;
  }

 private:
  std::size_t end_of_comment(std::size_t at) const {
    int depth = 0;
    for (; at < text_.size(); ++at) {
      const std::string_view two = text_.substr(at, 2);
      if (two == "/*") ++depth;
      if (two == "*/") --depth;
      if (two == "/*" || two == "*/") ++at;
      if (depth == 0) return at + 1;
    }
    return text_.size();
  }

  std::size_t end_of_quote(std::size_t at, bool escapes) const {
    const char quote = text_[at];
    for (++at; at < text_.size(); ++at) {
      if (escapes && text_[at] == '\\') {
        ++at;
      } else if (text_[at] == quote) {
        return at + 1;
      }
    }
    return text_.size();
  }

  std::size_t end_of_dollar_quote(std::size_t at) const {
    const std::size_t tag_end = text_.find('$', at + 1);
    if (tag_end == std::string_view::npos) return at;
    const std::string_view tag = text_.substr(at, tag_end + 1 - at);
    const bool is_tag = std::all_of(tag.begin() + 1, tag.end() - 1, [](unsigned char c) {
      return (c | 0x20U) - 'a' < 26U || (c >= '0' && c <= '9') || c == '_' || c >= 0x80U;
    });
    const bool digit = tag.size() > 2 && tag[1] >= '0' && tag[1] <= '9';
    if (!is_tag || digit) return at;
    const std::size_t end = text_.find(tag, tag_end + 1);
    return end == std::string_view::npos ? text_.size() : end + tag.size();
  }

  std::string_view text_;
};

}  // namespace

std::string without_psql_commands(std::string_view script, std::vector<PsqlCommand>& commands) {
  std::string result(script);
  const QuoteWalk walk(script);
  bool line_begins = true;
  for (std::size_t at = 0; at < script.size();) {
    const std::size_t behind = walk.skip(at);
    if (behind != at) {
      line_begins = false;
      at = behind;
      continue;
    }
    const char c = script[at];
    if (c == '\\' && line_begins) {
      const std::size_t end = std::min(script.find('\n', at), script.size());
      std::string text(script.substr(at, end - at));
      while (!text.empty() && (text.back() == '\r' || text.back() == ' ')) text.pop_back();
      std::fill_n(result.begin() + static_cast<std::ptrdiff_t>(at), text.size(), ' ');
      commands.push_back({at, std::move(text)});
      at = end;
      continue;
    }
    if (c == '\n') line_begins = true;
    if (c != '\n' && c != ' ' && c != '\t' && c != '\r') line_begins = false;
    ++at;
  }
  return result;
}

}  // namespace pgfill::spec
