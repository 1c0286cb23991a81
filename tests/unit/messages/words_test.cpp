// The words and their spelling, against the published schemas.

#include "messages/words.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <string>
#include <vector>

namespace fairlead {
namespace {

using testing::UnorderedElementsAreArray;

/// How the compiler spells an enumerator: without its enum, if it has a name.
template <auto Value>
constexpr std::string_view enumerator() {
  std::string_view text = __PRETTY_FUNCTION__;
  text.remove_prefix(text.find("Value = ") + 8);
  text = text.substr(0, text.find_first_of(";]"));
  return text.substr(text.rfind(':') + 1);
}

/// True if the enumerators from the first on are named like their words.
template <class Word, std::size_t... I>
constexpr bool named_like_words(std::index_sequence<I...>) {
  return ((enumerator<static_cast<Word>(I)>() == spelling<Word>[I]) && ...);
}

template <class Word>
struct Words : testing::Test {};

using all_words
  = testing::Types<assign_requires, ring_pattern, role, action_kind, outcome,
                   ring_step, answered_as, cancel_reason, miss_reason,
                   assign_reason, unassigned_reason, failure_reason,
                   refusal_reason, notification_kind, default_task,
                   task_cancel_reason, decision_kind, exclusion,
                   passed_over_because, tie_break, dead_letter_reason>;
TYPED_TEST_SUITE(Words, all_words);

TYPED_TEST(Words, AreSpelledLikeTheirEnumeratorsAndNoneIsForgotten) {
  constexpr auto n = spelling<TypeParam>.size();
  EXPECT_TRUE(named_like_words<TypeParam>(std::make_index_sequence<n>{}));
  // The next value is a number without a name, as in `(role)3`, or it is the
  // one that is not on the wire.
  constexpr auto next = enumerator<static_cast<TypeParam>(n)>();
  EXPECT_TRUE(next.find(')') != next.npos || next == "over") << next;
}

TYPED_TEST(Words, AreReadBack) {
  for (std::size_t i = 0; i < spelling<TypeParam>.size(); ++i) {
    auto word = static_cast<TypeParam>(i);
    EXPECT_EQ(read<TypeParam>(to_string(word)), word);
  }
  EXPECT_EQ(read<TypeParam>(""), std::nullopt);
  EXPECT_EQ(read<TypeParam>("Owner"), std::nullopt);
}

TEST(Spelling, OneThatIsNotOnTheWireHasNoSpelling) {
  EXPECT_THROW((void)to_string(ring_step::over), std::out_of_range);
}

TEST(WordOrText, IsTheWordWhereverItCameFrom) {
  outcome_tag by_text{"opt_out"};
  EXPECT_EQ(by_text, outcome::opt_out);
  EXPECT_EQ(by_text, outcome_tag{outcome::opt_out});
  EXPECT_EQ(by_text.text(), "opt_out");
  outcome_tag own{"hot; very"};
  EXPECT_EQ(own.known(), nullptr);
  EXPECT_EQ(own.text(), "hot; very");
  EXPECT_FALSE(own == by_text);
  EXPECT_EQ(outcome_tag{}.text(), "");
}

// -- the schemas --------------------------------------------------------------

template <class Word>
std::vector<std::string_view> words() {
  return {spelling<Word>.begin(), spelling<Word>.end()};
}

TEST(Spelling, IsThatOfTheSchemas) {
  auto data = [](const char* rest) {
    return "/properties/data/properties" + std::string{rest};
  };
  struct {
    const char* file;
    std::string pointer;
    std::vector<std::string_view> wanted;
  } const all[] = {
    {"lead.assigned", data("/reason"), words<assign_reason>()},
    {"lead.unassigned", data("/reason"), words<unassigned_reason>()},
    {"action.failed", data("/reason"), words<failure_reason>()},
    {"outreach.refused", data("/reason/anyOf/0"), words<refusal_reason>()},
    {"ring.requested", data("/step"), words<ring_step>()},
    {"ring.cancelled", data("/legs/items/properties/reason"),
     words<cancel_reason>()},
    {"transfer.connected", data("/answered_by/properties/kind"),
     words<answered_as>()},
    {"transfer.missed", data("/reason"), words<miss_reason>()},
    {"transfer.requested", data("/pattern/anyOf/0"), words<ring_pattern>()},
    {"notification.requested", data("/kind"), words<notification_kind>()},
    {"task.cancelled", data("/reason"), words<task_cancel_reason>()},
    {"decision.recorded", data("/kind"), words<decision_kind>()},
    {"decision.recorded", data("/candidates/items/properties/excluded/anyOf/0"),
     words<exclusion>()},
    {"decision.recorded", data("/passed_over/anyOf/0/items/properties/because"),
     words<passed_over_because>()},
    {"decision.recorded", data("/tie_break/anyOf/0"), words<tie_break>()},
    {"team-document",
     "/properties/pools/anyOf/0/items/properties/assign_requires/anyOf/0",
     words<assign_requires>()},
  };
  for (const auto& x : all) {
    std::ifstream in{FAIRLEAD_SOURCE_DIR "/docs/schemas/" + std::string{x.file}
                     + ".json"};
    auto schema = nlohmann::json::parse(in);
    auto at = nlohmann::json::json_pointer{x.pointer + "/enum"};
    EXPECT_THAT(schema.at(at).get<std::vector<std::string>>(),
                UnorderedElementsAreArray(x.wanted))
      << x.file << x.pointer;
  }
}

} // namespace
} // namespace fairlead
