#pragma once

#include <chrono>
#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>

namespace fairlead {

/// Colours and bars are for people at a terminal.
[[nodiscard]] bool is_terminal(int fd);
/// A terminal, and NO_COLOR is not set.
[[nodiscard]] bool wants_colour(int fd);

enum class tone { plain, good, bad, quiet, strong };
/// The text in the tone's colour, or as it is.
[[nodiscard]] std::string toned(std::string_view text, tone t, bool colour);

/// The text filled up with spaces to so many characters (UTF-8); longer ones
/// stay as they are.
[[nodiscard]] std::string padded(std::string_view text, std::size_t width);

/// A line on stderr that tells how far something is. Silent unless stderr is a
/// terminal and it takes longer than half a second.
class progress_bar {
public:
  /// `total` in whatever `now` is counted in; 0: unknown.
  progress_bar(std::string what, std::uint64_t total);
  ~progress_bar();
  void set(std::uint64_t now);

private:
  void draw();

  std::string what_;
  std::uint64_t total_, now_ = 0;
  bool terminal_, drawn_ = false;
  std::chrono::steady_clock::time_point begun_, last_;
};

} // namespace fairlead
