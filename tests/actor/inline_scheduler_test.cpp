// The scheduler that runs actors in its caller's thread.

#include "actors/inline_scheduler.hpp"

#include <caf/actor_ostream.hpp>
#include <caf/actor_registry.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>

namespace fairlead::test {
namespace {

/// Says its name at each message, and passes the message on while it is
/// positive.
caf::actor speaker(caf::actor_system& system, std::string& to, char name) {
  // CAF 0.17 dereferences a null tuple when an actor takes no argument.
  return system.spawn(
    [](caf::event_based_actor* self, std::string* said, char letter) {
      return caf::behavior{[=](int n) {
        *said += letter;
        if (n > 0)
          self->send(self, n - 1);
      }};
    },
    &to, name);
}

TEST(InlineScheduler, RunsActorsInTheOrderOfTheirMessages) {
  inline_system<> actors;
  std::string said;
  auto a = speaker(actors.system, said, 'a');
  auto b = speaker(actors.system, said, 'b');
  caf::anon_send(b, 1);
  caf::anon_send(a, 2);
  EXPECT_EQ(said, "");
  actors.scheduler.run();
  // A message each, in turn, until none is left.
  EXPECT_EQ(said, "ababa");
  actors.scheduler.run();
  EXPECT_EQ(said, "ababa");
}

TEST(InlineScheduler, RunsThemInItsCallersThread) {
  inline_system<> actors;
  std::thread::id ran;
  auto a = actors.system.spawn(
    [](caf::event_based_actor*, std::thread::id* where) {
      return caf::behavior{[=](int) { *where = std::this_thread::get_id(); }};
    },
    &ran);
  caf::anon_send(a, 1);
  actors.scheduler.run();
  EXPECT_EQ(ran, std::this_thread::get_id());
}

TEST(InlineScheduler, RefusesTimers) {
  inline_system<> actors;
  std::string told;
  auto a = actors.system.spawn(
    [](caf::event_based_actor* self, std::string* what) {
      return caf::behavior{[=](int) {
        try {
          self->delayed_send(self, std::chrono::seconds{1}, 1);
        } catch (const std::exception& e) {
          *what = e.what();
        }
      }};
    },
    &told);
  caf::anon_send(a, 1);
  actors.scheduler.run();
  EXPECT_EQ(told, "an actor sets a timer");
}

// stdout is for what the program writes.
TEST(InlineScheduler, PrintsToStderr) {
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  {
    inline_system<> actors;
    auto a = actors.system.spawn(
      [](caf::event_based_actor* self, std::string word) {
        return caf::behavior{
          [=](int) { caf::aout(self) << word << std::endl; }};
      },
      std::string{"a complaint"});
    caf::anon_send(a, 1);
    actors.scheduler.run();
  }
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "");
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "a complaint\n");
}

TEST(InlineScheduler, LetsAnActorGoWithItsLastHandle) {
  inline_system<> actors;
  std::string said;
  auto a = speaker(actors.system, said, 'a');
  caf::anon_send(a, 0);
  actors.scheduler.run();
  EXPECT_EQ(actors.system.registry().running(), 1U);
  a = nullptr;
  EXPECT_EQ(actors.system.registry().running(), 0U);
}

} // namespace
} // namespace fairlead::test
