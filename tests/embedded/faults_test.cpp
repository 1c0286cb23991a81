#include "tests/embedded/support.hpp"

#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <array>
#include <csignal>
#include <fstream>
#include <functional>
#include <stdexcept>
#include <thread>

namespace fairlead::test {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

// What opening a folder says, in a process of its own (`prepare` runs there).
std::string opening(const std::string& folder,
                    const std::function<void()>& prepare = {}) {
  std::array<int, 2> ends{};
  EXPECT_EQ(::pipe(ends.data()), 0);
  auto pid = ::fork();
  if (pid == 0) {
    std::string said = "opened";
    try {
      if (prepare)
        prepare();
      embedded::log log{settings_for(folder)};
    } catch (const std::exception& e) {
      said = e.what();
    }
    auto n = ::write(ends[1], said.data(), said.size());
    ::_exit(n < 0 ? 1 : 0);
  }
  ::close(ends[1]);
  std::string said;
  std::array<char, 512> part{};
  for (;;) {
    auto n = ::read(ends[0], part.data(), part.size());
    if (n <= 0)
      break;
    said.append(part.data(), static_cast<std::size_t>(n));
  }
  ::close(ends[0]);
  int status = 0;
  ::waitpid(pid, &status, 0);
  return said;
}

TEST(EmbeddedFaults, ASecondProcessIsRefusedWithTheFoldersName) {
  temp_folder dir;
  std::array<int, 2> ready{};
  std::array<int, 2> end{};
  ASSERT_EQ(::pipe(ready.data()), 0);
  ASSERT_EQ(::pipe(end.data()), 0);
  auto holder = ::fork();
  if (holder == 0) {
    ::close(end[1]);
    embedded::log log{settings_for(dir.log())};
    char c = 'r';
    if (::write(ready[1], &c, 1) == 1 && ::read(end[0], &c, 1) == 0)
      ::_exit(0);
    ::_exit(1);
  }
  char c = 0;
  ASSERT_EQ(::read(ready[0], &c, 1), 1);
  auto said = opening(dir.log());
  EXPECT_THAT(said, HasSubstr("The folder " + dir.log()
                              + " is in use by another Fairlead process"));
  EXPECT_THAT(said, HasSubstr(std::to_string(holder)));
  for (int fd : {ready[0], ready[1], end[0], end[1]})
    ::close(fd);
  int status = 0;
  ::waitpid(holder, &status, 0);
  EXPECT_EQ(opening(dir.log()), "opened");
}

TEST(EmbeddedFaults, AFolderThatCannotBeWrittenIsNamed) {
  temp_folder dir;
  ASSERT_EQ(opening(dir.log()), "opened");
  ASSERT_EQ(::chmod((dir.log() + "/fairlead.db").c_str(), 0444), 0);
  ASSERT_EQ(::chmod((dir.log() + "/lock").c_str(), 0444), 0);
  ASSERT_EQ(::chmod(dir.log().c_str(), 0555), 0);
  ASSERT_EQ(::chmod(dir.path().c_str(), 0755), 0);
  // Root may write everywhere: be nobody.
  auto said = opening(dir.log(), [] {
    if (::getuid() == 0 && ::setuid(65534) != 0)
      throw std::runtime_error("setuid failed");
  });
  EXPECT_THAT(said, HasSubstr("The folder " + dir.log() + " can't be written"));
  EXPECT_EQ(::chmod(dir.log().c_str(), 0755), 0);
}

TEST(EmbeddedFaults, ADamagedFileIsNamed) {
  temp_folder dir;
  ASSERT_EQ(opening(dir.log()), "opened");
  std::ofstream{dir.log() + "/fairlead.db"} << std::string(8192, 'x');
  EXPECT_THAT(opening(dir.log()), HasSubstr("/fairlead.db is damaged"));
}

TEST(EmbeddedFaults, ANewerLayoutIsRefused) {
  temp_folder dir;
  ASSERT_EQ(opening(dir.log()), "opened");
  {
    // `user_version` stands at byte 60 of an SQLite file, big endian.
    std::fstream f{dir.log() + "/fairlead.db",
                   std::ios::in | std::ios::out | std::ios::binary};
    f.seekp(60);
    f.write("\0\0\0\x63", 4);
  }
  EXPECT_THAT(opening(dir.log()), HasSubstr("written by a newer Fairlead"));
}

// Fills a log until there is no room, makes some, and checks that it goes on by
// itself with what was acknowledged and committed, and only whole transactions.
void fill_up(const embedded::settings& s, const std::function<void()>& room) {
  std::size_t acknowledged = 0;
  std::size_t committed = 0;
  auto next_batch = [&] {
    auto at = static_cast<std::int64_t>(committed);
    transaction t;
    t.records = {record(topic::assignments, "acme", std::string(3000, 'o')),
                 record(topic::state, "n", std::to_string(at))};
    t.positions = {-1, at + 1, -1, -1};
    return t;
  };
  {
    embedded::log log{s};
    log.start(std::nullopt);
    auto full = false;
    for (int i = 0; i < 100'000 && !full; ++i) {
      full = append(log, topic::leads, "acme", std::string(3000, 'i'))
             != verdict::durable;
      acknowledged += full ? 0 : 1;
      if (!full && log.commit(next_batch()) == commit_result::done)
        ++committed;
    }
    ASSERT_GT(committed, 10U);
    std::string why;
    EXPECT_EQ(
      log.append({record(topic::leads, "acme", std::string(3000, 'i'))}, why),
      verdict::failed);
    EXPECT_THAT(why, HasSubstr("Nothing that was acknowledged is lost"));
    EXPECT_THAT(why, HasSubstr(s.folder));
    EXPECT_EQ(log.commit(next_batch()), commit_result::aborted);
    EXPECT_EQ(log.broken(), "");
    EXPECT_TRUE(log.counts().no_room);
    // Reading goes on.
    EXPECT_EQ(values_of(log, topic::leads).size(), acknowledged);
    EXPECT_EQ(log.poll(0ms, 10).records.size(), 10U);
    // So does a stop: it does not wait for room.
    std::thread stop{[&log] {
      std::this_thread::sleep_for(50ms);
      log.wake();
    }};
    auto began = std::chrono::steady_clock::now();
    EXPECT_EQ(log.commit(next_batch()), commit_result::aborted);
    EXPECT_LT(std::chrono::steady_clock::now() - began, 900ms);
    stop.join();
    room();
    EXPECT_EQ(append(log, topic::leads, "acme", "more"), verdict::durable);
    ++acknowledged;
    EXPECT_EQ(log.commit(next_batch()), commit_result::done);
    ++committed;
    EXPECT_FALSE(log.counts().no_room);
  }
  embedded::log log{s};
  EXPECT_EQ(values_of(log, topic::leads).size(), acknowledged);
  EXPECT_EQ(values_of(log, topic::assignments).size(), committed);
  EXPECT_THAT(state_of(log),
              ElementsAre(Pair("n", std::to_string(committed - 1))));
  EXPECT_EQ(log.committed()[1], static_cast<std::int64_t>(committed));
}

// The process may not write larger files: a disk's end that needs no rights.
// The first to meet it is the write-ahead log, then the file itself.
TEST(EmbeddedFaults, WhereNoFileMayGrowItIsReadAndWrittenAgainWhenOneMay) {
  ::signal(SIGXFSZ, SIG_IGN); // as the program does
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  auto allow = [&](rlim_t megabytes) {
    rlimit l{.rlim_cur = megabytes * 1024 * 1024, .rlim_max = before.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &l), 0);
  };
  for (rlim_t megabytes : {3U, 8U}) {
    temp_folder dir;
    allow(megabytes);
    fill_up(settings_for(dir.log()), [&] { allow(megabytes + 6); });
  }
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
}

// What SQLite makes of a full disk, a bound on its pages brings, too.
TEST(EmbeddedFaults, AFullFileLosesNothing) {
  for (int pages : {137, 200}) {
    temp_folder dir;
    auto s = settings_for(dir.log());
    s.pages_max = pages;
    std::size_t acknowledged = 0;
    {
      embedded::log log{s};
      while (append(log, topic::leads, "acme", std::string(3000, 'i'))
             == verdict::durable)
        ++acknowledged;
      EXPECT_TRUE(log.counts().no_room);
      EXPECT_EQ(append(log, topic::leads, "acme", std::string(3000, 'i')),
                verdict::failed);
      EXPECT_EQ(values_of(log, topic::leads).size(), acknowledged);
    }
    ASSERT_GT(acknowledged, 10U);
    s.pages_max = 0;
    embedded::log log{s};
    EXPECT_EQ(values_of(log, topic::leads).size(), acknowledged);
    EXPECT_EQ(append(log, topic::leads, "acme", "again"), verdict::durable);
  }
}

} // namespace
} // namespace fairlead::test
