#include "cli/screen.h"

#include <gtest/gtest.h>

#include <sstream>

namespace pgfill::cli {
namespace {

using Lines = std::vector<std::string>;

/// A terminal just good enough for what a Screen sends: rows of text, a cursor, erasing, wrapping at its width.
class Terminal {
 public:
  explicit Terminal(std::size_t width) : width_(width) {}

  void write(const std::string& bytes) {
    for (std::size_t at = 0; at < bytes.size(); ++at) {
      if (bytes[at] == '\033') {
        at = escape(bytes, at);
      } else if (bytes[at] == '\n') {
        column_ = 0;
        if (++row_ == rows_.size()) rows_.emplace_back();
      } else if (bytes[at] == '\r') {
        column_ = 0;
      } else {
        put(bytes[at]);
      }
    }
  }

  std::string text() const {
    std::ostringstream text;
    for (const std::string& row : rows_) text << row << '\n';
    return text.str();
  }

 private:
  void put(char character) {
    if (column_ == width_) {
      column_ = 0;
      if (++row_ == rows_.size()) rows_.emplace_back();
    }
    rows_[row_].resize(std::max(rows_[row_].size(), column_ + 1), ' ');
    rows_[row_][column_++] = character;
  }

  std::size_t escape(const std::string& bytes, std::size_t at) {
    const std::size_t end = bytes.find_first_of("AKJm", at);
    const std::string number = bytes.substr(at + 2, end - at - 2);
    if (bytes[end] == 'A') row_ -= std::min(row_, static_cast<std::size_t>(std::stoi(number)));
    if (bytes[end] == 'K') rows_[row_].resize(std::min(rows_[row_].size(), column_));
    if (bytes[end] == 'J') {
      rows_[row_].resize(std::min(rows_[row_].size(), column_));
      rows_.resize(row_ + 1);
    }
    return end;
  }

  std::size_t width_;
  std::size_t row_ = 0;
  std::size_t column_ = 0;
  std::vector<std::string> rows_{""};
};

TEST(Screen, ReplacesTheFormerBlockInPlace) {
  Terminal terminal(40);
  Screen screen;
  terminal.write("$ pgfill run\n");
  terminal.write(screen.frame({"one", "two", "three"}, 40, 24));
  terminal.write(screen.frame({"1", "2"}, 40, 24));
  EXPECT_EQ(terminal.text(), "$ pgfill run\n1\n2\n\n");
}

TEST(Screen, PrintsAboveTheBlock) {
  Terminal terminal(40);
  Screen screen;
  terminal.write(screen.frame({"block"}, 40, 24));
  terminal.write(screen.above("event\n", 40));
  terminal.write(screen.frame({"block again"}, 40, 24));
  EXPECT_EQ(terminal.text(), "event\nblock again\n\n");
}

TEST(Screen, FindsTheTopOfABlockThatANarrowerTerminalHasWrapped) {
  Terminal terminal(10);
  Screen screen;
  terminal.write("$\n");
  terminal.write(screen.frame({"123456789012345", "abc"}, 40, 24));
  terminal.write(screen.frame({"short"}, 10, 24));
  EXPECT_EQ(terminal.text(), "$\nshort\n\n");
}

TEST(Screen, NeverScrollsTheTerminal) {
  Terminal terminal(40);
  Screen screen;
  terminal.write(screen.frame(Lines(30, "line"), 40, 5));
  EXPECT_EQ(terminal.text(), "line\nline\nline\nline\n\n");
}

TEST(Screen, ColourTakesNoColumns) {
  Terminal terminal(8);
  Screen screen;
  terminal.write("$\n");
  terminal.write(screen.frame({"\033[32mRUNNING\033[0m"}, 8, 24));
  terminal.write(screen.frame({"DONE"}, 8, 24));
  EXPECT_EQ(terminal.text(), "$\nDONE\n\n");
}

TEST(Screen, ErasesNothingBeforeItWritesSoThatNothingFlickers) {
  Screen screen;
  screen.frame({"one"}, 40, 24);
  EXPECT_EQ(screen.frame({"two"}, 40, 24), "\r\033[1Atwo\033[K\n\033[J");
}

}  // namespace
}  // namespace pgfill::cli
