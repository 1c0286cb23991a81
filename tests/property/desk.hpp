#pragma once

#include "actors/partition/partition.hpp"
#include "messages/wire/decode.hpp"
#include "tests/simulation/generate.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace fairlead::test {

/// What came of the steps that one call made.
struct desk_result {
  std::vector<output> outputs;
  std::vector<std::string> dead; /// reasons of dead letters
  std::size_t steps = 0;

  template <class Output>
  [[nodiscard]] std::vector<Output> all() const {
    std::vector<Output> found;
    for (const auto& o : outputs)
      if (const auto* x = std::get_if<Output>(&o.body))
        found.push_back(*x);
    return found;
  }
  template <class Output>
  [[nodiscard]] std::size_t count() const {
    return all<Output>().size();
  }
};

/// A partition that is worked on the spot and in virtual time: no log, no
/// actors, no CAF. What it would write is looked at and thrown away.
class desk {
public:
  explicit desk(partition::settings s = default_settings());

  /// Publishes an event and takes it up, in a batch of its own; the timers
  /// that are due before come first (R1).
  desk_result take(const wish& w, instant at, std::vector<header> headers = {});
  desk_result take(topic on, std::string_view type, const std::string& team,
                   const std::string& data, instant at);
  /// Publishes for a batch with others, made by work().
  void publish(const wish& w, instant at, std::vector<header> headers = {});
  desk_result work();
  /// All timers that are due until then, in batches.
  desk_result pass(instant until);

  [[nodiscard]] partition& part() { return part_; }
  [[nodiscard]] history& writer() { return history_; }
  /// The largest value that was written to `state` (R15: 900 KiB).
  [[nodiscard]] std::size_t largest_snapshot() const { return largest_; }
  /// Told of each step that has made its visits, before it is finished.
  std::function<void(step&)> on_step;

  [[nodiscard]] static partition::settings default_settings() {
    return {.number = 0, .count = 1, .consumer_group = {}};
  }

private:
  void run(batch b, desk_result& r);

  partition part_;
  dice dice_{1};
  history history_{dice_, {}};
  std::vector<raw_record> waiting_;
  std::int64_t next_offset_ = 0;
  std::size_t largest_ = 0;
};

} // namespace fairlead::test
