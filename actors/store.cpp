#include "actors/store.hpp"

namespace fairlead {
namespace {

constexpr char separator = '\x1f';

} // namespace

std::string state_key(std::string_view team, entity_kind kind,
                      std::string_view id) {
  std::string key{team};
  key += separator;
  key += static_cast<char>(kind);
  key += separator;
  key += id;
  return key;
}

void snapshot_store::put(std::string key, std::string value) {
  bytes_ += value.size();
  auto [it, fresh] = entries_.try_emplace(std::move(key));
  bytes_ += fresh ? it->first.size() : 0;
  bytes_ -= it->second.size();
  it->second = std::move(value);
}

void snapshot_store::erase(std::string_view key) {
  auto it = entries_.find(key);
  if (it == entries_.end())
    return;
  bytes_ -= it->first.size() + it->second.size();
  entries_.erase(it);
}

std::optional<std::string_view>
snapshot_store::find(std::string_view key) const {
  auto it = entries_.find(key);
  if (it == entries_.end())
    return std::nullopt;
  return it->second;
}

void snapshot_store::scan(
  std::string_view prefix, std::string_view after,
  const std::function<bool(std::string_view, std::string_view)>& each) const {
  auto it = after > prefix ? entries_.upper_bound(after)
                           : entries_.lower_bound(prefix);
  for (; it != entries_.end() && it->first.starts_with(prefix); ++it)
    if (!each(it->first, it->second))
      return;
}

void snapshot_store::clear() {
  entries_.clear();
  bytes_ = 0;
}

std::optional<std::string_view>
team_snapshots::find(entity_kind kind, std::string_view id) const {
  return store_.find(state_key(team_, kind, id));
}

void team_snapshots::scan(
  entity_kind kind, std::string_view after,
  const std::function<bool(std::string_view, std::string_view)>& each) const {
  auto prefix = state_key(team_, kind, "");
  store_.scan(prefix, prefix + std::string{after},
              [&](std::string_view key, std::string_view value) {
                return each(key.substr(prefix.size()), value);
              });
}

} // namespace fairlead
