// The loop of one partition: the order in which it takes inputs (R1), what it
// takes again, whom it gives up.

#include "actors/core/visits/decide.hpp"
#include "actors/partition/runner.hpp"
#include "tests/simulation/generate.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace fairlead::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::array<bool, input_topic_count> all_read{true, true, true, true};

/// A log that brings what a test has put in it, poll by poll, and answers
/// commits as told.
class scripted_log final : public partition_log {
public:
  [[nodiscard]] std::int32_t partition() const override { return 0; }
  [[nodiscard]] std::int32_t partition_count() const override { return 1; }
  void restore(
    const std::function<void(std::string_view,
                             std::optional<std::string_view>)>&) override {}
  input_positions start(const std::optional<input_positions>&) override {
    return no_positions;
  }
  polled poll(milliseconds wait, std::size_t) override {
    waits.push_back(wait);
    if (polls.empty())
      return {.records = {}, .at_end = at_end};
    auto p = std::move(polls.front());
    polls.pop_front();
    at_end = p.at_end;
    return p;
  }
  void wake() override { woken = true; }
  commit_result commit(const transaction& t) override {
    if (on_commit)
      on_commit();
    auto answer = commit_result::done;
    if (!answers.empty()) {
      answer = answers.front();
      answers.pop_front();
    }
    if (answer == commit_result::done)
      written.push_back(t);
    return answer;
  }

  std::deque<polled> polls;
  std::deque<commit_result> answers;
  std::array<bool, input_topic_count> at_end = all_read; // after the polls
  std::vector<milliseconds> waits;
  std::vector<transaction> written;
  std::function<void()> on_commit;
  bool woken = false;
};

/// A runner with its partition and log; the clock is moved by hand.
struct loop {
  explicit loop(runner_settings s = {.pause_max = {}},
                partition::settings p = {})
    : part{p, json_decoder()},
      run{s,
          part,
          log,
          [this](batch b) { work(std::move(b)); },
          [this] { return now; },
          [this] { return steady; }} {
    run.restore();
  }

  /// A lead, named after where its record stands; another of its topic.
  raw_record record(topic on, milliseconds at) {
    raw_record r;
    r.on = on;
    r.offset = next_[on]++;
    r.timestamp = start + at;
    r.key = "acme";
    r.value = writer_
                .make(on, "lead.received", "acme",
                      R"({"lead_id":")" + name_of(r) + "\"}")
                .value;
    return r;
  }
  /// So many leads, a second after the other.
  std::vector<raw_record> leads(int n) {
    std::vector<raw_record> out;
    for (int i = 1; i <= n; ++i)
      out.push_back(record(topic::leads, seconds{i}));
    return out;
  }
  /// Outreach for a lead that is not known, which is held for seven days.
  raw_record held_outreach(milliseconds at) {
    auto r = record(topic::leads, at);
    r.value = writer_
                .make(topic::leads, "outreach.requested", "acme",
                      R"({"lead_id":"l","outreach_id":"o","channel":"sms"})")
                .value;
    return r;
  }
  void bring(std::vector<raw_record> records,
             std::array<bool, input_topic_count> at_end = all_read) {
    log.polls.push_back({.records = std::move(records), .at_end = at_end});
  }
  /// The records whose steps were made, in order; lost ones, too.
  std::vector<std::string> taken() { return std::exchange(taken_, {}); }
  void turns(int n) {
    for (int i = 0; i < n; ++i)
      (void)run.take_turn();
  }

  static constexpr instant start = at_ms(1'772'463'600'000);
  instant now = start + std::chrono::hours{1};
  milliseconds steady{0};
  scripted_log log;
  partition part;
  runner run;
  std::set<std::string> poison; /// whose steps are lost
  std::vector<std::size_t> batches;

private:
  static std::string name_of(const raw_record& r) {
    static constexpr std::array<const char*, input_topic_count> names{
      "roster", "leads", "calls", "rekey"};
    return names.at(static_cast<std::size_t>(r.on)) + std::to_string(r.offset);
  }
  void work(batch b) {
    batches.push_back(b.records.size());
    part.begin(std::move(b));
    try {
      while (auto* s = part.next_step()) {
        if (s->record() != nullptr) {
          taken_.push_back(name_of(*s->record()));
          if (poison.count(taken_.back()) != 0)
            throw std::runtime_error{"stumbles"};
        }
        make_visits(*s);
        part.finish();
      }
    } catch (const std::exception& e) {
      part.fail(e.what());
    }
  }

  dice dice_{1};
  history writer_{dice_, {}};
  std::map<topic, std::int64_t> next_;
  std::vector<std::string> taken_;
};

