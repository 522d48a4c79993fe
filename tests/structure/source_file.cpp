#include "source_file.h"

#include <algorithm>
#include <cctype>
#include <utility>

namespace pgfill::structure {
namespace {

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

/// Walks the text once and blanks what is not code.
class Blanker {
 public:
  explicit Blanker(SourceFile& file) : file_(file), text_(file.text), code_(file.code) {}

  void run() {
    while (at_ < text_.size()) {
      if (starts("//")) {
        skip_to(text_.find('\n', at_), 0);
      } else if (starts("/*")) {
        skip_to(text_.find("*/", at_ + 2), 2);
      } else if (text_[at_] == '"') {
        at_ > 0 && text_[at_ - 1] == 'R' ? raw_string() : quoted('"');
      } else if (text_[at_] == '\'' && (at_ == 0 || !is_word(text_[at_ - 1]))) {
        quoted('\'');
      } else {
        ++at_;
      }
    }
  }

 private:
  bool starts(std::string_view token) const { return text_.compare(at_, token.size(), token) == 0; }

  void blank(std::size_t from, std::size_t to) {
    for (std::size_t i = from; i < to; ++i) {
      if (code_[i] != '\n') code_[i] = ' ';
    }
  }

  void skip_to(std::size_t end, std::size_t length) {
    end = end == std::string::npos ? text_.size() : end + length;
    blank(at_, end);
    at_ = end;
  }

  void quoted(char quote) {
    std::size_t end = at_ + 1;
    while (end < text_.size() && text_[end] != quote && text_[end] != '\n') end += text_[end] == '\\' ? 2 : 1;
    end = std::min(end, text_.size());
    if (quote == '"') keep_literal(at_ + 1, end);
    blank(at_ + 1, end);
    at_ = end + 1;
  }

  void raw_string() {
    const std::size_t open = text_.find('(', at_);
    if (open == std::string::npos) return skip_to(open, 0);
    const std::string close = ")" + text_.substr(at_ + 1, open - at_ - 1) + "\"";
    const std::size_t end = std::min(text_.find(close, open), text_.size());
    keep_literal(open + 1, end);
    blank(at_ + 1, std::min(end + close.size() - 1, text_.size()));
    at_ = end + close.size();
  }

  void keep_literal(std::size_t from, std::size_t to) {
    file_.literals.push_back({file_.line_of(from), text_.substr(from, to - from)});
  }

  SourceFile& file_;
  const std::string& text_;
  std::string& code_;
  std::size_t at_ = 0;
};

}  // namespace

SourceFile::SourceFile(std::string path_given, std::string text_given)
    : path(std::move(path_given)), text(std::move(text_given)), code(text) {
  Blanker(*this).run();
}

int SourceFile::line_of(std::size_t position) const {
  const auto end = text.begin() + static_cast<std::ptrdiff_t>(std::min(position, text.size()));
  return 1 + static_cast<int>(std::count(text.begin(), end, '\n'));
}

int SourceFile::line_count() const {
  return static_cast<int>(std::count(text.begin(), text.end(), '\n'));
}

std::size_t closing_bracket(std::string_view code, std::size_t open) {
  int depth = 0;
  for (std::size_t i = open; i < code.size(); ++i) {
    if (code[i] == '(' || code[i] == '[' || code[i] == '{') ++depth;
    if (code[i] == ')' || code[i] == ']' || code[i] == '}') --depth;
    if (depth == 0) return i;
  }
  return std::string_view::npos;
}

}  // namespace pgfill::structure
