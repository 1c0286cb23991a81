#pragma once

#include "connectors/embedded/log.hpp"
#include "tests/embedded/temp_folder.hpp"

#include <unistd.h>

#include <atomic>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace fairlead::test {

using verdict = event_sink::verdict;

/// A record of this moment: retention looks at the time of what was committed,
/// and takes one of 1970 whenever its turn comes.
inline new_record record(topic on, std::string key, std::string value) {
  new_record r;
  r.timestamp = std::chrono::floor<std::chrono::milliseconds>(
    std::chrono::system_clock::now());
  r.on = on;
  r.key = std::move(key);
  r.value = std::move(value);
  return r;
}

inline verdict append(event_sink& log, topic on, std::string key,
                      std::string value) {
  std::string why;
  return log.append({record(on, std::move(key), std::move(value))}, why);
}

/// Settings with a clock that the test moves.
struct moved_clock {
  std::atomic<std::int64_t> ms{1'700'000'000'000};
  [[nodiscard]] std::function<instant()> reading() {
    return [this] { return at_ms(ms); };
  }
};

inline embedded::settings settings_for(const std::string& folder) {
  embedded::settings s;
  s.folder = folder;
  return s;
}

/// All state of a log, as an engine would see it.
inline std::vector<std::pair<std::string, std::string>>
state_of(embedded::log& log) {
  std::vector<std::pair<std::string, std::string>> out;
  log.restore([&](std::string_view k, std::optional<std::string_view> v) {
    out.emplace_back(k, v.value_or("(none)"));
  });
  return out;
}

/// The values of a topic, from its beginning.
inline std::vector<std::string> values_of(embedded::log& log, topic on) {
  std::vector<std::string> out;
  std::int64_t after = -1;
  for (;;) {
    auto page = log.read(
      on, "", after, {.records_max = 1000, .bytes_max = 1 << 20, .wait = {}});
    if (page.records.empty() && page.next == after)
      return out;
    for (const auto& r : page.records)
      out.push_back(r.record.value.value_or("(none)"));
    after = page.next;
  }
}

} // namespace fairlead::test
