#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace fairlead {

/// A text that is written from its beginning to its end. Unlike a std::string
/// it takes many small pieces without a call for each: on the way out that
/// was a third of all work. Each thread keeps the memory of its last one for
/// the next, at most 64 KiB.
class growing_text {
public:
  /// `room`: bytes that it will probably have.
  explicit growing_text(std::size_t room) : bytes_{std::move(spare())} {
    end_ = bytes_.data();
    limit_ = end_ + bytes_.size();
    if (bytes_.size() < room)
      grow(room);
  }
  ~growing_text() {
    if (bytes_.size() <= kept_bytes_max)
      spare() = std::move(bytes_);
  }
  growing_text(const growing_text&) = delete;
  growing_text& operator=(const growing_text&) = delete;

  void put(char c) {
    *room(1) = c;
    ++end_;
  }
  void put(std::string_view s) {
    s.copy(room(s.size()), s.size());
    end_ += s.size();
  }
  /// Where the next bytes belong, with room for `max` of them; what was written
  /// there counts once wrote() has been told its end.
  char* room(std::size_t max) {
    if (static_cast<std::size_t>(limit_ - end_) < max)
      grow(max);
    return end_;
  }
  void wrote(char* end) { end_ = end; }

  [[nodiscard]] std::string_view view() const {
    return {bytes_.data(), size()};
  }
  /// What was written, in memory of just that size.
  [[nodiscard]] std::string take() const { return std::string{view()}; }

private:
  [[nodiscard]] std::size_t size() const {
    return static_cast<std::size_t>(end_ - bytes_.data());
  }
  void grow(std::size_t n) {
    auto used = size();
    bytes_.resize(std::max(used + n, 2 * bytes_.size()));
    end_ = bytes_.data() + used;
    limit_ = bytes_.data() + bytes_.size();
  }

  static constexpr std::size_t kept_bytes_max = 64 * 1024;
  static std::string& spare() {
    thread_local std::string kept;
    return kept;
  }

  std::string bytes_; /// what is behind end_ does not count
  char* end_ = nullptr;
  char* limit_ = nullptr;
};

} // namespace fairlead
