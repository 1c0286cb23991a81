#include "actors/partition/meta_record.hpp"

#include "actors/core/state/archive.hpp"
#include "actors/core/state/snapshot.hpp"

namespace fairlead {
namespace {

template <class A, class Meta>
void fields_of(A& a, Meta& m) {
  for (auto& p : m.positions)
    field(a, p);
  if (has_fields_of(a, 3))
    all(a, m.consumer_group, m.partitions);
}

} // namespace

std::string encode_meta(const meta_record& m) {
  growing_text out{64};
  out.put(static_cast<char>(snapshot_format));
  archive_writer a{out};
  auto copy = m;
  fields_of(a, copy);
  return out.take();
}

meta_record decode_meta(std::string_view bytes) {
  auto format = read_format(bytes);
  archive_reader a{bytes.substr(1), format};
  meta_record m;
  fields_of(a, m);
  return m;
}

} // namespace fairlead
