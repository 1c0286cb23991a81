#include "commands/past/known_by.hpp"
#include "messages/wire/decode.hpp"
#include "tests/unit/commands/history.hpp"

#include <gtest/gtest.h>

namespace fairlead::test {
namespace {

/// A team's history, told to a known_by.
class office {
public:
  void lead(std::int64_t seconds, const std::string& id,
            const std::string& contact, const std::string& owner) {
    auto r = hand_.input(
      topic::leads, "lead.received", at(seconds), "e" + std::to_string(seconds),
      R"({"lead_id":")" + id + R"(","contact":)" + contact + "}");
    auto read = json_decoder().decode(r);
    people.input(std::get<input_event>(read), r.where(), r.timestamp);
    decision_recorded d;
    d.chosen = {owner};
    last = *read_output(hand_.output(d, at(seconds), "e", id));
    people.output(last);
    lead_assigned b;
    b.agent = {owner, owner};
    b.decision_id = "d";
    people.output(*read_output(hand_.output(b, at(seconds), "e", id)));
  }

  known_by people;
  published_output last; /// the last decision

private:
  handwriting hand_;
};

TEST(KnownBy, R12ThePhoneThatLedToTheOwner) {
  office o;
  o.lead(1, "l1", R"({"name":"Kim Roe","phone":"+1 512 555 0142"})", "ana");
  o.lead(2, "l2", R"({"phone":"(512) 555-0142"})", "ana");
  o.people.all_read();
  auto by = o.people.why_known(o.last, "ana");
  ASSERT_TRUE(by);
  EXPECT_TRUE(by->by_phone);
  EXPECT_EQ(by->value, "+15125550142");
  EXPECT_EQ(by->lead_id, "l1");
  EXPECT_EQ(o.people.name_of("l1"), "Kim Roe");
}

TEST(KnownBy, R12OfSeveralTheOneGivenItsOwnerLast) {
  office o;
  o.lead(1, "l1", R"({"email":"kim@mail.example"})", "ana");
  o.lead(2, "l2", R"({"email":"kim@mail.example"})", "ben");
  o.lead(3, "l3", R"({"email":"KIM@mail.example"})", "ben");
  o.people.all_read();
  auto by = o.people.why_known(o.last, "ben");
  ASSERT_TRUE(by);
  EXPECT_FALSE(by->by_phone);
  EXPECT_EQ(by->lead_id, "l2");
  EXPECT_FALSE(o.people.why_known(o.last, "cy"));
}

TEST(KnownBy, R53AnExtensionIsAnotherPhoneAndAPlaceholderNobodys) {
  office o;
  o.lead(1, "l1", R"({"phone":"+1 512 555 0142 ext. 1"})", "ana");
  o.lead(2, "l2", R"({"phone":"+1 512 555 0142 ext. 2"})", "ana");
  o.lead(3, "l3", R"({"phone":"000-000-0000"})", "ana");
  o.lead(4, "l4", R"({"phone":"000-000-0000"})", "ana");
  o.people.all_read();
  EXPECT_FALSE(o.people.why_known(o.last, "ana"));
  ASSERT_EQ(o.people.traits_of("l2").size(), 1U);
  EXPECT_TRUE(o.people.traits_of("l2")[0].also.empty());
  EXPECT_TRUE(o.people.traits_of("l4").empty());
}

TEST(KnownBy, R53FiveOfEachAndWhatIsForgotten) {
  office o;
  o.lead(0, "l0", R"({"phone":"+15125550100"})", "ana");
  for (int i = 0; i < 6; ++i)
    o.lead(i + 1, "l1", R"({"phone":"+1512555010)" + std::to_string(i) + "\"}",
           "ana");
  o.lead(9, "l1", R"({"forget":["+15125550105"]})", "ana");
  o.people.all_read();
  std::vector<std::string> kept;
  for (const auto& t : o.people.traits_of("l1"))
    kept.push_back(t.value);
  EXPECT_EQ(kept, (std::vector<std::string>{"+15125550104", "+15125550103",
                                            "+15125550102", "+15125550101"}));
}

} // namespace
} // namespace fairlead::test
