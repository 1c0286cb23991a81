#include "connectors/http/gzip.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>

namespace fairlead::http {
namespace {

constexpr int gzip_format = 16 + MAX_WBITS;

// zlib's C interface wants bytes that it may not change as if it might.
Bytef* bytes_of(std::string_view text) {
  const void* p = text.data();
  return static_cast<Bytef*>(const_cast<void*>(p));
}

Bytef* bytes_of(char* text) {
  void* p = text;
  return static_cast<Bytef*>(p);
}

} // namespace

unpacked gunzip(std::string_view packed, std::size_t bytes_max) {
  z_stream z{};
  if (::inflateInit2(&z, gzip_format) != Z_OK)
    return {};
  z.next_in = bytes_of(packed);
  z.avail_in = static_cast<uInt>(packed.size());
  unpacked out;
  out.bytes.emplace();
  std::array<char, 16 * 1024> part; // filled by inflate
  int state = Z_OK;
  while (state == Z_OK && out.bytes->size() <= bytes_max) {
    z.next_out = bytes_of(part.data());
    z.avail_out = static_cast<uInt>(part.size());
    state = ::inflate(&z, Z_NO_FLUSH);
    out.bytes->append(part.data(), part.size() - z.avail_out);
  }
  out.too_large = out.bytes->size() > bytes_max;
  if (out.too_large || state != Z_STREAM_END || z.avail_in > 0)
    out.bytes.reset();
  ::inflateEnd(&z);
  return out;
}

std::string gzip(std::string_view text) {
  z_stream z{};
  std::string out;
  constexpr int memory = 8;
  if (::deflateInit2(&z, Z_BEST_SPEED, Z_DEFLATED, gzip_format, memory,
                     Z_DEFAULT_STRATEGY)
      != Z_OK)
    return out;
  out.resize(::deflateBound(&z, static_cast<uLong>(text.size())));
  z.next_in = bytes_of(text);
  z.avail_in = static_cast<uInt>(text.size());
  z.next_out = bytes_of(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  ::deflate(&z, Z_FINISH);
  out.resize(out.size() - z.avail_out);
  ::deflateEnd(&z);
  return out;
}

} // namespace fairlead::http
