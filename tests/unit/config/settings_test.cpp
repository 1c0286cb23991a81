#include "config/settings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

namespace fairlead {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

/// A settings file that goes with the test.
class file_with {
public:
  explicit file_with(const std::string& text) {
    char name[] = "/tmp/fairlead-settings-XXXXXX";
    auto fd = ::mkstemp(name);
    ::close(fd);
    name_ = name;
    std::ofstream{name_} << text;
  }
  ~file_with() { ::unlink(name_.c_str()); }
  file_with(const file_with&) = delete;
  file_with& operator=(const file_with&) = delete;
  [[nodiscard]] const std::string& name() const { return name_; }

private:
  std::string name_;
};

TEST(Settings, TheExampleSaysExactlyTheDefaults) {
  auto [s, f] = load_settings(
    {.file = FAIRLEAD_SOURCE_DIR "/config/fairlead.example.json",
     .environment = {},
     .command_line = {}});
  EXPECT_THAT(f.sentences, IsEmpty());
  EXPECT_EQ(print_settings(s), print_settings(settings{}));
}

TEST(Settings, TheCommandLineBeatsTheEnvironmentWhichBeatsTheFile) {
  file_with file{R"({"retention_days": 1, "idle_wait_ms": 1, "tries_max": 9})"};
  auto [s, f] = load_settings({.file = file.name(),
                               .environment = {{"FAIRLEAD_RETENTION_DAYS", "2"},
                                               {"FAIRLEAD_IDLE_WAIT_MS", "2"}},
                               .command_line = {{"retention_days", "3"}}});
  EXPECT_THAT(f.sentences, IsEmpty());
  EXPECT_EQ(s.retention_days, 3);
  EXPECT_EQ(s.idle_wait_ms, 2);
  EXPECT_EQ(s.tries_max, 9);
}

TEST(Settings, AllFaultsAreNamedTogether) {
  file_with file{
    R"({"retention_dayz": 1, "live_entities_max": "two", "http": 80,
                     "log_level": "loud", "idle_wait_ms": 1.5,
                     "kafka": {"a": {}}})"};
  auto [s, f] = load_settings({.file = file.name(),
                               .environment = {{"FAIRLEAD_NOISE", "1"}},
                               .command_line = {{"tries_max", "0"}}});
  EXPECT_THAT(
    f.sentences,
    testing::UnorderedElementsAre(
      HasSubstr("retention_dayz is not a setting"),
      AllOf(HasSubstr("live_entities_max must be"), HasSubstr("two")),
      HasSubstr("http must be a text"), HasSubstr("log_level must be"),
      HasSubstr("idle_wait_ms must be"), HasSubstr("kafka.a must be"),
      HasSubstr("FAIRLEAD_NOISE is not a setting"),
      HasSubstr("--set tries_max must be a whole number from 1 to 100, "
                "not 0")));
}

TEST(Settings, ANameOfBeforeIsToldWithTheNewOne) {
  auto [s, f]
    = load_settings({.file = {},
                     .environment = {{"FAIRLEAD_LIVE_ACTORS_MAX", "2000"}},
                     .command_line = {}});
  EXPECT_THAT(f.sentences,
              testing::ElementsAre(HasSubstr("live_entities_max now")));
}

TEST(Settings, AFileThatIsNoJsonIsToldWithItsLine) {
  file_with file{"{\n\"http\": \n}"};
  auto [s, f] = load_settings(
    {.file = file.name(), .environment = {}, .command_line = {}});
  EXPECT_THAT(f.sentences, ElementsAre(HasSubstr("line 3")));
  auto [s2, f2] = load_settings(
    {.file = "/nowhere/at/all", .environment = {}, .command_line = {}});
  EXPECT_THAT(f2.sentences, ElementsAre(HasSubstr("can't be read")));
}

TEST(Settings, OnTheCommandLineASettingIsNamedAsItWasGiven) {
  auto [s, f]
    = load_settings({.file = {},
                     .environment = {},
                     .command_line = {{"foo", "1"}, {"retention_days", "0"}}});
  EXPECT_THAT(f.sentences, ElementsAre(HasSubstr("--set foo is not a setting"),
                                       HasSubstr("--retention-days must be")));
}

TEST(Settings, WhatIsWrongWithABoardsHistoryIsNamedTogether) {
  auto [s, f] = load_settings(
    {.file = {},
     .environment = {{"FAIRLEAD_DATA", "/srv/x"}},
     .command_line = {{"embedded", "/srv/x"}, {"sums_days", "0"}}});
  EXPECT_THAT(f.sentences,
              ElementsAre(HasSubstr("--sums-days must be a whole number"),
                          HasSubstr("data and embedded must be two folders")));
}

