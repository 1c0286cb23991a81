#include "commands/words/terminal.hpp"

#include "messages/text/visible.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <utility>

namespace fairlead {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t bar_width = 30;

} // namespace

bool is_terminal(int fd) {
  return ::isatty(fd) == 1;
}

bool wants_colour(int fd) {
  const auto* no = std::getenv("NO_COLOR");
  return is_terminal(fd) && (no == nullptr || *no == '\0');
}

std::string toned(std::string_view text, text_tone t, bool colour) {
  std::string out{text};
  if (!colour || t == text_tone::plain)
    return out;
  std::string code = t == text_tone::good    ? "32"
                     : t == text_tone::bad   ? "31"
                     : t == text_tone::quiet ? "2"
                                             : "1";
  return "\x1b[" + code + "m" + out + "\x1b[0m";
}

std::string padded(std::string_view raw, std::size_t width) {
  auto text = visible(raw);
  auto characters = static_cast<std::size_t>(
    std::count_if(text.begin(), text.end(), [](char c) {
      return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
    }));
  auto out = std::move(text);
  if (characters < width)
    out.append(width - characters, ' ');
  return out;
}

progress_bar::progress_bar(std::string what, std::uint64_t total)
  : what_{std::move(what)},
    total_{total},
    terminal_{is_terminal(STDERR_FILENO)},
    begun_{std::chrono::steady_clock::now()},
    last_{begun_} {
}

progress_bar::~progress_bar() {
  if (!drawn_)
    return;
  draw();
  std::cerr << '\n';
}

void progress_bar::set(std::uint64_t now) {
  now_ = now;
  auto at = std::chrono::steady_clock::now();
  if (!terminal_ || at - begun_ < 500ms || at - last_ < 100ms)
    return;
  last_ = at;
  draw();
}

void progress_bar::draw() {
  drawn_ = true;
  auto seconds
    = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun_)
        .count();
  std::cerr << "\r\x1b[K" << what_ << "  ";
  if (total_ > 0) {
    auto part
      = std::min(1.0, static_cast<double>(now_) / static_cast<double>(total_));
    auto full = static_cast<std::size_t>(part * bar_width);
    std::cerr << '[' << std::string(full, '#')
              << std::string(bar_width - full, '.') << "] "
              << static_cast<int>(part * 100) << " %  ";
    if (part > 0.02)
      std::cerr << static_cast<int>(seconds / part - seconds) << " s left";
  } else {
    std::cerr << now_;
  }
  std::cerr << std::flush;
}

} // namespace fairlead
