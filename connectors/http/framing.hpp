#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace fairlead::http {

/// What can be said of the bytes that came in on a connection so far.
struct frame {
  enum class kind { incomplete, complete, refused } state = kind::incomplete;
  std::size_t size = 0;       /// complete: bytes of the request
  std::size_t head = 0;       /// of which are not the body; 0: not all there
  int status = 0;             /// refused: 400, 411, 413 or 431
  const char* why = "";       /// refused: one sentence
  bool closes = false;        /// `Connection: close` stands in it
  std::size_t expects_at = 0; /// where `Expect: 100-continue` stands; 0: no
  std::string_view authorization; /// the first header of that name, as it came
};

struct frame_bounds {
  std::size_t header_bytes_max = 16 * 1024;
  std::size_t body_bytes_max = 1024 * 1024;
};

/// Finds the end of the first request. A body must come with its length:
/// nothing else can be bounded before it is there. The frame looks into the
/// bytes. Pure.
[[nodiscard]] frame frame_of(const std::string& bytes,
                             const frame_bounds& bounds);

} // namespace fairlead::http
