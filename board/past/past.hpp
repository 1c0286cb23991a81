#pragma once

#include "board/past/fairness.hpp"
#include "board/past/keeping.hpp"
#include "board/past/newest.hpp"
#include "messages/inputs.hpp"
#include "messages/records.hpp"
#include "messages/wire/read_outputs.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace fairlead::board {

/// A call that somebody wanted to hand over, and what came of it.
struct transfer {
  std::string call_id, lead_id;
  instant started, ended;
  enum class result : std::uint8_t { open, connected, missed };
  result how = result::open;
  std::optional<miss_reason> reason;
  std::optional<std::string> answered_by; /// an agent; none: a number
  std::int64_t waited_ms = 0, attempts = 0;
  /// What the sums have it as, and in which hour.
  result counted = result::open;
  std::int64_t counted_in = 0;
};

/// A to-do, as far as its events tell.
struct task {
  std::string task_id, lead_id, kind, title, call_id;
  std::optional<std::string> assignee;
  instant created, due;
  std::optional<instant> done;
  std::string done_by; /// the source of task.completed
  std::string cancelled;
};

/// A document that a team has had.
struct document_version {
  std::int64_t version = 0;
  instant at;
  std::string source;
  std::string json;
};

/// The weights of each pool of a document.
using pool_weights = std::map<std::string, weights>;

/// A lead that came, and when, and its source.
struct arrival {
  instant at;
  std::string source;
};

/// When a lead got its first owner, and the id of the event that it came of.
struct ownership {
  instant at;
  std::string cause;
};

/// What is one number of a team's past.
struct totals {
  std::optional<instant> since; /// the time of the first output
  /// Choices whose pool's weights were not known: they count as 1 each.
  std::int64_t weights_unknown = 0;
  std::int64_t documents_seen = 0;
  std::uint64_t sequence = 0; /// of the last output that was read (R3)
};

/// How the past of a team is kept.
struct past_keeping {
  keeping* in = nullptr; /// null: in this process's memory only
  std::int64_t hours_max = std::int64_t{400} * 24;
};

/// What one team's inputs and outputs tell of its past. Each topic comes in its
/// order; between them it does not matter, but that documents should come
/// before the decisions that name them. Bounds: the newest `transfers_max`
/// calls and so on, and the sums of `hours_max` hours, of which only the newest
/// are in memory when they are kept elsewhere.
class past {
public:
  static constexpr std::size_t transfers_max = 5'000;
  static constexpr std::size_t tasks_max = 10'000;
  static constexpr std::size_t documents_max = 50;
  static constexpr std::size_t weights_max = 1'000;
  static constexpr std::size_t unowned_max = 10'000;
  static constexpr std::size_t hours_in_memory = 24;

  explicit past(std::string team, past_keeping k = {});

  void output(const published_output& o);
  void input(const input_event& e, const raw_record& r);
  /// Nothing up to that output is still to come.
  void up_to(std::uint64_t sequence);

  [[nodiscard]] const newest<transfer>& transfers() const { return transfers_; }
  [[nodiscard]] const newest<task>& tasks() const { return tasks_; }
  /// The task that a call's miss created or repeated; null: none is known.
  [[nodiscard]] const task* task_for(const std::string& call) const;
  [[nodiscard]] const newest<document_version>& documents() const {
    return documents_;
  }
  static constexpr std::int64_t first_hour
    = std::numeric_limits<std::int64_t>::min();
  static constexpr std::int64_t no_hour
    = std::numeric_limits<std::int64_t>::max();
  /// The sums of the hours from `from` to before `to`, in their order; by the
  /// hour in which they begin, in hours since 1970.
  void
  each_hour(std::int64_t from, std::int64_t to,
            const std::function<void(std::int64_t, const sums&)>& each) const;
  [[nodiscard]] const totals& all() const { return totals_; }

  // -- what is kept elsewhere -------------------------------------------------

  /// Something that was kept. Throws invariant_error on what is not read.
  void restore(const kept_thing& t);
  /// Adds what has changed; it counts as kept when all_kept() says so.
  void changes(kept_changes& into) const;
  void all_kept();

private:
  void count(const published_output& o);
  /// The sums of an hour, to be changed.
  sums& hour(std::int64_t h);
  transfer& transfer_of(const published_output& o, const std::string& call);
  /// A call counts once, as what it has come to (R44).
  void count_as(transfer& t, transfer::result how, instant at);
  task& task_of(const std::string& id);
  /// It has got its first owner.
  void first_owned(const arrival& came, instant owned);
  [[nodiscard]] const weights* weights_of(std::int64_t version,
                                          const std::string& pool) const;
  /// f(kind, things) for each of the stores below.
  template <class Self, class F>
  static void each_store(Self& self, F f);

  std::string team_;
  past_keeping keeping_;
  newest<transfer> transfers_;
  newest<task> tasks_;
  newest<document_version> documents_;
  newest<pool_weights> weights_; // by the version
  /// Leads that came and have no owner yet, and those that have one and whose
  /// coming has not been read yet.
  newest<arrival> unowned_;
  newest<ownership> owned_;
  newest<std::string> task_of_call_;
  std::map<std::int64_t, sums> hours_;
  std::set<std::int64_t> hours_changed_;
  totals totals_;
  bool totals_changed_ = false;
};

} // namespace fairlead::board
