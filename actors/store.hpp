#pragma once

#include "actors/core/team.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace fairlead {

/// The key of an entity on `state`: team U+001F kind U+001F id.
[[nodiscard]] std::string state_key(std::string_view team, entity_kind kind,
                                    std::string_view id);

/// The key of the partition's meta record; no team is empty, so none has it.
inline constexpr std::string_view meta_key = "\x1fmeta";

/// The committed snapshots of one partition, as bytes, in the order of their
/// keys: a team's stand together, by kind and id. One writer, the partition's
/// thread, between batches; read by whoever holds a step.
class snapshot_store {
public:
  void put(std::string key, std::string value);
  void erase(std::string_view key);
  [[nodiscard]] std::optional<std::string_view>
  find(std::string_view key) const;
  /// Entries whose keys start with `prefix` and are greater than `after`,
  /// until `each` returns false.
  void scan(std::string_view prefix, std::string_view after,
            const std::function<bool(std::string_view key,
                                     std::string_view value)>& each) const;
  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  void clear();

private:
  std::map<std::string, std::string, std::less<>> entries_;
  std::size_t bytes_ = 0;
};

/// One team's part of the store.
class team_snapshots final : public entity_source {
public:
  team_snapshots(const snapshot_store& store, std::string team)
    : store_{store}, team_{std::move(team)} {}
  [[nodiscard]] std::optional<std::string_view>
  find(entity_kind kind, std::string_view id) const override;
  void
  scan(entity_kind kind, std::string_view after,
       const std::function<bool(std::string_view id, std::string_view bytes)>&
         each) const override;

private:
  const snapshot_store& store_;
  std::string team_;
};

} // namespace fairlead
