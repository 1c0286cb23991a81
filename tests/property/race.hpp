#pragma once

#include "actors/partition/partition.hpp"
#include "tests/simulation/generate.hpp"
#include "tests/simulation/miss_book.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace fairlead::test {

/// Calls that race: a few agents, many callers, and telephony that reports at
/// the worst moment, twice, in the wrong order, or not at all. One seed, one
/// history. An outsider's book of who rings and who talks is kept from what
/// goes in and comes out, and compared with the state after every step.
class race {
public:
  race(std::uint64_t seed, int calls, bool trace = false);
  ~race();
  race(const race&) = delete;
  race& operator=(const race&) = delete;

  /// The whole history. Throws broken_promise.
  void run();

  struct figures {
    std::uint64_t calls = 0, steps = 0, timers = 0, duplicates = 0, rings = 0,
                  connected = 0, missed = 0, taken_back = 0, corrected = 0,
                  repeated = 0, waited = 0, routed_again = 0,
                  on_the_instant = 0;
  };
  [[nodiscard]] const figures& counted() const { return figures_; }
  /// The last events and outputs, of a run with `trace`.
  [[nodiscard]] const std::vector<std::string>& story() const { return story_; }

private:
  enum class status : std::uint8_t { none, ringing, connected, missed, ended };
  struct leg_book {
    std::string agent; /// empty: a number of nobody's
    std::string number;
    bool open = true;
  };
  struct call_book {
    status now = status::none;
    std::map<std::string, leg_book> legs;
    std::string winner;
    /// Legs that can't be connected: their bridge failed, or a machine was
    /// there; legs that telephony says are over.
    std::set<std::string> no_win, over;
    bool end_sent = false;
    instant total_until;
    std::optional<instant> waits_until; /// R52
  };

  // -- race_plan.cpp ----------------------------------------------------------
  void prepare();
  void plan(wish w, instant at);
  void plan_call();
  instant near(instant expires, instant total);
  void report(const std::string& call, const std::string& leg, const char* type,
              instant at);
  void act_on(const ring_requested& r);
  void act_on(const transfer_connected& c);
  void act_on_miss(const std::string& call);
  [[nodiscard]] std::string fallbacks();
  [[nodiscard]] std::string phone_of(std::int64_t agent) const;

  // -- the run ----------------------------------------------------------------
  void take(const raw_record& r);
  void fire(const due_timer& t);
  void follow(step& s);
  void commit();
  void tell(const std::string& line);

  // -- race_book.cpp ----------------------------------------------------------
  void note_input(const input_event& e);
  void note_routing(const transfer_requested& t);
  void note_output(const output& o, instant now);
  void note_rings(const ring_requested& r, instant now);
  void take(const std::string& call, const leg_book& l, instant now);
  void let_go(const std::string& call, const leg_book& l);
  void take_win_back(const std::string& call);
  void note_silent_ends(step& s);
  void note_end(const std::string& call, const step& s);
  void check(step& s);
  void check_at_the_end();

  bool trace_;
  dice dice_;
  history history_;
  int calls_;
  partition part_;
  std::string team_ = "acme";
  std::int64_t agents_, leads_, wrap_up_s_, ring_s_, total_s_;
  std::int64_t grace_s_, confirm_s_, wait_s_, min_talk_s_, lines_;
  bool confirm_ = false;
  bool one_desk_ = false; /// the first two agents have one phone
  instant now_;
  std::multimap<std::pair<instant, std::uint64_t>, wish> queue_;
  std::map<std::string, call_book> calls_book_;
  std::map<std::string, std::string> busy_with_; /// agent -> call, rings, talks
  std::map<std::string, std::string> held_by_;   /// an agent's number -> call
  std::map<std::string, std::set<std::string>> on_line_; /// number -> calls
  std::map<std::string, instant> wraps_up_; /// agent, number -> free again
  miss_book misses_;
  std::set<std::string> touched_; /// calls of the step
  std::set<std::string> alive_;   /// calls that ring or talk, by the book
  std::int64_t offset_ = 0;
  int planned_ = 0;
  std::size_t in_batch_ = 0;
  figures figures_;
  std::vector<std::string> story_;
};

} // namespace fairlead::test