std::size_t dead_letters(const loop& l, const char* reason) {
  std::size_t n = 0;
  for (const auto& t : l.log.written)
    for (const auto& r : t.records)
      if (r.on == topic::dead_letters)
        for (const auto& [name, value] : r.headers)
          n += name == "kafka_dlt-exception-fqcn" && value == reason ? 1U : 0U;
  return n;
}

// -- R1: the order ------------------------------------------------------------

TEST(R1Merge, ByTimestamp) {
  loop l;
  l.bring(
    {l.record(topic::leads, seconds{3}), l.record(topic::calls, seconds{1}),
     l.record(topic::roster, seconds{4}), l.record(topic::rekey, seconds{2})});
  l.turns(1);
  EXPECT_THAT(l.taken(), ElementsAre("calls0", "rekey0", "leads0", "roster0"));
}

TEST(R1Merge, TiesInTheOrderOfTheTopicsThenByOffset) {
  loop l;
  std::vector<raw_record> records;
  for (auto on : {topic::rekey, topic::calls, topic::leads, topic::roster})
    for (int i = 0; i < 2; ++i)
      records.push_back(l.record(on, seconds{1}));
  l.bring(records);
  l.turns(1);
  EXPECT_THAT(l.taken(), ElementsAre("roster0", "roster1", "leads0", "leads1",
                                     "calls0", "calls1", "rekey0", "rekey1"));
}

TEST(R1Merge, ATopicKeepsItsOwnOrder) {
  loop l;
  l.bring({l.record(topic::leads, seconds{9}),
           l.record(topic::leads, seconds{1}),
           l.record(topic::calls, seconds{5})});
  l.turns(1);
  EXPECT_THAT(l.taken(), ElementsAre("calls0", "leads0", "leads1"));
}

TEST(R1Merge, ATopicWithMoreToComeKeepsTheOthersWaiting) {
  loop l;
  l.bring(
    {l.record(topic::leads, seconds{5}), l.record(topic::calls, seconds{1})},
    {true, true, false, true});
  l.turns(1);
  // After its record the calls may go on with one that is older than the lead.
  EXPECT_THAT(l.taken(), ElementsAre("calls0"));
  l.bring({}, {true, true, false, true});
  l.turns(1);
  EXPECT_THAT(l.taken(), IsEmpty());
  l.bring({l.record(topic::calls, seconds{4})}, all_read);
  l.turns(1);
  EXPECT_THAT(l.taken(), ElementsAre("calls1", "leads0"));
}

TEST(R1Merge, BeyondABoundTheyAreTakenAsTheyCome) {
  loop l{{.waiting_max = 2, .pause_max = {}}};
  l.turns(1); // every topic is known: it has started
  l.bring({l.record(topic::leads, seconds{5})}, {true, true, false, true});
  l.turns(1);
  EXPECT_THAT(l.taken(), IsEmpty());
  l.bring({l.record(topic::leads, seconds{6})}, {true, true, false, true});
  l.turns(1);
  EXPECT_THAT(l.taken(), ElementsAre("leads0", "leads1"));
}

TEST(R1Start, NothingIsTakenUpBeforeEveryTopicIsKnown) {
  loop l;
  l.bring(
    {l.record(topic::roster, seconds{1}), l.record(topic::leads, seconds{1})},
    {false, false, false, false});
  l.bring({l.record(topic::calls, seconds{1})}, {false, false, false, false});
  l.turns(2);
  EXPECT_THAT(l.taken(), IsEmpty());
  // It has delivered nothing but is known to be read to its end.
  l.bring({}, {false, false, false, true});
  l.turns(1);
  EXPECT_THAT(l.taken(), ElementsAre("roster0"));
}

TEST(R1Start, WhateverStandsWaiting) {
  loop l{{.waiting_max = 1, .pause_max = {}}};
  l.bring(l.leads(2), {false, true, true, true});
  l.turns(3);
  EXPECT_THAT(l.taken(), IsEmpty());
  l.bring({}, all_read);
  l.turns(1);
  EXPECT_THAT(l.taken(), ElementsAre("leads0", "leads1"));
}

// -- timers by the wall clock -------------------------------------------------

