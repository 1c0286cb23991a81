// An actor that something is wrong with goes, and takes nobody along.

#include "actors/actors.hpp"
#include "actors/entity_actors.hpp"
#include "actors/inline_scheduler.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_registry.hpp>
#include <caf/send.hpp>
#include <gtest/gtest.h>

#include <stdexcept>

namespace fairlead::test {
namespace {

struct hit_on_the_head {};

/// Throws what no core does.
class fragile final
  : public hardened<caf::typed_actor<caf::reacts_to<hit_on_the_head>>> {
public:
  explicit fragile(caf::actor_config& c) : hardened{c} {}

private:
  behavior_type make_behavior() override {
    return {[](hit_on_the_head) { throw 1; }};
  }
};

std::size_t running(inline_system<>& actors) {
  return actors.system.registry().running();
}

// The handles are typed, so it takes a cast to send it.
TEST(AHardenedActor, GoesAtAMessageThatItDoesNotKnow) {
  inline_system<> actors;
  auto lead = actors.system.spawn<lead_actor, caf::lazy_init>();
  ASSERT_EQ(running(actors), 1U);
  caf::anon_send(caf::actor_cast<caf::actor>(lead), step_lost{"no visit"});
  actors.scheduler.run();
  EXPECT_EQ(running(actors), 0U);
}

TEST(AHardenedActor, GoesWhenItThrowsWhatItMayNot) {
  inline_system<> actors;
  auto one = actors.system.spawn<fragile>();
  auto other = actors.system.spawn<fragile>();
  ASSERT_EQ(running(actors), 2U);
  caf::anon_send(one, hit_on_the_head{});
  actors.scheduler.run();
  EXPECT_EQ(running(actors), 1U);
}

} // namespace
} // namespace fairlead::test

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(fairlead::test::hit_on_the_head)
