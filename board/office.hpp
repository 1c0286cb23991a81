#pragma once

#include "actors/core/state/team.hpp"
#include "board/reach_index.hpp"
#include "board/snapshot_set.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace fairlead::board {

/// How many leads somebody owns.
struct lead_counts {
  std::size_t open = 0, closed = 0;
};

/// One team as the topic `state` has it: its snapshots as bytes, and what they
/// are found by. The one place that reads snapshots, with the core's own
/// reader. Not safe from several threads.
class office final : public entity_source {
public:
  explicit office(std::string id) : id_{std::move(id)} {}

  [[nodiscard]] const std::string& id() const { return id_; }

  /// A record of `state`. Throws invariant_error on a format that is not read.
  void put(entity_kind kind, std::string_view id, std::string_view bytes);
  void erase(entity_kind kind, std::string_view id);

  /// The team as the engine sees it, for the core's own questions. Holds until
  /// the next put or erase.
  [[nodiscard]] const team_state& view();

  // -- leads ------------------------------------------------------------------

  [[nodiscard]] const snapshot_set& leads() const { return leads_; }
  /// Nothing: there is no such lead.
  [[nodiscard]] std::optional<lead_state> lead(std::string_view id) const;
  /// The leads that keep this phone (as messages/phone.hpp keeps it) or e-mail
  /// (in lower case).
  [[nodiscard]] std::vector<std::string> leads_by(std::string_view reach) const;
  /// Those that wait for an owner, by their place.
  [[nodiscard]] const std::map<std::uint64_t, std::string>& waiting() const {
    return waiting_;
  }
  /// Those with open tasks.
  [[nodiscard]] const std::set<std::string, std::less<>>& with_tasks() const {
    return with_tasks_;
  }
  [[nodiscard]] lead_counts owned_by(const std::string& agent) const;

  // -- calls ------------------------------------------------------------------

  /// Calls that ring, wait or talk.
  [[nodiscard]] const std::set<std::string, std::less<>>& live_calls() const {
    return live_calls_;
  }
  [[nodiscard]] std::optional<call_state> call(std::string_view id) const;

  // -- entity_source: what view() is made from --------------------------------

  [[nodiscard]] std::optional<std::string_view>
  find(entity_kind kind, std::string_view id) const override;
  [[nodiscard]] bool any(entity_kind kind) const override;
  /// Nobody: nothing that the view answers looks for a person.
  [[nodiscard]] std::optional<std::string_view>
  keeper_of(std::string_view /*key*/) const override {
    return std::nullopt;
  }
  /// Of leads only those that wait: a team asks for no others.
  void
  scan(entity_kind kind, std::string_view after,
       const std::function<bool(std::string_view id, std::string_view bytes)>&
         each) const override;

private:
  void index_lead(const snapshot_entry& e, bool there);
  [[nodiscard]] snapshot_set& of(entity_kind kind);

  std::string id_;
  snapshot_set leads_;
  std::map<entity_kind, snapshot_set> others_;
  reach_index reach_;
  std::map<std::uint64_t, std::string> waiting_;
  std::set<std::string, std::less<>> with_tasks_, live_calls_;
  std::unordered_map<std::string, lead_counts> owned_;
  std::unique_ptr<team_state> view_; // null: something has changed
};

} // namespace fairlead::board
