#include "tests/embedded/support.hpp"

#include <gmock/gmock.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <random>
#include <thread>

namespace fairlead::test {
namespace {

using namespace std::chrono_literals;

constexpr int kills = 50;
constexpr int clients = 3;

// Clients that append numbered records and report what was acknowledged, and
// an engine that answers every input with one output. Never returns.
[[noreturn]] void serve(const std::string& folder, int report) {
  embedded::log log{settings_for(folder)};
  std::vector<std::thread> all;
  for (int c = 0; c < clients; ++c)
    all.emplace_back([&log, c, report] {
      for (int i = 0;; ++i) {
        auto name = std::to_string(::getpid()) + "/" + std::to_string(c) + "/"
                    + std::to_string(i);
        if (append(log, topic::leads, "acme", name) != verdict::durable)
          ::_exit(2);
        auto line = name + "\n";
        if (::write(report, line.data(), line.size()) < 0)
          ::_exit(3);
      }
    });
  std::optional<input_positions> meta;
  log.restore([&](std::string_view, std::optional<std::string_view> v) {
    meta = input_positions{-1, std::stoll(std::string{*v}), -1, -1};
  });
  auto at = log.start(meta);
  for (;;) {
    transaction t;
    for (auto& r : log.poll(1s, 100).records) {
      t.records.push_back(record(topic::assignments, "acme", *r.value));
      at[1] = r.offset + 1;
    }
    if (t.records.empty())
      continue;
    t.records.push_back(record(topic::state, "meta", std::to_string(at[1])));
    t.positions = at;
    log.commit(t);
  }
}

// Goal: P1 on the embedded log. Method: kill −9 at random moments, fifty
// times on the same folder; afterwards every acknowledged event is there once
// and has exactly one output. SIM_SEED replays the moments.
TEST(EmbeddedKill, AcknowledgedEventsHaveTheirOutputsExactlyOnce) {
  const char* given = std::getenv("SIM_SEED");
  auto seed
    = given ? static_cast<unsigned>(std::atoi(given)) : std::random_device{}();
  RecordProperty("SIM_SEED", std::to_string(seed));
  SCOPED_TRACE("SIM_SEED=" + std::to_string(seed));
  std::mt19937 random{seed};
  temp_folder dir;
  std::vector<std::string> acknowledged;
  for (int i = 0; i < kills; ++i) {
    std::array<int, 2> ends{};
    ASSERT_EQ(::pipe(ends.data()), 0);
    auto pid = ::fork();
    if (pid == 0) {
      ::close(ends[0]);
      serve(dir.log(), ends[1]);
    }
    ::close(ends[1]);
    std::string text;
    std::array<char, 4096> part{};
    auto take = [&] {
      auto n = ::read(ends[0], part.data(), part.size());
      if (n > 0)
        text.append(part.data(), static_cast<std::size_t>(n));
      return n > 0;
    };
    ASSERT_TRUE(take()); // it runs
    std::this_thread::sleep_for(std::chrono::microseconds{random() % 40'000});
    ASSERT_EQ(::kill(pid, SIGKILL), 0);
    int status = 0;
    ::waitpid(pid, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status)) << status;
    while (take()) {
    }
    ::close(ends[0]);
    for (std::size_t from = 0;;) {
      auto to = text.find('\n', from);
      if (to == std::string::npos)
        break;
      acknowledged.push_back(text.substr(from, to - from));
      from = to + 1;
    }
  }
  embedded::log log{settings_for(dir.log())};
  auto in = values_of(log, topic::leads);
  auto out = values_of(log, topic::assignments);
  // The outputs are the consumed inputs, in their order, each once.
  ASSERT_EQ(static_cast<std::int64_t>(out.size()), log.committed()[1]);
  ASSERT_LE(out.size(), in.size());
  EXPECT_TRUE(std::equal(out.begin(), out.end(), in.begin()));
  std::sort(in.begin(), in.end());
  EXPECT_EQ(std::adjacent_find(in.begin(), in.end()), in.end());
  std::sort(acknowledged.begin(), acknowledged.end());
  EXPECT_TRUE(std::includes(in.begin(), in.end(), acknowledged.begin(),
                            acknowledged.end()));
  EXPECT_GT(acknowledged.size(), static_cast<std::size_t>(kills));
  EXPECT_GT(out.size(), 0U);
}

} // namespace
} // namespace fairlead::test
