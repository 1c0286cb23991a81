// A step that is rejected or a duplicate has changed nothing.

#include "actors/core/state/snapshot.hpp"
#include "tests/unit/core/office.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace fairlead::test {
namespace {

using std::chrono::days;
using std::chrono::seconds;
using testing::ElementsAre;

struct Unchanged : testing::Test {
  /// Makes one step and compares the lead's state before and after its visits.
  template <class Send>
  desk_result send(Send event) {
    auto before = snapshot(o.lead_now());
    o.on_step = [this, &before](step& s) {
      ended_ = s.rejected().has_value() || s.duplicate();
      EXPECT_EQ(snapshot(s.team().lead_cell("l").state), before);
    };
    auto r = event();
    o.on_step = nullptr;
    EXPECT_TRUE(ended_) << "the step was neither rejected nor a duplicate";
    return r;
  }
  desk_result completed(const std::string& task) {
    return o.send(topic::leads, "task.completed",
                  R"({"lead_id":"l","task_id":")" + task + "\"}");
  }

  office o;
  bool ended_ = false;
};

TEST_F(Unchanged, ALeadsOldTaskByTheCompletionOfAnother) {
  o.lead("l");
  o.tag("needs_follow_up");
  ASSERT_EQ(o.lead_now().tasks.size(), 1U);
  o.now += days{91};
  auto r = send([this] { return completed("another"); });
  EXPECT_THAT(r.dead, ElementsAre("unknown_task"));
}

TEST_F(Unchanged, AnOldTaskByItsCompletion) {
  o.lead("l");
  o.tag("needs_follow_up");
  auto task = o.lead_now().tasks.at(0).task_id;
  o.now += days{91};
  auto r = send([&] { return completed(task); });
  EXPECT_THAT(r.dead, ElementsAre("unknown_task"));
}

TEST_F(Unchanged, ALeadsOldTaskByOutreachThatIsHeldAlready) {
  o.lead("l");
  o.tag("needs_follow_up");
  o.now = o.lead_now().tasks.at(0).due_at + days{90} - seconds{10};
  for (const auto* id : {"ana", "ben", "olivia"})
    o.agent(id, R"("active":false)");
  o.outreach("x");
  ASSERT_EQ(o.lead_now().held.size(), 1U);
  ASSERT_EQ(o.lead_now().tasks.size(), 1U);
  o.now += seconds{20}; // the lead waits, and the next retry is not due yet
  auto r = send([this] { return o.outreach("x"); });
  EXPECT_TRUE(r.dead.empty());
}

TEST_F(Unchanged, ALeadWhoseTimeIsOverByAnEventAboutAnUnknownOne) {
  o.lead("l");
  o.close("l");
  o.now += days{181};
  auto r = send([this] { return o.assign("l"); });
  EXPECT_THAT(r.dead, ElementsAre("unknown_lead"));
}

} // namespace
} // namespace fairlead::test
