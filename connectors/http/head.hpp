#pragma once

#include <cstddef>
#include <string_view>

namespace fairlead::http {

/// Why a request is refused before it is read.
struct head_fault {
  int status = 0; /// 0: nothing is wrong
  const char* why = "";
};

constexpr std::size_t target_bytes_max = 8 * 1024;

/// What Beast's parser lets pass and a proxy in front may read in another way,
/// so that the two would see different requests: folded lines, a bare CR or LF,
/// two lengths, a transfer coding besides `chunked`, two hosts (RFC 9112, 2.2,
/// 3.2, 5 and 6). `head` ends with the empty line. Pure.
[[nodiscard]] head_fault fault_of(std::string_view head);

} // namespace fairlead::http
