#pragma once

#include "board/fairness.hpp"
#include "messages/inputs.hpp"
#include "messages/records.hpp"
#include "messages/wire/read_outputs.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

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

/// What one team's inputs and outputs tell of its past. Each topic comes in its
/// order; between them it does not matter, but that documents should come
/// before the decisions that name them. Bounds: the newest `transfers_max`
/// calls, `tasks_max` tasks and `documents_max` documents; sums of each hour
/// for ever.
class past {
public:
  static constexpr std::size_t transfers_max = 5'000;
  static constexpr std::size_t tasks_max = 10'000;
  static constexpr std::size_t documents_max = 50;
  static constexpr std::size_t unowned_max = 10'000;

  void output(const published_output& o);
  void input(const input_event& e, const raw_record& r);

  [[nodiscard]] const std::map<std::string, transfer>& transfers() const {
    return transfers_;
  }
  [[nodiscard]] const std::map<std::string, task>& tasks() const {
    return tasks_;
  }
  /// The task that a call's miss created or repeated; null: none is known.
  [[nodiscard]] const task* task_for(const std::string& call) const;
  [[nodiscard]] const std::deque<document_version>& documents() const {
    return documents_;
  }
  /// By the hour in which they begin, in hours since 1970.
  [[nodiscard]] const std::map<std::int64_t, sums>& hours() const {
    return hours_;
  }
  /// The time of the first output that was counted.
  [[nodiscard]] std::optional<instant> since() const { return since_; }
  /// Choices whose pool's weights were not known: they count as 1 each.
  [[nodiscard]] std::int64_t weights_unknown() const {
    return weights_unknown_;
  }

private:
  void count(const published_output& o);
  transfer& transfer_of(const published_output& o, const std::string& call);
  /// A call counts once, as what it has come to (R44).
  void count_as(transfer& t, transfer::result how, instant at);
  task& task_of(const std::string& id);
  /// A lead that came, and when, and its source.
  struct arrival {
    instant at;
    std::string source;
  };
  /// When it got its first owner, and the id of the event that it came of.
  struct ownership {
    instant at;
    std::string cause;
  };
  /// It has got its first owner.
  void first_owned(const arrival& came, instant owned);
  void link(const std::string& call, const std::string& task);
  [[nodiscard]] const weights* weights_of(std::int64_t version,
                                          const std::string& pool) const;

  std::map<std::string, transfer> transfers_;
  std::deque<std::string> transfer_order_;
  std::map<std::string, task> tasks_;
  std::deque<std::string> task_order_;
  std::deque<document_version> documents_;
  std::map<std::int64_t, std::map<std::string, weights>> weights_;
  std::int64_t documents_seen_ = 0;
  std::map<std::int64_t, sums> hours_;
  /// Leads that came and have no owner yet, and those that have one and whose
  /// coming has not been read yet; the newest of each.
  std::map<std::string, arrival> unowned_;
  std::map<std::string, ownership> owned_;
  std::deque<std::string> unowned_order_, owned_order_;
  std::map<std::string, std::string> task_of_call_;
  std::deque<std::string> task_of_call_order_;
  std::optional<instant> since_;
  std::int64_t weights_unknown_ = 0;
};

} // namespace fairlead::board
