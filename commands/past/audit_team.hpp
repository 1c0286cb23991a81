#pragma once

#include "actors/partition/journal.hpp"
#include "messages/inputs.hpp"
#include "messages/records.hpp"

#include <cstdint>
#include <map>
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
  std::uint64_t tasks = 0, outputs = 0, choices = 0, rings = 0;
  std::vector<std::string> faults;
};

/// One team's part of the audit: what came in, in the order of the journal, and
/// what went out, in the order of its sequence. Both are compared at the end.
/// Keeps a few bytes for each event.
class audit_team {
public:
  explicit audit_team(std::string id) : id_{std::move(id)} {}

  /// A step that handled an event of this team; `where` is the place where the
  /// event was first written.
  void input(const input_event& e, const position& where, instant now);
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
  struct weights {
    std::int64_t u = 1;
    std::int64_t catch_up_turns = 0;
    std::map<std::string, std::int64_t> of;
  };
  struct sets_pools {
    std::map<std::string, weights> pools;
  };
  struct no_effect {};
  using effect
    = std::variant<no_effect, frees_leg, frees_winner, undoes_win, sets_pools>;
  struct taken_step {
    std::string cause;
    bool is_timer = false;
    instant now;
    position where;
    effect what;
  };

  // -- what an output means to them -------------------------------------------
  struct ring_begins {
    std::string call;
    std::vector<std::pair<std::string, std::string>> legs; /// leg, agent
  };
  struct ring_ends {
    std::string call;
    std::vector<std::string> legs;
  };
  struct won {
    std::string call, leg, agent;
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
    std::variant<ring_begins, ring_ends, won, choice> what;
  };

  struct call_facts {
    bool requested = false;
    std::uint64_t connected = 0, missed = 0, tasks = 0;
    std::uint64_t verdict_at = 0; /// the sequence of the latest verdict
    bool standing_miss = false;   /// and whether it is a miss
    std::optional<instant> expires_at;
  };
  struct ringing {
    std::map<std::string, std::pair<std::string, std::string>> legs;
    std::map<std::string, std::string> connected; /// call -> agent
    std::map<std::string, std::string> winners;   /// call -> leg
  };

  void check_leads(audit_counts& c, const std::set<position>& rejected);
  void check_calls(audit_counts& c, instant until,
                   const std::set<position>& rejected);
  void check_sequence(audit_counts& c);
  void check_order(audit_counts& c, const std::set<position>& rejected);
  void apply(const effect& e, ringing& now);
  void apply(const written& w, ringing& now, audit_counts& c);
  void check_choice(const choice& w, std::uint64_t sequence, audit_counts& c);
  void fault(audit_counts& c, std::string sentence) const;

  std::string id_;
  std::vector<taken_step> steps_;
  std::vector<written> written_;
  std::vector<std::uint64_t> sequences_;
  std::vector<std::pair<std::string, position>> leads_;
  std::set<std::string> assigned_, unassigned_;
  std::vector<std::pair<std::string, position>> transfers_;
  std::map<std::string, call_facts> calls_;
  std::map<std::string, weights> pools_;
  std::map<std::string, std::set<std::string>> eligible_before_;
  std::set<std::string> causes_, journal_causes_;
  std::vector<std::string> unreadable_;
  std::uint64_t tasks_ = 0, rings_ = 0;
};

} // namespace fairlead
