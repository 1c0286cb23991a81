#include "connectors/http/router.hpp"

#include <gmock/gmock.h>

namespace fairlead::http {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

router some_routes() {
  auto nobody = [](const request&) { return response{}; };
  return router{{{"GET", "/livez", {}, nobody, guard::probe},
                 {"POST", "/v1/events", {}, nobody},
                 {"GET", "/v1/events", {}, nobody},
                 {"GET", "/v1/teams/{team}/leads/{id}", {"as_of"}, nobody},
                 {"GET", "/v1/teams/{team}/leads/last", {}, nobody}}};
}

TEST(HttpRouter, APlaceIsAWholeStepDecoded) {
  auto r = some_routes();
  auto m = r.find("GET", "/v1/teams/a%2Fb%20c+d/leads/l-1");
  ASSERT_NE(m.is, nullptr);
  EXPECT_THAT(m.places,
              ElementsAre(Pair("team", "a/b c+d"), Pair("id", "l-1")));
  EXPECT_EQ(r.find("GET", "/v1/teams/a/leads/last").is->pattern,
            "/v1/teams/{team}/leads/last");
  for (const auto* path : {"/v1/teams//leads/l", "/v1/teams/a/leads",
                           "/v1/teams/a/leads/l/", "/v1/teams/%4/leads/l", "",
                           "/", "*", "/V1/events", "/v1/teams/%zz/leads/l"})
    EXPECT_EQ(r.find("GET", path).is, nullptr) << path;
}

TEST(HttpRouter, APathKnowsItsMethodsAndItsGuard) {
  auto r = some_routes();
  EXPECT_EQ(r.find("DELETE", "/v1/events").allow, "POST, GET, HEAD");
  EXPECT_EQ(r.find("DELETE", "/v1/events").is, nullptr);
  EXPECT_EQ(r.find("POST", "/livez").of, guard::probe);
  EXPECT_EQ(r.find("HEAD", "/livez").is->pattern, "/livez");
  EXPECT_EQ(r.find("GET", "/nothing").allow, "");
}

TEST(HttpRouter, SaysWhatMayHaveBeenMeant) {
  auto r = some_routes();
  EXPECT_EQ(r.find("POST", "/v1/events/").nearby, "/v1/events");
  EXPECT_EQ(r.find("POST", "/events").nearby, "/v1/events");
  EXPECT_EQ(r.find("POST", "/nothing").nearby, "");
  auto m = r.find("GET", "/v1/teams/a/leads/l");
  EXPECT_THAT(router::unknown(*m.is, {{"as_of", "1"}}), IsEmpty());
  EXPECT_THAT(router::unknown(*m.is, {{"from", "1"}, {"to", "2"}}),
              testing::AllOf(HasSubstr("`from`, `to`"), HasSubstr("`as_of`")));
}

TEST(HttpRouter, TwoRoutesForOnePathAreAMistake) {
  auto nobody = [](const request&) { return response{}; };
  EXPECT_THROW(
    router({{"GET", "/a/{x}", {}, nobody}, {"GET", "/a/{y}", {}, nobody}}),
    std::invalid_argument);
}

TEST(HttpTarget, IsSplitAndDecoded) {
  auto t = target_of("/v1/stream?topics=a%2Cb&team=x+y&flag&&=z");
  EXPECT_EQ(t.path, "/v1/stream");
  EXPECT_THAT(t.query, ElementsAre(Pair("topics", "a,b"), Pair("team", "x y"),
                                   Pair("flag", ""), Pair("", "z")));
  EXPECT_EQ(target_of("http://h:1/livez?x").path, "/livez");
  EXPECT_EQ(target_of("http://h:1/livez?x").authority, "h:1");
  EXPECT_EQ(target_of("http://h").path, "/");
  EXPECT_FALSE(target_of("/a?b=%4").valid);
}

} // namespace
} // namespace fairlead::http
