#pragma once

#include "messages/topics.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::board {

/// Where the reading of a partition goes on after a restart.
struct reading_place {
  topic on = topic::leads;
  std::int32_t partition = 0;
  std::int64_t from = 0; /// from here on records are still shown
  std::int64_t next = 0; /// up to here everything is counted
  friend bool operator==(const reading_place&, const reading_place&) = default;
};

/// The sums of an hour of a team, in stored form (kept_form.hpp).
struct kept_hour {
  std::string team;
  std::int64_t hour = 0; /// since 1970
  std::string bytes;
};

/// Another thing that is known of a team's past, in stored form.
struct kept_thing {
  std::string team, kind, id;
  std::optional<std::string> bytes; /// none: it is known no more
};

/// What has changed since it was kept the last time.
struct kept_changes {
  std::vector<kept_hour> hours;
  std::vector<kept_thing> things;
  std::vector<reading_place> places;
  std::int64_t oldest_hour = 0; /// what is older goes
};

/// What keeps a board's past, so that it outlives the process, and the sums of
/// hours the topics. All but save() is called by one thread at a time; save()
/// by another one beside it. Throws std::runtime_error with one sentence.
class keeping {
public:
  virtual ~keeping() = default;

  [[nodiscard]] virtual std::vector<reading_place> places() = 0;
  virtual void each_thing(const std::function<void(const kept_thing&)>& each)
    = 0;
  /// Nothing: no sums are kept of that hour.
  [[nodiscard]] virtual std::optional<std::string> hour(const std::string& team,
                                                        std::int64_t hour)
    = 0;
  /// Those from `from` to before `to`, in their order.
  virtual void
  each_hour(const std::string& team, std::int64_t from, std::int64_t to,
            const std::function<void(std::int64_t, std::string_view)>& each)
    = 0;

  /// All of it, or nothing.
  virtual void save(const kept_changes& c) = 0;
};

} // namespace fairlead::board
