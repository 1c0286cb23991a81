#pragma once

#include "messages/records.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace fairlead::board {

/// The latest records of all topics as they were written, and which of them
/// are about what. Bounded in bytes: the oldest go first.
class recent {
public:
  explicit recent(std::size_t bytes_max) : bytes_max_{bytes_max} {}

  /// What a record is about: a lead, a call, an agent or the event that it came
  /// of, each in its team.
  enum class about : char { team = 'T', lead = 'L', call = 'C', cause = 'E' };
  struct key {
    about what = about::team;
    std::string id;
  };

  void add(const std::string& team, raw_record r, const std::vector<key>& keys);

  /// The records about it, oldest first, the last `max` of those before number
  /// `before` (0: the newest).
  struct numbered {
    std::uint64_t no = 0;
    const raw_record* record = nullptr;
  };
  [[nodiscard]] std::vector<numbered> of(const std::string& team,
                                         const key& what, std::size_t max,
                                         std::uint64_t before = 0) const;

  /// Where the records of a partition begin that are still here: those before
  /// have gone.
  [[nodiscard]] std::int64_t from(topic on, std::int32_t partition) const;

private:
  struct entry {
    raw_record record;
    std::vector<const std::string*> keys; /// those of by_
    std::size_t bytes = 0;
  };

  std::size_t bytes_max_, bytes_ = 0;
  std::uint64_t first_ = 1; /// the number of the oldest
  std::deque<entry> all_;
  /// The numbers of a key's records; most keys have few. Those before `begin`
  /// have gone.
  struct chain {
    std::vector<std::uint64_t> nos;
    std::size_t begin = 0;
  };
  std::unordered_map<std::string, chain> by_;
  std::map<std::pair<topic, std::int32_t>, std::int64_t> from_;
};

} // namespace fairlead::board
