// What must be true of a log after a run, whatever has happened in it.

#include "actors/core/state/call.hpp"
#include "actors/core/visits/decide.hpp"
#include "tests/simulation/miss_book.hpp"
#include "tests/simulation/world.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace fairlead::test {
namespace {

constexpr std::array written_topics{
  topic::assignments, topic::rings,     topic::notifications, topic::tasks,
  topic::outreach,    topic::decisions, topic::dead_letters,  topic::rekey};

std::vector<raw_record> all_of(const memory::broker& log, topic on,
                               std::int32_t p) {
  return log.fetch(on, p, 0, 100'000'000).records;
}

std::string between(const std::string& text, std::string_view before,
                    char after) {
  auto at = text.find(before);
  if (at == std::string::npos)
    return {};
  at += before.size();
  return text.substr(at, text.find(after, at) - at);
}

/// `topic/partition/offset` of a forwarded record.
std::string came_from(const std::vector<header>& headers) {
  for (const auto& [name, value] : headers)
    if (name == forwarded_header)
      return value.value_or("");
  return {};
}

bool came_from_partition(const std::vector<header>& headers, std::int32_t p) {
  return came_from(headers).find("/" + std::to_string(p) + "/")
         != std::string::npos;
}

} // namespace

// -- without reading any rule -------------------------------------------------

namespace {

/// R3: per team from 1, none missing, none twice.
void check_sequences(const memory::broker& log) {
  std::map<std::string, std::vector<std::int64_t>> seen;
  for (std::int32_t p = 0; p < log.partition_count(); ++p)
    for (auto on : written_topics) {
      if (on == topic::dead_letters || on == topic::rekey)
        continue;
      for (const auto& r : all_of(log, on, p))
        seen[*r.key].push_back(
          std::stoll(between(*r.value, "\"sequence\":\"", '"')));
    }
  for (auto& [team, numbers] : seen) {
    std::sort(numbers.begin(), numbers.end());
    for (std::size_t i = 0; i < numbers.size(); ++i)
      if (numbers[i] != static_cast<std::int64_t>(i) + 1)
        promise(false, "R3: the output of " + team + " that should be "
                         + std::to_string(i + 1) + " is "
                         + std::to_string(numbers[i]));
  }
}

/// R47: each misrouted record is forwarded once.
void check_forwarded(const memory::broker& log) {
  std::set<std::string> seen;
  for (std::int32_t p = 0; p < log.partition_count(); ++p)
    for (const auto& r : all_of(log, topic::rekey, p)) {
      auto from = came_from(r.headers);
      promise(seen.insert(from).second, "R47: " + from + " is forwarded twice");
    }
}

/// Each input has exactly one step.
void check_steps(const memory::broker& log, std::int32_t p) {
  std::set<std::pair<std::string, std::int64_t>> taken;
  for (const auto& r : all_of(log, topic::journal, p))
    for (const auto& s : nlohmann::json::parse(*r.value)) {
      if (s.is_object())
        continue; // the edition
      const std::string on = s[0];
      if (timer_way_named(on))
        continue; // the replay sees whether it was due
      promise(s[1] == p, "a step of another partition");
      promise(taken.emplace(on, s[2]).second,
              "an input has two steps: " + s.dump());
    }
  for (std::size_t i = 0; i < input_topic_count; ++i) {
    auto on = static_cast<topic>(i);
    auto committed = log.committed_offsets(p);
    promise(committed.has_value(), "offsets are undecided at rest");
    for (const auto& r : all_of(log, on, p)) {
      promise(taken.erase({std::string{name_of(on)}, r.offset}) == 1,
              "an input has no step: " + to_string(r.where()));
      promise((*committed)[i] > r.offset,
              "the group's offset is behind: " + to_string(r.where()));
    }
  }
  promise(taken.empty(), "a step of an input that is not there");
}

} // namespace

void check_log(const memory::broker& log, const decoder&) {
  check_sequences(log);
  check_forwarded(log);
  for (std::int32_t p = 0; p < log.partition_count(); ++p)
    check_steps(log, p);
}

// -- by replay ----------------------------------------------------------------

namespace {

/// What the outputs of one partition add up to (P1, P4), step by step.
class ledger {
public:
  void read(step& s) {
    auto& team = s.team();
    if (const auto* e = s.event(); e != nullptr) {
      if (const auto* lead = std::get_if<lead_received>(&e->body))
        received_.emplace(team.id(), lead->lead_id);
      else if (const auto* t = std::get_if<transfer_requested>(&e->body))
        ++calls_[{team.id(), t->call_id}].requests;
    }
    for (const auto& o : s.outputs()) {
      misses_.read(team.id(), o);
      std::pair lead{team.id(), o.subject};
      if (std::holds_alternative<lead_assigned>(o.body)
          || std::holds_alternative<lead_unassigned>(o.body))
        answered_.insert(lead);
      else if (const auto* ring = std::get_if<ring_requested>(&o.body))
        rings(team, *ring);
      else if (const auto* won = std::get_if<transfer_connected>(&o.body))
        connects(team, *won);
      else if (const auto* missed = std::get_if<transfer_missed>(&o.body))
        misses(team, *missed);
    }
  }

