#pragma once

#include "actors/core/state/entity.hpp"
#include "actors/core/state/snapshot.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

namespace fairlead {

/// Number of live entities, by how many batches ago they were used; the last
/// counts all that are older.
using ages = std::array<std::size_t, 64>;

template <class State>
[[nodiscard]] std::size_t age_of(const cell<State>& c, std::uint64_t batch) {
  return std::min<std::size_t>(batch - c.used, ages{}.size() - 1);
}

template <class State>
void read_stored(std::string_view bytes, cell<State>& c) {
  restore(bytes, c.state);
  c.marks.stored_bytes = static_cast<std::uint32_t>(bytes.size());
}

/// The live entities of one kind by id. Each is read from its snapshot at its
/// first touch and stays where it is; their order means nothing.
template <class State>
class live_cells {
public:
  live_cells(const entity_source& stored, entity_kind kind)
    : stored_{stored}, kind_{kind} {}

  /// Null: there is neither a live one nor a snapshot.
  [[nodiscard]] cell<State>* find(const std::string& id, std::uint64_t batch) {
    auto it = live_.find(id);
    if (it == live_.end()) {
      auto bytes = stored_.find(kind_, id);
      if (!bytes)
        return nullptr;
      it = live_.try_emplace(id).first;
      read_stored(*bytes, it->second);
    }
    it->second.used = batch;
    return &it->second;
  }

  /// The same; an empty one if there is none.
  [[nodiscard]] cell<State>& open(const std::string& id, std::uint64_t batch) {
    if (auto* c = find(id, batch))
      return *c;
    return add(id, batch);
  }

  /// An empty one: there is none.
  [[nodiscard]] cell<State>& add(const std::string& id, std::uint64_t batch) {
    auto& c = live_[id];
    c.used = batch;
    return c;
  }

  /// Null: it is not live.
  [[nodiscard]] cell<State>* if_live(const std::string& id) {
    auto it = live_.find(id);
    return it == live_.end() ? nullptr : &it->second;
  }
  [[nodiscard]] const cell<State>* if_live(const std::string& id) const {
    auto it = live_.find(id);
    return it == live_.end() ? nullptr : &it->second;
  }

  [[nodiscard]] std::size_t size() const { return live_.size(); }
  [[nodiscard]] auto begin() const { return live_.begin(); }
  [[nodiscard]] auto end() const { return live_.end(); }

  void count_ages(std::uint64_t batch, ages& counts) const {
    for (const auto& [unused, c] : live_)
      ++counts[age_of(c, batch)];
  }

  /// Lets go of those not used since that batch; `gone` hears of each.
  template <class Gone>
  void let_go(std::uint64_t before_batch, Gone gone) {
    for (auto it = live_.begin(); it != live_.end();) {
      if (it->second.used >= before_batch) {
        ++it;
        continue;
      }
      gone(it->first);
      it = live_.erase(it);
    }
  }

private:
  const entity_source& stored_;
  entity_kind kind_;
  std::unordered_map<std::string, cell<State>> live_;
};

} // namespace fairlead