/// Outreach of an unknown lead is held: a timer is due a week later (R15).
constexpr auto week = std::chrono::days{7};
struct RunnerTimer : testing::Test {
  RunnerTimer() {
    l.now = loop::start;
    l.bring({l.held_outreach(seconds{0})});
    l.turns(1);
  }
  turn at(milliseconds after) {
    l.now = loop::start + after;
    return l.run.take_turn();
  }
  loop l;
};

TEST_F(RunnerTimer, FiresAGraceAfterItIsDue) {
  EXPECT_EQ(at(week + milliseconds{19}), turn::idle);
  EXPECT_EQ(at(week + milliseconds{20}), turn::worked);
}

TEST_F(RunnerTimer, NotBeforeTheInputIsReadToItsEnd) {
  l.log.at_end = {true, true, false, true};
  EXPECT_EQ(at(week + seconds{30}), turn::idle);
  l.log.at_end = all_read;
  EXPECT_EQ(at(week + seconds{30}), turn::worked);
}

TEST_F(RunnerTimer, ARecordStampedBeforeItGoesFirst) {
  l.bring({l.record(topic::leads, week - seconds{1})});
  EXPECT_EQ(at(week + seconds{30}), turn::worked);
  EXPECT_EQ(l.batches.back(), 1U);
}

TEST_F(RunnerTimer, IsWhatARunnerWithNothingToDoWaitsFor) {
  at(seconds{1});
  EXPECT_EQ(l.log.waits.back(), milliseconds{500}); // the longest sleep
  at(week - milliseconds{100});
  EXPECT_EQ(l.log.waits.back(), milliseconds{120});
  at(week + seconds{1});
  EXPECT_EQ(l.log.waits.back(), milliseconds{0});
}

TEST(R1Start, NoTimerFiresBeforeEveryTopicIsKnown) {
  loop l;
  // A partition whose state has a timer: another runner's work.
  l.bring({l.held_outreach(seconds{0})});
  l.turns(1);
  scripted_log fresh;
  fresh.at_end = {true, true, true, false};
  int worked = 0;
  runner after{{},
               l.part,
               fresh,
               [&](batch b) {
                 ++worked;
                 l.part.begin(std::move(b));
                 while (auto* s = l.part.next_step()) {
                   make_visits(*s);
                   l.part.finish();
                 }
               },
               [] { return loop::start + week + seconds{30}; }};
  EXPECT_EQ(after.take_turn(), turn::idle);
  EXPECT_EQ(worked, 0);
  fresh.at_end = all_read;
  EXPECT_EQ(after.take_turn(), turn::worked);
  EXPECT_EQ(worked, 1);
}

// -- batches, and what comes back ---------------------------------------------

TEST(RunnerBatch, TakesSoManyRecordsAtMost) {
  loop l{{.batch_records_max = 2, .pause_max = {}}};
  l.bring(l.leads(3));
  l.turns(2);
  EXPECT_THAT(l.batches, ElementsAre(2U, 1U));
}

TEST(RunnerBatch, WhatItDidNotGetToComesBackInOrder) {
  loop l{{.pause_max = {}}, {.consumer_group = {}, .batch_steps_max = 2}};
  l.bring(
    {l.record(topic::leads, seconds{1}), l.record(topic::calls, seconds{2}),
     l.record(topic::leads, seconds{3}), l.record(topic::calls, seconds{4})});
  l.turns(1);
  EXPECT_THAT(l.taken(), ElementsAre("leads0", "calls0"));
  EXPECT_EQ(l.run.positions(), (input_positions{-1, 1, 1, -1}));
  // One that is older than those that came back goes before them.
  l.bring({l.record(topic::roster, seconds{2})});
  l.turns(2);
  EXPECT_THAT(l.taken(), ElementsAre("roster0", "leads1", "calls1"));
  EXPECT_EQ(l.run.positions(), (input_positions{1, 2, 2, -1}));
}

TEST(RunnerBatch, ItsPositionsAreCommittedWithIt) {
  loop l;
  l.bring(l.leads(2));
  l.turns(1);
  ASSERT_EQ(l.log.written.size(), 1U);
  EXPECT_EQ(l.log.written[0].positions, (input_positions{-1, 2, -1, -1}));
}

