#pragma once

#include "actors/partition/partition.hpp"
#include "tests/simulation/generate.hpp"

#include <cstdint>
#include <map>
#include <memory>
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
                  on_the_instant = 0;
  };
  [[nodiscard]] const figures& counted() const { return figures_; }
  /// The last events and outputs, of a run with `trace`.
  [[nodiscard]] const std::vector<std::string>& story() const { return story_; }

private:
  enum class status : std::uint8_t { none, ringing, connected, missed, ended };
  struct leg_book {
    std::string agent; /// empty: a fallback number
    bool open = true;
  };
  struct call_book {
    status now = status::none;
    std::map<std::string, leg_book> legs;
    std::string winner;
    std::string standing; /// the outcome as it stands
    std::set<std::string> failed_bridges, over;
    bool end_sent = false;
    int open_tasks = 0, tasks = 0;
    instant total_until;
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
  [[nodiscard]] std::string fallbacks() const;

  // -- the run ----------------------------------------------------------------
  void take(const raw_record& r);
  void fire(const due_timer& t);
  void follow(step& s);
  void commit();
  void tell(const std::string& line);

  // -- race_book.cpp ----------------------------------------------------------
  void note_input(const input_event& e);
  void note_output(const output& o, instant now);
  void check(step& s);
  void check_at_the_end();

  bool trace_;
  dice dice_;
  history history_;
  int calls_;
  partition part_;
  std::string team_ = "acme";
  std::int64_t agents_, leads_, wrap_up_s_, ring_s_, total_s_;
  bool confirm_ = false;
  instant now_;
  std::multimap<std::pair<instant, std::uint64_t>, wish> queue_;
  std::map<std::string, call_book> calls_book_;
  std::map<std::string, std::string> busy_with_; /// agent -> call, rings, talks
  std::map<std::string, instant> wraps_up_;      /// agent -> free again
  std::map<std::string, std::string> task_call_; /// open task -> call
  std::set<std::string> touched_;                /// calls of the step
  std::set<std::string> alive_; /// calls that ring or talk, by the book
  std::int64_t offset_ = 0;
  int planned_ = 0;
  std::size_t in_batch_ = 0;
  figures figures_;
  std::vector<std::string> story_;
};

} // namespace fairlead::test
