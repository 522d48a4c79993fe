// Redraws a block of lines in place without flicker and without scrolling: makes the bytes, does not write them. The
// last block stays in the scrollback.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace pgfill::cli {

/// Not thread-safe. Nobody else may write to the terminal between two frames, except through above().
class Screen {
 public:
  /// The bytes that replace the former block by `lines`. At most `height` - 1 lines are shown, so that the terminal
  /// never scrolls; `width` is needed because a terminal made narrower has wrapped the former block.
  std::string frame(std::vector<std::string> lines, std::size_t width, std::size_t height);
  /// The bytes that print `text` (whole lines) above the block and leave the block to be redrawn by the next frame.
  std::string above(const std::string& text, std::size_t width);

 private:
  std::string to_top(std::size_t width) const;

  std::vector<std::size_t> shown_;  ///< columns of each line on the screen
};

}  // namespace pgfill::cli
