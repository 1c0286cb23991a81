#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace fairlead::http {

/// What the bytes that have come in on a connection so far amount to.
struct frame {
  enum class kind { incomplete, complete, refused } state = kind::incomplete;
  std::size_t size = 0;       /// complete: bytes of the request
  std::size_t head = 0;       /// of which are before the body; 0: incomplete
  int status = 0;             /// refused: 400, 411, 413 or 431
  const char* why = "";       /// refused: one sentence
  bool closes = false;        /// `Connection: close` stands in it
  std::size_t expects_at = 0; /// where `Expect: 100-continue` stands; 0: no
  std::string_view authorization; /// the first header of that name, as it came
};

/// What is refused beyond them.
struct frame_bounds {
  std::size_t header_bytes_max = 16 * 1024;
  std::size_t body_bytes_max = 1024 * 1024;
};

/// Finds the end of the first request. A body must come with its length, or it
/// could not be bounded before it is there. The frame points into the bytes.
/// Pure.
[[nodiscard]] frame frame_of(const std::string& bytes,
                             const frame_bounds& bounds);

} // namespace fairlead::http
