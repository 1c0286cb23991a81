#include "tests/embedded/support.hpp"

#include <gmock/gmock.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <array>
#include <fstream>
#include <functional>
#include <stdexcept>

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

// Fills a log until it breaks and checks that what was acknowledged, and only
// whole transactions, are there when there is room again.
void fill_up(const embedded::settings& small,
             const std::function<void()>& room) {
  std::size_t acknowledged = 0;
  std::size_t committed = 0;
  std::string told;
  auto s = small;
  s.on_broken = [&told](const std::string& why) { told = why; };
  {
    embedded::log log{s};
    log.start(std::nullopt);
    std::string why;
    try {
      for (int i = 0; i < 100'000; ++i) {
        if (append(log, topic::leads, "acme", std::string(3000, 'i'))
            != verdict::durable)
          break;
        ++acknowledged;
        transaction t;
        t.records = {record(topic::assignments, "acme", std::string(3000, 'o')),
                     record(topic::state, "n", std::to_string(i))};
        t.positions = {-1, i + 1, -1, -1};
        if (log.commit(t) == commit_result::done)
          ++committed;
      }
    } catch (const embedded::log_broken& e) {
      why = e.what();
    }
    if (!why.empty()) {
      EXPECT_THAT(why, HasSubstr("is full"));
      EXPECT_THAT(why, HasSubstr(s.folder));
    }
    EXPECT_THAT(log.broken(), HasSubstr("is full"));
    EXPECT_THROW(log.poll(0ms, 1), embedded::log_broken);
    EXPECT_THROW(log.commit({}), embedded::log_broken);
    EXPECT_EQ(append(log, topic::leads, "acme", "x"), verdict::failed);
  }
  EXPECT_THAT(told, HasSubstr("is full"));
  ASSERT_GT(committed, 10U);
  room();
  s.pages_max = 0;
  embedded::log log{s};
  EXPECT_EQ(values_of(log, topic::leads).size(), acknowledged);
  EXPECT_EQ(values_of(log, topic::assignments).size(), committed);
  EXPECT_THAT(state_of(log),
              ElementsAre(Pair("n", std::to_string(committed - 1))));
  EXPECT_EQ(log.committed()[1], static_cast<std::int64_t>(committed));
  EXPECT_EQ(append(log, topic::leads, "acme", "again"), verdict::durable);
}

TEST(EmbeddedFaults, AFullFileStopsTheLogAndLosesNothing) {
  temp_folder dir;
  auto s = settings_for(dir.log());
  s.pages_max = 200;
  fill_up(s, [] {});
}

TEST(EmbeddedFaults, AFullDiskStopsTheLogAndLosesNothing) {
  temp_folder dir;
  auto s = settings_for(dir.log());
  ASSERT_EQ(::mkdir(dir.log().c_str(), 0755), 0);
  if (::mount("tmpfs", dir.log().c_str(), "tmpfs", 0, "size=3m") == 0) {
    fill_up(s, [&] {
      ASSERT_EQ(
        ::mount("tmpfs", dir.log().c_str(), "tmpfs", MS_REMOUNT, "size=9m"), 0);
    });
    EXPECT_EQ(::umount2(dir.log().c_str(), MNT_DETACH), 0);
  } else {
    // Without the right to mount, a bound on the file is the disk's end; it
    // breaks at another page than the test above.
    s.pages_max = 137;
    fill_up(s, [] {});
  }
}

} // namespace
} // namespace fairlead::test
