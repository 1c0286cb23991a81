#include "actors/partition/meta_record.hpp"

#include "actors/core/invariant.hpp"
#include "actors/core/state/archive.hpp"
#include "actors/core/state/snapshot.hpp"

namespace fairlead {

std::string encode_meta(input_positions positions) {
  growing_text out{32};
  out.put(static_cast<char>(snapshot_format));
  archive_writer a{out};
  for (auto& p : positions)
    field(a, p);
  return out.take();
}

input_positions decode_meta(std::string_view bytes) {
  require(!bytes.empty()
            && static_cast<unsigned char>(bytes.front()) == snapshot_format,
          "the state was written in another format");
  archive_reader a{bytes.substr(1)};
  input_positions positions{};
  for (auto& p : positions)
    field(a, p);
  return positions;
}

} // namespace fairlead