  void close() const {
    for (const auto& lead : received_)
      promise(answered_.contains(lead),
              "P1: lead " + lead.second + " of " + lead.first
                + " is neither assigned nor unassigned");
    for (const auto& [of, c] : calls_)
      promise(!c.rang || c.connected || c.misses > 0,
              "P1: the transfer " + of.second
                + " is neither connected nor missed");
    if (auto fault = misses_.fault())
      promise(false, *fault);
  }

private:
  using name = std::pair<std::string, std::string>; // team, id

  struct call_book {
    int requests = 0, misses = 0;
    bool rang = false, connected = false;
  };

  call_book& call(team_state& team, const std::string& id) {
    return calls_[{team.id(), id}];
  }

  void misses(team_state& team, const transfer_missed& m) {
    auto& c = call(team, m.call_id);
    promise(++c.misses <= c.requests, // R44
            "P1: a transfer is missed once too often: " + m.call_id);
  }

  static bool is_busy(const call_state& c, const leg& l) {
    return l.end == leg_end::none
           || (l.end == leg_end::won && c.phase == call_phase::connected);
  }

  void rings(team_state& team, const ring_requested& r) {
    call(team, r.call_id).rang = true;
    const auto& own = team.call_cell(r.call_id).state;
    for (const auto& l : r.legs) {
      // All calls that ever rang the agent or the number, but for this one.
      auto others = [&](std::set<std::string>& calls, auto is_same) {
        int busy = 0;
        for (auto it = calls.begin(); it != calls.end();) {
          const auto& c = team.call_cell(*it).state;
          bool any = false;
          for (const auto& old : c.legs)
            any = any || (is_same(old) && is_busy(c, old));
          busy += any && *it != r.call_id ? 1 : 0;
          it = any ? std::next(it) : calls.erase(it);
        }
        calls.insert(r.call_id);
        return busy;
      };
      if (l.agent_id)
        promise(others(by_agent_[{team.id(), *l.agent_id}],
                       [&](const leg& x) { return x.agent_id == l.agent_id; })
                  == 0,
                "P4: " + *l.agent_id + " is rung for " + r.call_id
                  + " and another call");
      auto number = l.number.phone + "|" + l.number.endpoint;
      if (l.agent_id) {
        promise(others(by_number_[{team.id(), number}],
                       [&](const leg& x) {
                         return x.agent_id && x.number == l.number;
                       })
                  == 0,
                "P4: the number of " + *l.agent_id + " is rung for " + r.call_id
                  + " and another call");
        continue;
      }
      auto in_use = others(by_line_[{team.id(), number}],
                           [&](const leg& x) { return x.number == l.number; });
      for (const auto& e : own.settings.fallback_numbers)
        if (dialled{e.phone, e.endpoint} == l.number && e.lines)
          promise(in_use < *e.lines,
                  "P4: " + number + " has too few lines for " + r.call_id);
    }
  }

  void connects(team_state& team, const transfer_connected& c) {
    call(team, c.call_id).connected = true;
    int won = 0;
    const auto& state = team.call_cell(c.call_id).state;
    for (const auto& l : state.legs)
      won += l.end == leg_end::won && state.of_this_routing(l) ? 1 : 0;
    promise(won <= 1, "P4: two targets are connected to " + c.call_id);
  }

  std::set<name> received_, answered_;
  std::map<name, call_book> calls_;
  miss_book misses_;
  std::map<name, std::set<std::string>> by_agent_, by_number_, by_line_;
};

/// One partition's published records, compared one by one.
class published {
public:
  published(const memory::broker& log, std::int32_t p) : partition_{p} {
    for (auto on : written_topics)
      if (on != topic::rekey)
        left_[on] = all_of(log, on, p);
    // Forwarded records stand in the other partitions, each in its order.
    for (std::int32_t q = 0; q < log.partition_count(); ++q)
      for (auto& r : all_of(log, topic::rekey, q))
        if (came_from_partition(r.headers, p))
          forwarded_[q].push_back(r);
  }

  void compare(const new_record& r) {
    auto& lane = r.on == topic::rekey ? forwarded_[r.partition] : left_[r.on];
    auto& at
      = r.on == topic::rekey ? next_forwarded_[r.partition] : next_[r.on];
    if (at >= lane.size())
      promise(false, "P3: the replay has more on " + std::string{name_of(r.on)}
                       + ": " + r.value.value_or("(none)"));
    const auto& was = lane[at++];
    if (was.key != r.key || was.value != r.value || was.headers != headers_of(r)
        || was.timestamp != r.timestamp)
      promise(false, "P3: " + to_string(was.where()) + " was\n    "
                       + was.value.value_or("(none)")
                       + "\n  and the replay says\n    "
                       + r.value.value_or("(none)"));
  }

