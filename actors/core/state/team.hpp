#pragma once

#include "actors/core/state/agent.hpp"
#include "actors/core/state/call.hpp"
#include "actors/core/state/lead.hpp"
#include "actors/core/state/rotation.hpp"
#include "messages/documents.hpp"
#include "messages/zones.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

namespace fairlead {

/// What a stored entity is; the letter is its kind in the keys of `state`.
/// The order of the first four is that of timers due together (R1).
enum class entity_kind : char {
  team = 'C', /// the team itself: its counters and its timers
  agent = 'A',
  lead = 'L',
  call = 'K',
  document = 'D',
  pool = 'P',
  person = 'I',  /// one phone or e-mail -> its leads
  opt_out = 'O', /// one phone or e-mail that wants nothing more (R18), hashed
};

/// One entity's name inside its team.
struct entity_name {
  entity_kind kind = entity_kind::team;
  std::string id;
  friend bool operator==(const entity_name&, const entity_name&) = default;
};

/// True if entities of that kind have timers.
[[nodiscard]] bool has_timers(entity_kind k);

/// Orders as R1 orders timers due together: team, agent, lead, call, by id.
struct by_kind_and_id {
  bool operator()(const entity_name& a, const entity_name& b) const;
};

/// The committed snapshots of one team, as bytes. Does not change while a
/// batch is open.
class entity_source {
public:
  virtual ~entity_source() = default;
  [[nodiscard]] virtual std::optional<std::string_view>
  find(entity_kind kind, std::string_view id) const = 0;
  /// All of a kind, in order of id (bytes), with ids greater than `after`,
  /// until `each` returns false.
  virtual void
  scan(entity_kind kind, std::string_view after,
       const std::function<bool(std::string_view id, std::string_view bytes)>&
         each) const = 0;
};

/// Whether an entity is already among those that have changed, and how large
/// its last snapshot is.
struct change_marks {
  bool in_step = false;
  bool in_batch = false;
  std::uint32_t stored_bytes = 0;
};

/// A live entity: its state, and the batch that used it last.
template <class State>
struct cell {
  State state{};
  std::uint64_t used = 0;
  change_marks marks;
};

/// Live entities by id. A cell stays where it is; their order means nothing.
template <class State>
using cells = std::unordered_map<std::string, cell<State>>;

/// Mass work that is left over (R17, R11): done in steps of at most 200.
struct mass_work {
  enum class what : std::uint8_t { leads_with_tasks, open_leads, waiting };
  what kind = what::waiting;
  std::string agent_id;       /// whose leads (R17)
  std::string after;          /// the last lead id looked at
  std::uint64_t after_no = 0; /// the last waiting place looked at (R11)
  friend bool operator==(const mass_work&, const mass_work&) = default;
};

/// What a team counts and remembers besides its entities.
struct team_counters {
  std::uint64_t sequence = 0; /// of its outputs (R3)
  instant now;                /// of its last step (R1)
  std::uint64_t waiting_last = 0;
  std::uint64_t cover_last = 0;
  std::int64_t documents_applied = 0;
  std::uint64_t leads_unconfigured = 0; /// while there is no document (R15)
  std::uint64_t parked = 0;             /// events parked (R15)
  std::uint64_t timers_fired = 0;       /// makes each timer's name unique
  std::optional<instant> retry_at;      /// R11
  std::vector<mass_work> mass;
  instant mass_due;
  seen_window<64> seen;
  friend bool operator==(const team_counters&, const team_counters&) = default;
};

[[nodiscard]] std::optional<instant> next_due(const team_counters& c);

/// One phone or e-mail: its leads, the one received last at the end (R12).
struct person_state {
  std::vector<std::string> leads;
  friend bool operator==(const person_state&, const person_state&) = default;
};

/// The keys of the index: of a phone (E.164) and of an e-mail.
[[nodiscard]] std::string phone_key(std::string_view e164);
[[nodiscard]] std::string email_key(std::string_view email);
/// What an opt-out is kept under: for ever, so not by what it is about (R15).
[[nodiscard]] std::string opt_out_hash(std::string_view team,
                                       std::string_view key);

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

  /// A new document is in force: pools are reconfigured (R9, R10).
  void configure(team_document d);

  // -- rotations --------------------------------------------------------------

  [[nodiscard]] const rotation& rotation_of(const std::string& pool) const;
  void use_turn(const std::string& pool, const rotation_choice& c);

  // -- roster -----------------------------------------------------------------

  [[nodiscard]] const std::map<std::string, cell<agent_state>>& roster() const {
    return roster_;
  }
  /// Nullptr: not configured.
  [[nodiscard]] const agent_state* agent(const std::string& id) const;
  /// For the agent actor; makes an empty one.
  [[nodiscard]] cell<agent_state>& agent_cell(const std::string& id);
  /// Takes back the cell of an agent that turned out not to exist.
  void drop_empty_agent(const std::string& id) { roster_.erase(id); }
  [[nodiscard]] bool is_active(const std::optional<std::string>& id) const;

  // -- leads and calls --------------------------------------------------------

  /// The lead's head, without decoding it; nothing for one never heard of.
  [[nodiscard]] std::optional<lead_head> head(const std::string& lead) const;
  /// For the lead actor; an empty one if there is none.
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
  [[nodiscard]] const person_state& person(const std::string& key);
  void add_person(const std::string& key, const std::string& lead);
  void drop_person(const std::string& key, const std::string& lead);
  [[nodiscard]] bool opted_out(const std::string& hash);
  void set_opted_out(const std::string& hash, bool out);

  // -- counters ---------------------------------------------------------------

  [[nodiscard]] const team_counters& counters() const {
    return counters_.state;
  }
  /// For the team's own steps and the supervisor.
  [[nodiscard]] team_counters& change_counters();

  // -- what a step and a batch changed ----------------------------------------

  /// An entity has changed; whoever applies a record says so.
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
  /// The same, by how many batches ago they were used; the last counts all
  /// that are older.
  using ages = std::array<std::size_t, 64>;
  void count_ages(std::uint64_t batch, ages& counts) const;
  /// Lets go of unchanged entities not used since that batch; `gone` hears of
  /// leads and calls.
  void passivate(std::uint64_t before_batch,
                 const std::function<void(const entity_name&)>& gone);
  void begin_batch(std::uint64_t batch) { batch_ = batch; }

private:
  void load();

  std::string id_;
  const entity_source& stored_;
  std::uint64_t batch_ = 0;
  std::optional<team_document> document_;
  change_marks document_marks_;
  const zone* zone_ = nullptr;
  std::map<std::string, cell<rotation>> rotations_;
  std::map<std::string, cell<agent_state>> roster_;
  cells<lead_state> leads_;
  cells<call_state> calls_;
  cells<person_state> people_;
  cells<bool> opt_outs_;
  std::map<std::uint64_t, std::string> waiting_;
  cell<team_counters> counters_;
  std::vector<entity_name> touched_; /// in this step, of those with timers
  std::vector<entity_name> changed_; /// since the last commit
  std::size_t changed_bytes_ = 0;
};

/// What a stored snapshot says without being decoded: its next timer, and of
/// a lead its head.
[[nodiscard]] std::optional<instant> stored_due(entity_kind kind,
                                                std::string_view bytes);
[[nodiscard]] lead_head stored_head(std::string_view bytes);

} // namespace fairlead