TEST(RunnerCommit, AbortedTheSameInputsAgain) {
  loop l;
  l.log.answers = {commit_result::aborted, commit_result::aborted,
                   commit_result::aborted, commit_result::aborted};
  l.bring(
    {l.record(topic::leads, seconds{1}), l.record(topic::calls, seconds{2})});
  l.turns(4);
  EXPECT_EQ(l.run.positions(), no_positions);
  // Never the inputs' fault: nobody is tried alone, nobody is given up.
  // But there may have been too many of them at once.
  EXPECT_THAT(l.batches, ElementsAre(2U, 1U, 1U, 1U));
  l.turns(2);
  EXPECT_EQ(l.log.written.size(), 2U);
  EXPECT_EQ(dead_letters(l, "internal_error"), 0U);
}

TEST(RunnerCommit, LostItStops) {
  loop l;
  l.log.answers = {commit_result::lost};
  l.bring(l.leads(1));
  EXPECT_EQ(l.run.take_turn(), turn::stopped);
  EXPECT_EQ(l.run.take_turn(), turn::stopped);
  EXPECT_EQ(l.batches.size(), 1U);
}

TEST(RunnerStop, WakesWhoWaits) {
  loop l;
  l.run.stop();
  EXPECT_TRUE(l.log.woken);
  l.bring(l.leads(1));
  EXPECT_EQ(l.run.take_turn(), turn::stopped);
  EXPECT_THAT(l.taken(), IsEmpty());
}

// -- who is given up ----------------------------------------------------------

struct RunnerBlame : testing::Test {
  RunnerBlame() {
    l.run.on_given_up = [this](const step_failure& f) {
      given_up.push_back(to_string(*f.record) + ": " + f.what);
    };
    l.bring(l.leads(3));
  }
  loop l;
  std::vector<std::string> given_up;
};

TEST_F(RunnerBlame, OneByOneAndOutAfterThreeTimesAlone) {
  l.poison = {"leads1"};
  l.turns(1);
  EXPECT_THAT(l.taken(), ElementsAre("leads0", "leads1"));
  EXPECT_THAT(l.log.written, IsEmpty()); // the batch failed as a whole
  l.turns(3);
  EXPECT_THAT(l.taken(), ElementsAre("leads0", "leads1", "leads1"));
  EXPECT_THAT(given_up, IsEmpty());
  l.turns(1);
  EXPECT_THAT(given_up, ElementsAre("leads/0/1: stumbles"));
  l.taken();
  l.turns(2);
  EXPECT_THAT(l.taken(), ElementsAre("leads2"));
  EXPECT_EQ(dead_letters(l, "internal_error"), 1U);
  EXPECT_EQ(l.run.positions(), (input_positions{-1, 3, -1, -1}));
}

TEST_F(RunnerBlame, WhoFailsOnlyInCompanyIsNot) {
  l.poison = {"leads1"};
  l.turns(1);
  l.poison.clear();
  l.turns(3);
  EXPECT_EQ(l.log.written.size(), 3U); // one by one
  EXPECT_THAT(given_up, IsEmpty());
  EXPECT_EQ(dead_letters(l, "internal_error"), 0U);
}

TEST_F(RunnerBlame, AbortsInBetweenAreNotCounted) {
  l.poison = {"leads0"};
  l.turns(3); // in company, and twice alone
  l.poison.clear();
  l.log.answers = {commit_result::aborted, commit_result::aborted};
  l.turns(3);
  EXPECT_THAT(given_up, IsEmpty());
  EXPECT_EQ(l.log.written.size(), 1U);
}

TEST_F(RunnerBlame, EachOfSeveralByItself) {
  l.poison = {"leads0", "leads2"};
  l.turns(12);
  EXPECT_THAT(given_up,
              ElementsAre("leads/0/0: stumbles", "leads/0/2: stumbles"));
  EXPECT_EQ(dead_letters(l, "internal_error"), 2U);
}

// -- the pause ----------------------------------------------------------------

/// Another partition has the only place.
struct RunnerPause : testing::Test {
  /// A turn that finds so many records, and one more that comes when it has
  /// waited: how many of them its batch has.
  std::size_t batch_of(runner_settings s, std::size_t records) {
    loop l{s};
    l.run.line = &line;
    std::vector<raw_record> found;
    for (std::size_t i = 0; i < records; ++i)
      found.push_back(l.record(topic::leads, seconds{2}));
    l.bring(std::move(found));
    l.bring({l.record(topic::leads, seconds{3})});
    l.turns(1);
    return l.batches.back();
  }

