#include "commands/board/rules_trial.hpp"
#include "connectors/embedded/log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <future>
#include <string>
#include <system_error>

namespace fairlead::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

/// A folder with a team in it.
class rules_trial_refusals : public testing::Test {
protected:
  rules_trial_refusals() {
    std::string name
      = (std::filesystem::temp_directory_path() / "fairlead-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
    embedded::settings s;
    s.folder = folder_ + "/log";
    embedded::log log{s};
    new_record r;
    r.on = topic::roster;
    r.key = "acme";
    r.value
      = R"({"specversion":"1.0","id":"d","source":"/test","type":"team.configured",)"
        R"("data":{"team_id":"acme","account_owner":"ana"}})";
    std::string why;
    EXPECT_EQ(log.append({r}, why), event_sink::verdict::durable) << why;
  }
  ~rules_trial_refusals() override {
    std::error_code ec;
    std::filesystem::remove_all(folder_, ec);
  }
  rules_trial_refusals(const rules_trial_refusals&) = delete;
  rules_trial_refusals& operator=(const rules_trial_refusals&) = delete;

  [[nodiscard]] endpoint source() const {
    endpoint e;
    e.config.embedded = folder_ + "/log";
    return e;
  }

  static http::request asked() {
    http::request q;
    q.method = "POST";
    q.path = "/v1/teams/acme/what-if";
    q.places = {{"team", "acme"}};
    q.body = R"({"document":{"team_id":"acme","account_owner":"ben"}})";
    return q;
  }

  static std::string sentence(const http::response& r) {
    return nlohmann::json::parse(r.body)["detail"].get<std::string>();
  }

private:
  std::string folder_;
};

TEST_F(rules_trial_refusals, a_past_within_the_limits_is_tried) {
  rules_trial trial{source()};
  auto r = trial.route().answer(asked());
  EXPECT_EQ(r.status, 200) << r.body;
}

TEST_F(rules_trial_refusals, a_past_that_is_too_large_says_how_large) {
  for (auto limits :
       {rules_trial::limits{.within = 20s, .records_max = 0, .bytes_max = 1024},
        rules_trial::limits{.within = 20s, .records_max = 9, .bytes_max = 0}}) {
    rules_trial trial{source(), limits};
    auto r = trial.route().answer(asked());
    EXPECT_EQ(r.status, 503);
    EXPECT_THAT(sentence(r), HasSubstr("larger than what is looked at"));
    EXPECT_THAT(sentence(r), HasSubstr("fairlead what-if"));
  }
}

TEST_F(rules_trial_refusals, a_try_that_takes_too_long_is_broken_off) {
  rules_trial trial{source(),
                    {.within = 0s, .records_max = 9, .bytes_max = 1024 * 1024}};
  auto r = trial.route().answer(asked());
  EXPECT_EQ(r.status, 503);
  EXPECT_THAT(sentence(r), HasSubstr("not done in 0 s"));
}

TEST_F(rules_trial_refusals, nobody_waits_for_it_any_more) {
  rules_trial trial{source()};
  auto q = asked();
  q.awaited = [] { return false; };
  EXPECT_EQ(trial.route().answer(q).status, 503);
}

TEST_F(rules_trial_refusals, one_at_a_time) {
  rules_trial trial{source()};
  auto first = asked();
  std::optional<http::response> second;
  first.awaited = [&] {
    if (!second)
      second = std::async(std::launch::async, [&] {
                 return trial.route().answer(asked());
               }).get();
    return true;
  };
  EXPECT_EQ(trial.route().answer(first).status, 200);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->status, 503);
  EXPECT_THAT(sentence(*second), HasSubstr("being tried at the moment"));
  EXPECT_EQ(trial.route().answer(asked()).status, 200) << "it is free again";
}

} // namespace
} // namespace fairlead::test
