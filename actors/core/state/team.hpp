#pragma once

#include "actors/core/state/agent.hpp"
#include "actors/core/state/call.hpp"
#include "actors/core/state/conditions.hpp"
#include "actors/core/state/entity.hpp"
#include "actors/core/state/lead.hpp"
#include "actors/core/state/live_cells.hpp"
#include "actors/core/state/person.hpp"
#include "actors/core/state/rotation.hpp"
#include "actors/core/state/team_counters.hpp"
#include "messages/documents.hpp"
#include "messages/zones.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

namespace fairlead {

/// The kind of the entities that have a state of that type and an actor.
template <class State>
requires(
  std::is_same_v<
    State,
    agent_state> || std::is_same_v<State, lead_state> || std::is_same_v<State, call_state>) inline constexpr entity_kind
  kind_of = std::is_same_v<State, agent_state>  ? entity_kind::agent
            : std::is_same_v<State, lead_state> ? entity_kind::lead
                                                : entity_kind::call;

/// All that one team is: the working state that a step carries with it. Only
/// the holder of the step may read or change it; what belongs to a lead, an
/// agent or a call is changed by its actor alone. Reads snapshots on demand.
///
/// States are changed by apply() only. What has no fields of its own is set
/// here: the document in force, and whether somebody has opted out.
class team_state {
public:
  team_state(std::string team, const entity_source& stored);

  [[nodiscard]] const std::string& id() const { return id_; }

  // -- configuration ----------------------------------------------------------

  [[nodiscard]] const std::optional<team_document>& document() const {
    return document_;
  }
  /// The team's region and zone, or the defaults of an unknown team.
  [[nodiscard]] const std::string& region() const;
  [[nodiscard]] const zone& time_zone() const { return *zone_; }
  [[nodiscard]] const pool_document* pool(const std::string& id) const;
  [[nodiscard]] const zone& zone_of(const agent_state& a) const;
  /// R19: the document's version, else the number of documents applied.
  [[nodiscard]] std::int64_t config_version() const;

  /// The team's holidays, sorted (R49).
  [[nodiscard]] const std::vector<int>& holidays() const;
  /// The conditions of the document's rules as they are compared, in the rules'
  /// order (R4). They come of the document and are not stored.
  [[nodiscard]] const std::vector<read_conditions>& conditions() const {
    return conditions_;
  }

  /// A new document is in force at that time: pools are reconfigured, what was
  /// taken out is remembered for a while (R9, R10).
  void configure(team_document d, instant at);

  // -- rotations --------------------------------------------------------------

  [[nodiscard]] const rotation& rotation_of(const std::string& pool) const;
  void use_turn(const std::string& pool, const rotation_choice& c);

  // -- roster -----------------------------------------------------------------

  [[nodiscard]] const std::map<std::string, cell<agent_state>>& roster() const {
    return roster_;
  }
  /// Nullptr: not configured.
  [[nodiscard]] const agent_state* agent(const std::string& id) const;
  /// For the agent's actor; makes an empty one.
  [[nodiscard]] cell<agent_state>& agent_cell(const std::string& id);
  /// Takes back the cell of an agent that turned out not to exist.
  void drop_empty_agent(const std::string& id) { roster_.erase(id); }
  [[nodiscard]] bool is_active(const std::optional<std::string>& id) const;

  // -- leads and calls --------------------------------------------------------

  /// The lead's head, without decoding it; nothing for one never heard of.
  [[nodiscard]] std::optional<lead_head> head(const std::string& lead) const;
  /// For the lead's actor; an empty one if there is none.
  [[nodiscard]] cell<lead_state>& lead_cell(const std::string& id);
  [[nodiscard]] cell<call_state>& call_cell(const std::string& id);
  template <class State>
  [[nodiscard]] cell<State>& cell_of(const std::string& id) {
    if constexpr (kind_of<State> == entity_kind::agent)
      return agent_cell(id);
    else if constexpr (kind_of<State> == entity_kind::lead)
      return lead_cell(id);
    else
      return call_cell(id);
  }
  /// Leads in order of id after `after`, live ones as they are now.
  void scan_leads(const std::string& after,
                  const std::function<bool(const std::string& id,
                                           const lead_head&)>& each) const;
  /// Waiting leads, oldest first: place and id.
  [[nodiscard]] const std::map<std::uint64_t, std::string>& waiting() const {
    return waiting_;
  }
  void set_waiting(std::uint64_t no, const std::string& lead);
  void drop_waiting(std::uint64_t no);

  // -- people (R12) and opt-outs (R18) ----------------------------------------

  /// Holds until the next change of it.
  [[nodiscard]] const person_state& person(const person_key& key);
  void add_person(const person_key& key, const std::string& lead);
  void drop_person(const person_key& key, const std::string& lead);
  /// False: nobody has opted out, so no hash needs to be looked for.
  [[nodiscard]] bool any_opted_out() const;
  [[nodiscard]] bool opted_out(const std::string& hash);
  void set_opted_out(const std::string& hash, bool out);

  // -- counters ---------------------------------------------------------------

  [[nodiscard]] const team_counters& counters() const {
    return counters_.state;
  }
  template <class Record>
  void change(const Record& r) {
    apply(counters_.state, r);
    touch(entity_kind::team, "", counters_.marks);
  }

  // -- what a step and a batch changed ----------------------------------------

  /// An entity has changed: a record was applied to it.
  void touch(entity_kind kind, const std::string& id, change_marks& marks);
  /// Of everything touched since the last call that may have timers: when its
  /// next one is due.
  void take_timers(const std::function<void(const entity_name&,
                                            std::optional<instant> due)>& each);
  /// Snapshots of everything changed since the last commit: an empty value is
  /// a tombstone. The entities count as unchanged afterwards.
  void take_snapshots(
    const std::function<void(const entity_name&, std::string bytes)>& each);
  /// About what the snapshots of everything changed since the last call take.
  [[nodiscard]] std::size_t take_changed_bytes() {
    return std::exchange(changed_bytes_, 0);
  }
  /// Drops a lead or a call that R15 forgets; its snapshot is a tombstone.
  void forget(const entity_name& e);
  /// Number of live lead, call, person and opt-out entities.
  [[nodiscard]] std::size_t live() const;
  /// Adds them to the counts of their ages.
  void count_ages(std::uint64_t batch, ages& counts) const;
  /// Lets go of unchanged entities not used since that batch; `gone` hears of
  /// leads and calls.
  void passivate(std::uint64_t before_batch,
                 const std::function<void(const entity_name&)>& gone);
  void begin_batch(std::uint64_t batch) { batch_ = batch; }

private:
  [[nodiscard]] cell<person_state>* find_person(const person_key& key);
  void load();
  void put_in_force(team_document d);

  std::string id_;
  const entity_source& stored_;
  std::uint64_t batch_ = 0;
  std::optional<team_document> document_;
  change_marks document_marks_;
  const zone* zone_ = nullptr;
  std::vector<read_conditions> conditions_;
  std::map<std::string, cell<rotation>> rotations_;
  std::map<std::string, cell<agent_state>> roster_;
  live_cells<lead_state> leads_;
  live_cells<call_state> calls_;
  live_cells<person_state> people_;
  std::unordered_map<std::string, cell<bool>> opt_outs_;
  std::map<std::uint64_t, std::string> waiting_;
  cell<team_counters> counters_;
  std::vector<entity_name> touched_; /// in this step, of those with timers
  std::vector<entity_name> changed_; /// since the last commit
  std::size_t changed_bytes_ = 0;
};

} // namespace fairlead