  turnstile line{1};
  turnstile::place of_another = line.enter(milliseconds{0});
};

TEST_F(RunnerPause, LittleWaitsAndTakesWhatCameMeanwhile) {
  EXPECT_EQ(batch_of({.pause_max = milliseconds{5}}, 1), 2U);
}

TEST_F(RunnerPause, MuchDoesNotWait) {
  EXPECT_EQ(
    batch_of({.pause_max = std::chrono::hours{1}, .pause_records_max = 3}, 3),
    3U);
}

TEST_F(RunnerPause, ItWorksWithoutAPlaceRatherThanNever) {
  EXPECT_EQ(batch_of({.pause_max = {}}, 1), 2U);
}

TEST_F(RunnerPause, ItsPlaceIsFreeAfterTheTurn) {
  loop l{{.pause_max = std::chrono::hours{1}}};
  turnstile own{1};
  l.run.line = &own;
  for (int i = 0; i < 3; ++i) {
    l.bring({l.record(topic::leads, seconds{i})});
    l.turns(1);
  }
  EXPECT_EQ(l.batches.size(), 3U);
}

TEST(Runner, WhatCantBeCommittedIsTriedInSmallerPieces) {
  loop l{{.batch_records_max = 8, .pause_max = {}}};
  l.bring(l.leads(8));
  l.log.answers = {commit_result::aborted, commit_result::aborted,
                   commit_result::done, commit_result::done};
  l.turns(2);
  EXPECT_EQ(l.taken().size(), 8u + 4u);
  l.turns(1); // a fourth of it goes
  EXPECT_EQ(l.taken().size(), 2u);
  l.turns(1); // then twice as much
  EXPECT_EQ(l.taken().size(), 4u);
  l.turns(1); // and the rest
  EXPECT_EQ(l.taken().size(), 2u);
}

TEST(Runner, WhatGoesInSmallPiecesIsNotTriedAsAWholeEachTime) {
  loop l{{.batch_records_max = 1024, .pause_max = {}}};
  l.bring(l.leads(50));
  // Three leads at once are too much for the topic.
  std::size_t aborted = 0;
  for (int i = 0; i < 1000 && l.log.written.size() < 50; ++i) {
    l.log.answers = {commit_result::done};
    l.log.on_commit = [&] {
      if (l.batches.back() >= 3) {
        l.log.answers = {commit_result::aborted};
        ++aborted;
      }
    };
    l.turns(1);
    if (l.run.positions()[static_cast<std::size_t>(topic::leads)] == 50)
      break;
  }
  EXPECT_EQ(l.run.positions()[static_cast<std::size_t>(topic::leads)], 50);
  EXPECT_LE(aborted, 30U);
}

TEST(Runner, CountsDeadLettersByReasonAndKeysThatDiffer) {
  loop l;
  auto broken = l.record(topic::leads, seconds{1});
  broken.value = "{";
  auto other = l.record(topic::leads, seconds{2});
  other.key = "h-01"; // the lead's, as some publishers have it
  l.bring({broken, other, l.record(topic::leads, seconds{3})});
  l.log.answers = {commit_result::aborted};
  l.turns(3);
  const auto& stats = l.part.stats();
  auto malformed = static_cast<std::size_t>(dead_letter_reason::malformed_json);
  for (std::size_t i = 0; i < stats.dead_letters.size(); ++i)
    EXPECT_EQ(stats.dead_letters[i], i == malformed ? 1U : 0U) << i;
  EXPECT_EQ(stats.keys_differ, 1U) << "of the batch that was committed";
  EXPECT_EQ(stats.key_differs_at, other.where());
}

TEST(Runner, R1_AClockThatWasSetBackStopsNobodysTimers) {
  loop l;
  l.bring({l.held_outreach(std::chrono::hours{1})});
  l.turns(2);
  auto due = l.part.first_due();
  ASSERT_EQ(due, l.now + std::chrono::days{7}); // R15
  l.now -= seconds{20};
  l.steady += std::chrono::days{7} - seconds{1};
  l.turns(1);
  EXPECT_EQ(l.part.first_due(), due) << "a second is missing";
  l.steady += seconds{2};
  l.turns(1);
  EXPECT_EQ(l.part.first_due(), std::nullopt);
  EXPECT_EQ(l.part.team("acme").counters().now, *due + seconds{1});
}

} // namespace
} // namespace fairlead::test
