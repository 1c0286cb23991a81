#pragma once

#include "actors/core/state/team.hpp"
#include "actors/partition/entry_log.hpp"
#include "actors/partition/state_key.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead {

/// The committed snapshots of one partition, as bytes. One writer, the
/// partition's thread, between batches; read while a step is out. A view
/// that it gives holds until the next put or erase.
///
/// The bytes stand in a log, and an index of four bytes an entry tells where:
/// nothing is allocated per entity. Another of eight bytes each tells who keeps
/// a phone or an e-mail; it is made from the leads themselves.
class snapshot_store {
public:
  /// One team's entries.
  struct team;

  snapshot_store();
  ~snapshot_store();
  snapshot_store(const snapshot_store&) = delete;
  snapshot_store& operator=(const snapshot_store&) = delete;

  /// Makes it if there is none; it stays where it is.
  [[nodiscard]] const team& part_of(std::string_view team_id);
  /// Nobody looks into that part any more, and it may go if nothing is in it.
  void forget_if_empty(std::string_view team_id);

  void put(const state_name& name, std::string_view value);
  void erase(const state_name& name);
  [[nodiscard]] std::optional<std::string_view>
  find(const team& t, entity_kind kind, std::string_view id) const;
  [[nodiscard]] bool any(const team& t, entity_kind kind) const;
  /// As entity_source has it: of several leads the one that was put last.
  [[nodiscard]] std::optional<std::string_view>
  keeper_of(const team& t, std::string_view key) const;
  /// A team's entries of a kind, by id (bytes), those after `after`, until
  /// `each` returns false. What it takes to sort them is kept for the next
  /// call, until one of that kind comes or goes.
  void scan(const team& t, entity_kind kind, std::string_view after,
            const std::function<bool(std::string_view id,
                                     std::string_view value)>& each) const;

  using visitor
    = std::function<void(const state_name& name, std::string_view value)>;
  /// A team's entries of a kind, in no order that means anything.
  void each_of(const team& t, entity_kind kind, const visitor& each) const;
  /// All entries, in no order either.
  void each(const visitor& visit) const;
  using question
    = std::function<bool(entity_kind kind, std::string_view value)>;
  /// The next `max` entries at most, from where the last call ended, round and
  /// round: everything comes by in time. `wanted` is asked first, also of what
  /// has been replaced since: to find that out costs more than to ask.
  void sweep(std::size_t max, const question& wanted, const visitor& each);

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::size_t teams() const { return teams_.size(); }
  /// Of ids and values.
  [[nodiscard]] std::size_t bytes() const { return bytes_; }

private:
  [[nodiscard]] team& open(std::string_view team_id);
  void keep(team& t, entry_ref now);
  void let_go(team& t, entry_ref before);
  void tidy();

  entry_log log_;
  std::map<std::string, std::unique_ptr<team>, std::less<>> teams_;
  std::vector<team*> by_no_; /// null: the number is free
  std::vector<std::uint32_t> free_nos_;
  std::size_t size_ = 0;
  std::size_t bytes_ = 0;

  /// The ids of the last scan, sorted.
  struct sorted_ids {
    const team* of = nullptr;
    entity_kind kind = entity_kind::team;
    std::vector<std::string> ids;
  };
  mutable sorted_ids sorted_;
};

/// One team's part of the store.
class team_snapshots final : public entity_source {
public:
  team_snapshots(snapshot_store& store, std::string_view team)
    : store_{store}, team_{store.part_of(team)} {}
  [[nodiscard]] std::optional<std::string_view>
  find(entity_kind kind, std::string_view id) const override {
    return store_.find(team_, kind, id);
  }
  [[nodiscard]] bool any(entity_kind kind) const override {
    return store_.any(team_, kind);
  }
  [[nodiscard]] std::optional<std::string_view>
  keeper_of(std::string_view key) const override {
    return store_.keeper_of(team_, key);
  }
  void
  scan(entity_kind kind, std::string_view after,
       const std::function<bool(std::string_view id, std::string_view bytes)>&
         each) const override {
    store_.scan(team_, kind, after, each);
  }

private:
  const snapshot_store& store_;
  const snapshot_store::team& team_;
};

} // namespace fairlead
