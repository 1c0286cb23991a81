#include "connectors/kafka/dead_letters.hpp"

#include <algorithm>

namespace fairlead::kafka {
namespace {

/// The topic's name in the headers. The last one is ours: the original may have
/// been a dead letter of somebody else.
std::string* original_topic(std::vector<header>& headers) {
  auto at = std::find_if(headers.rbegin(), headers.rend(), [](const header& h) {
    return h.first == "kafka_dlt-original-topic";
  });
  return at == headers.rend() || !at->second ? nullptr : &*at->second;
}

} // namespace

new_record to_kafka(const settings& s, new_record dead_letter) {
  if (auto* name = original_topic(dead_letter.headers))
    if (auto t = topic_named(*name))
      *name = topic_name(s, *t);
  return dead_letter;
}

raw_record from_kafka(const settings& s, raw_record dead_letter) {
  if (auto* name = original_topic(dead_letter.headers))
    for (std::size_t i = 0; i < topic_count; ++i)
      if (*name == topic_name(s, static_cast<topic>(i))) {
        *name = name_of(static_cast<topic>(i));
        break;
      }
  return dead_letter;
}

} // namespace fairlead::kafka
