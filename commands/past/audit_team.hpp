#pragma once

#include "actors/partition/journal.hpp"
#include "messages/documents.hpp"
#include "messages/inputs.hpp"
#include "messages/outputs.hpp"
#include "messages/records.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace fairlead {

/// What the audit of a team, or of all teams, found.
struct audit_counts {
  std::uint64_t leads = 0, assigned = 0, unassigned = 0;
  std::uint64_t transfers = 0, connected = 0, missed = 0, open = 0;
  std::uint64_t tasks = 0, repeated = 0, outputs = 0, choices = 0, rings = 0;
  std::vector<std::string> faults;
};

/// One team's part of the audit: what came in, in the order of the journal, and
/// what went out, in the order of its sequence. Both are compared at the end.
/// Keeps a few bytes for each event.
class audit_team {
public:
  explicit audit_team(std::string id) : id_{std::move(id)} {}

  /// A step that handled an event of this team, under that edition of the
  /// rules; `where` is the place where the event was first written.
  /// `forwarded`: it was read from there by the team's own partition (R47); the
  /// step that sent it on comes too, before or after, and means nothing.
  void input(const input_event& e, const position& where, instant now,
             int edition, bool forwarded = false);
  /// A step that handled a timer of this entity.
  void timer(const entity_name& entity, instant now);
  /// An output that is not a dead letter.
  void output(const raw_record& r);

  /// `until`: the latest time in the journal; `rejected`: the inputs that
  /// became dead letters.
  [[nodiscard]] audit_counts finish(instant until,
                                    const std::set<position>& rejected);

private:
  // -- what a step of an input or a timer means to P4 and P5 ------------------
  struct frees_leg {
    std::string call, leg;
  };
  /// The agent who won the call; legs that still ring end by ring.cancelled.
  struct frees_winner {
    std::string call;
  };
  struct undoes_win {
    std::string call, leg;
  };
  /// A machine ends a leg, and takes a win back (R33).
  struct finds_machine {
    std::string call, leg;
  };
  /// Names the fallback numbers of a routing, unless they are the team's.
  struct starts_routing {
    std::string call;
    std::optional<std::vector<std::optional<fallback_entry>>> numbers;
  };
  struct configures {
    team_document document;
  };
  struct no_effect {};
  using effect = std::variant<no_effect, frees_leg, frees_winner, undoes_win,
                              finds_machine, starts_routing, configures>;
  struct taken_step {
    std::string source; /// of the event
    std::string cause;
    bool is_timer = false;
    int edition = 1;
    instant now;
    position where;
    bool forwarded = false;
    effect what;
  };

  // -- what an output means to them -------------------------------------------
  /// Whom or what a leg rings.
  struct target {
    std::string call;
    std::string agent; /// empty: a number that is nobody's
    dialled number;
  };
  struct ring_begins {
    std::string call;
    std::vector<std::pair<std::string, target>> legs; /// by leg
  };
  struct ring_ends {
    std::string call;
    std::vector<std::string> legs;
  };
  struct won {
    std::string leg;
    target who;
  };
  struct missed {
    std::string call;
  };
  struct choice {
    std::string pool;
    std::int64_t v = 0;
    std::vector<std::pair<std::string, std::int64_t>> eligible; /// and pass
  };
  struct written {
    std::uint64_t sequence = 0;
    std::string cause;
    instant time;
    std::variant<ring_begins, ring_ends, won, missed, choice> what;
  };

  // -- what is known of calls, tasks and pools --------------------------------
  enum class verdict : std::uint8_t {
    connected,
    missed,
    corrected_to_success,
    corrected_to_miss
  };
  struct task_link {
    std::uint64_t sequence = 0;
    std::string task, lead;
  };
  struct call_facts {
    std::uint64_t connected = 0, missed = 0;
    /// What became of its routings, and what corrected it, by sequence.
    std::vector<std::pair<std::uint64_t, verdict>> verdicts;
    std::string lead; /// of its misses
    /// The call_back tasks of the call: its own, and those that it repeats.
    std::vector<task_link> tasks;
    /// Until then the transfer may be undecided.
    std::optional<instant> open_until;
  };
  struct task_facts {
    std::optional<std::uint64_t> created, cancelled; /// at which sequence
  };
  using fallback_list = std::shared_ptr<const std::vector<fallback_entry>>;
  struct ringing {
    std::map<std::string, target> legs;            /// by leg
    std::map<std::string, target> connected;       /// by call
    std::map<std::string, std::string> winners;    /// call -> leg
    std::set<std::string> over;                    /// legs that ended too early
    std::set<std::string> missed;                  /// calls
    std::map<std::string, fallback_list> fallback; /// by call
  };
  struct gone_weight {
    std::int64_t weight = 1;
    instant left;
  };
  struct weights {
    std::int64_t u = 1; /// R5
    std::int64_t catch_up_turns = 0;
    std::map<std::string, std::int64_t> of;  /// the members'
    std::map<std::string, gone_weight> gone; /// who may come back (R9)
  };

  struct asked_transfer {
    std::string call;
    position where;
    bool repeats = false; /// has the source and id of an event before
  };

  /// Whether an event before it, and not itself on its way, has its source and
  /// id.
  [[nodiscard]] bool repeats(const input_event& e, const position& where) const;
  void check_leads(audit_counts& c, const std::set<position>& rejected);
  void check_calls(audit_counts& c, instant until,
                   const std::set<position>& rejected);
  void check_task(audit_counts& c, const std::string& call,
                  call_facts& f) const;
  void check_sequence(audit_counts& c);
  void check_order(audit_counts& c, const std::set<position>& rejected);
  void apply(const taken_step& s, ringing& now);
  void apply(const written& w, int edition, ringing& now, audit_counts& c);
  void configure(const team_document& d, instant at, int edition);
  void reweigh(weights& w, const pool_document* pool, instant at, int edition);
  void check_ring(const target& t, int edition, const ringing& now,
                  audit_counts& c) const;
  void check_choice(const choice& w, std::uint64_t sequence, audit_counts& c);
  void fault(audit_counts& c, std::string sentence) const;

  std::string id_;
  std::vector<taken_step> steps_;
  std::set<position> forwarded_; /// first places of what was forwarded
  std::vector<written> written_;
  std::vector<std::uint64_t> sequences_;
  std::vector<std::pair<std::string, position>> leads_;
  std::set<std::string> assigned_, unassigned_;
  std::vector<asked_transfer> transfers_;
  std::map<std::string, call_facts> calls_;
  std::map<std::string, task_facts> task_facts_;
  // While the order is checked: what the documents so far have said.
  std::map<std::string, weights> pools_;
  std::optional<std::int64_t> version_; /// the highest known (R45)
  std::string region_ = "US";
  fallback_list fallback_; /// the team's; null: no document came
  std::map<std::string, std::set<std::string>> eligible_before_;
  std::set<std::string> causes_, journal_causes_;
  std::vector<std::string> unreadable_;
  std::uint64_t tasks_ = 0, repeated_ = 0, rings_ = 0;
};

} // namespace fairlead
