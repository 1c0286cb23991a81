#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace fairlead {

/// Colours and progress bars are for people at a terminal.
[[nodiscard]] bool is_terminal(int fd);
/// True at a terminal, unless NO_COLOR is set.
[[nodiscard]] bool wants_colour(int fd);

enum class text_tone { plain, good, bad, quiet, strong };
/// The text in the colour of its tone, or unchanged without `colour`.
[[nodiscard]] std::string toned(std::string_view text, text_tone t,
                                bool colour);

/// The text, made visible and filled up with spaces to `width` characters
/// (UTF-8). Longer texts stay as they are.
[[nodiscard]] std::string padded(std::string_view text, std::size_t width);

/// A line on stderr that shows how far the work is. Silent unless stderr is a
/// terminal and the work takes longer than half a second.
class progress_bar {
public:
  /// `total`: in the unit of `now`; 0: unknown.
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