  void close() {
    for (auto& [on, lane] : left_)
      if (next_[on] != lane.size())
        promise(false, "P3: the replay lacks "
                         + to_string(lane[next_[on]].where()) + ": "
                         + lane[next_[on]].value.value_or("(none)"));
    for (auto& [q, lane] : forwarded_)
      promise(next_forwarded_[q] == lane.size(),
              "P3: the replay lacks a forwarded record");
  }

private:
  std::int32_t partition_;
  std::map<topic, std::vector<raw_record>> left_;
  std::map<topic, std::size_t> next_;
  std::map<std::int32_t, std::vector<raw_record>> forwarded_;
  std::map<std::int32_t, std::size_t> next_forwarded_;
};

class replay {
public:
  replay(const memory::broker& log, std::int32_t p, const decoder& reader)
    : part_{{.number = p,
             .count = log.partition_count(),
             .consumer_group = "fairlead",
             .live_max = 20'000,
             .batch_bytes_max = 1 << 30,
             .sweep_per_batch = 8},
            reader},
      published_{log, p} {
    (void)part_.restored();
    for (std::size_t i = 0; i < input_topic_count; ++i)
      for (auto& r : all_of(log, static_cast<topic>(i), p))
        inputs_.emplace(r.where(), std::move(r));
  }

  /// One transaction's steps. Those that throw did so then, too: they have
  /// become dead letters.
  void transaction(const std::string& journal) {
    auto steps = nlohmann::json::parse(journal);
    auto ledger_before = ledger_;
    for (bool done = false; !done;) {
      part_.begin({.records = {}, .wall = {}});
      done = true;
      for (const auto& s : steps)
        if (!s.is_object() && !make(s)) {
          part_.aborted();
          ledger_ = ledger_before;
          for (const auto& [where, why] : poison_)
            part_.quarantine(where, why);
          done = false;
          break;
        }
    }
    poison_.clear();
    auto written = part_.result(no_positions);
    for (const auto& r : written.records) {
      if (r.on == topic::journal)
        promise(r.value == journal, "P3: the journal was\n    " + journal
                                      + "\n  and the replay says\n    "
                                      + *r.value);
      else if (r.on != topic::state)
        published_.compare(r);
    }
    part_.committed(written);
  }

  void close(const std::map<std::string, std::string>& state) {
    published_.close();
    ledger_.close();
    promise(part_.stats().unfair_choices == 0, "P5: an unfair choice");
    std::size_t n = 0;
    part_.store().each([&](const state_name& name, std::string_view v) {
      auto key = state_key(name.team, name.kind, name.id);
      auto it = state.find(key);
      if (it == state.end() || it->second != v)
        promise(false, "the replayed state differs at " + key);
      ++n;
    });
    promise(n == state.size(), "the replayed state lacks something");
  }

  [[nodiscard]] std::size_t timers() const { return timers_; }

private:
  /// False: the step throws.
  bool make(const nlohmann::json& s) {
    const std::string on = s[0];
    if (auto way = timer_way_named(on)) {
      due_timer t{at_ms(s[4]),
                  s[1],
                  {static_cast<entity_kind>(s[2].get<std::string>()[0]), s[3]}};
      ++timers_;
      promise(part_.timers().in_order().contains(t),
              "a timer has fired that was not due: " + s.dump());
      finish(part_.replay_timer(t, at_ms(s[5]), at_ms(s[6]), *way));
      return true;
    }
    position where{*topic_named(on), s[1], s[2]};
    auto it = inputs_.find(where);
    promise(it != inputs_.end(),
            "the journal names " + to_string(where) + ", which is not there");
    auto wall = at_ms(s[4]);
    check_timers_before(std::min(it->second.timestamp, wall), where);
    try {
      finish(part_.replay_record(it->second, wall));
    } catch (const broken_promise&) {
      throw;
    } catch (const std::exception& e) {
      part_.fail(e.what());
      poison_[where] = e.what();
      return false;
    }
    return true;
  }

  /// R1: every timer due before a record has been fired. Of mass work one step
  /// a transaction is enough.
  void check_timers_before(instant t, const position& where) {
    for (const auto& due : part_.timers().in_order()) {
      if (due.due >= t)
        return;
      promise(due.entity.kind == entity_kind::team,
              "R1: the timer of " + due.team + "/" + due.entity.id
                + " was due before " + to_string(where) + " was taken");
    }
  }

  void finish(step* s) {
    if (s == nullptr)
      return;
    make_visits(*s);
    if (!s->duplicate() && !s->rejected())
      ledger_.read(*s);
    part_.finish();
  }

  partition part_;
  published published_;
  ledger ledger_;
  std::map<position, raw_record> inputs_;
  std::map<position, std::string> poison_; // of the transaction
  std::size_t timers_ = 0;
};

} // namespace

std::size_t check_replay(const memory::broker& log, std::int32_t p,
                         const decoder& reader,
                         const std::map<std::string, std::string>& state) {
  replay r{log, p, reader};
  for (const auto& record : all_of(log, topic::journal, p))
    r.transaction(*record.value);
  r.close(state);
  return r.timers();
}

} // namespace fairlead::test