TEST(Settings, AFileOfManyLevelsIsRefused) {
  std::string deep;
  for (int i = 0; i < 1'000'000; ++i)
    deep += R"({"a":)";
  deep += "1" + std::string(1'000'000, '}');
  file_with file{deep};
  auto [s, f] = load_settings(
    {.file = file.name(), .environment = {}, .command_line = {}});
  EXPECT_THAT(f.sentences, ElementsAre(HasSubstr("values within values")));
}

TEST(Settings, AKeyThatStandsTwiceIsAFault) {
  file_with file{R"({"tries_max": 1, "tries_max": 2})"};
  auto [s, f] = load_settings(
    {.file = file.name(), .environment = {}, .command_line = {}});
  EXPECT_THAT(f.sentences, ElementsAre(HasSubstr("tries_max appears twice")));
}

TEST(Settings, OneLogReplacesTheOtherOfALowerLayer) {
  file_with file{R"({"brokers": "k:9092"})"};
  auto [s, f] = load_settings({.file = file.name(),
                               .environment = {},
                               .command_line = {{"embedded", "/tmp/x"}}});
  EXPECT_THAT(f.sentences, IsEmpty());
  EXPECT_EQ(s.brokers, "");
  EXPECT_EQ(s.embedded, "/tmp/x");
  auto [s2, f2] = load_settings(
    {.file = {},
     .environment = {},
     .command_line = {{"brokers", "k:9092"}, {"embedded", "/tmp/x"}}});
  EXPECT_THAT(f2.sentences, ElementsAre(HasSubstr("exclude each other")));
}

TEST(Settings, SecretsAreMaskedWhenPrinted) {
  auto [s, f] = load_settings(
    {.file = {},
     .environment = {{"FAIRLEAD_KAFKA_SASL_PASSWORD", "hunter2"},
                     {"FAIRLEAD_KAFKA_SASL_USERNAME", "fairlead"}},
     .command_line = {{"kafka.ssl.key.password", "hunter3"},
                      {"kafka.ssl.key.pem", "hunter5"},
                      {"kafka.sasl.oauthbearer.client.secret", "hunter4"}}});
  EXPECT_THAT(f.sentences, IsEmpty());
  EXPECT_EQ(s.kafka.at("sasl.password"), "hunter2");
  auto text = print_settings(s);
  EXPECT_THAT(text, Not(HasSubstr("hunter")));
  EXPECT_THAT(text, HasSubstr(R"("sasl.username": "fairlead")"));
}

TEST(Settings, VariablesOfScriptsAndTestsAreLeftAlone) {
  const char* environ[]
    = {"FAIRLEAD_JOBS=2", "FAIRLEAD_TEST_BROKERS=k:1", "FAIRLEAD_HTTP_TOKEN=x",
       "HOME=/root",      "FAIRLEAD_HTTP=off",         nullptr};
  EXPECT_THAT(environment_settings(environ),
              ElementsAre(testing::Pair("FAIRLEAD_HTTP", "off")));
}

TEST(Settings, ATokenIsAFilesFirstLine) {
  auto at = testing::TempDir() + "fairlead-token";
  auto token_in = [&](const std::string& text) {
    std::ofstream{at} << text;
    return read_token(at);
  };
  EXPECT_EQ(token_in("s3cret"), "s3cret");
  EXPECT_EQ(token_in("s3cret \r\nanother line\n"), "s3cret");
  EXPECT_THROW((void)token_in(""), std::invalid_argument);
  EXPECT_THROW((void)token_in(" \nsecond"), std::invalid_argument);
  std::remove(at.c_str());
  EXPECT_THROW((void)read_token(at), std::invalid_argument);
}

TEST(Settings, AddressesWithAndWithoutBrackets) {
  EXPECT_EQ(parse_host_port("127.0.0.1:80")->host, "127.0.0.1");
  EXPECT_EQ(parse_host_port("[::1]:8080")->host, "::1");
  EXPECT_EQ(parse_host_port("[::1]:8080")->port, 8080);
  for (auto bad :
       {"", ":80", "host", "host:", "host:x", "host:70000", "::1:80", "[]:80"})
    EXPECT_FALSE(parse_host_port(bad)) << bad;
}

} // namespace
} // namespace fairlead
