#include "connectors/embedded/database.hpp"
#include "connectors/embedded/row_sums.hpp"
#include "connectors/embedded/topic_reader.hpp"
#include "tests/embedded/support.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>
#include <random>
#include <stdexcept>
#include <thread>

namespace fairlead::test {
namespace {

using namespace std::chrono_literals;
using testing::AnyOf;
using testing::HasSubstr;

namespace fs = std::filesystem;

std::string bytes_of(const std::string& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

void write(const std::string& file, const std::string& bytes) {
  std::ofstream{file, std::ios::binary} << bytes;
}

// A log with some of everything, closed.
void fill(const std::string& folder, int batches = 40) {
  embedded::log log{settings_for(folder)};
  log.start(std::nullopt);
  for (int i = 0; i < batches; ++i) {
    auto n = std::to_string(i);
    ASSERT_EQ(append(log, topic::leads, "acme", "lead " + n), verdict::durable);
    transaction t;
    auto out = record(topic::assignments, "acme",
                      "output " + n + std::string(i % 7 == 0 ? 6000 : 90, 'o'));
    out.headers = {{"h", "header " + n}};
    t.records
      = {out, record(topic::state, "acme\x1fL\x1f" + n, "snapshot " + n)};
    t.positions = {-1, i + 1, -1, -1};
    log.commit(t);
  }
}

// All that a log serves, as one text, or the sentence that it says instead.
std::string served_by(const std::string& folder) {
  try {
    std::string all;
    embedded::log log{settings_for(folder)};
    for (const auto& [key, value] : state_of(log))
      all += key + "=" + value + "\n";
    log.start(log.committed());
    for (auto on : {topic::leads, topic::assignments})
      for (const auto& value : values_of(log, on))
        all += value + "\n";
    return all;
  } catch (const std::runtime_error& e) {
    return std::string{"said: "} + e.what();
  }
}

// The same for somebody who reads the folder from outside.
std::string audited(const std::string& folder) {
  try {
    embedded::look_through(folder);
    embedded::topic_reader reader{
      folder, {topic::leads, topic::assignments}, read_start::beginning};
    std::string all;
    while (auto r = reader.next(0ms))
      all += r->value.value_or("(none)") + "\n";
    EXPECT_TRUE(reader.caught_up());
    return all;
  } catch (const std::runtime_error& e) {
    return std::string{"said: "} + e.what();
  }
}

// A copy of a folder with one file changed.
class changed {
public:
  explicit changed(const std::string& from) {
    fs::copy(from, dir_.log(), fs::copy_options::recursive);
  }
  [[nodiscard]] const std::string& folder() const { return folder_; }
  [[nodiscard]] std::string file() const {
    return embedded::file_of(dir_.log());
  }

private:
  temp_folder dir_;
  std::string folder_ = dir_.log();
};

TEST(EmbeddedDamage, AChangedWordAlwaysChangesTheSum) {
  std::mt19937_64 random{1};
  for (int i = 0; i < 2000; ++i) {
    std::string value(1 + random() % 60, '\0');
    for (auto& c : value)
      c = static_cast<char>(random());
    auto was = embedded::sum_of("key", value);
    value[random() % value.size()] ^= static_cast<char>(1 + random() % 255);
    EXPECT_NE(embedded::sum_of("key", value), was);
  }
  EXPECT_NE(embedded::sum_of("a", "bc"), embedded::sum_of("ab", "c"));
  EXPECT_NE(embedded::sum_of("", ""),
            embedded::sum_of("", std::string_view{"\0", 1}));
  embedded::record_row none, empty;
  empty.value = "";
  EXPECT_NE(embedded::sum_of(none), embedded::sum_of(empty));
}

// Goal: whatever happens to the bytes of the file, a log and a reader return
// what was written or say that they can't, and come to an end.
TEST(EmbeddedDamage, RandomBytesAreSaidOrHarmless) {
  temp_folder dir;
  fill(dir.log());
  auto whole = bytes_of(embedded::file_of(dir.log()));
  auto log_serves = served_by(dir.log());
  auto reader_serves = audited(dir.log());
  ASSERT_THAT(log_serves, HasSubstr("snapshot 39"));
  ASSERT_THAT(reader_serves, HasSubstr("output 39"));
  int said = 0;
  for (unsigned seed = 1; seed <= 100; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random{seed};
    auto bytes = whole;
    auto at = random() % bytes.size();
    auto count = seed % 3 == 0 ? 32U : 1U;
    for (auto i = at; i < std::min<std::size_t>(at + count, bytes.size()); ++i)
      bytes[i] ^= static_cast<char>(1 + random() % 255);
    changed copy{dir.log()};
    write(copy.file(), bytes);
    auto from_outside = audited(copy.folder());
    EXPECT_THAT(from_outside, AnyOf(reader_serves, HasSubstr("said: ")));
    auto from_inside = served_by(copy.folder());
    EXPECT_THAT(from_inside, AnyOf(log_serves, HasSubstr("said: ")));
    said += from_inside.starts_with("said: ") ? 1 : 0;
  }
  EXPECT_GT(said, 30);
}

// Turns one byte of a text in the file.
std::string with_another_letter(const std::string& folder,
                                const std::string& text) {
  changed copy{folder};
  auto bytes = bytes_of(copy.file());
  auto at = bytes.find(text);
  EXPECT_NE(at, std::string::npos);
  bytes[at + text.size() - 1] ^= 1;
  write(copy.file(), bytes);
  return served_by(copy.folder()) + audited(copy.folder());
}

TEST(EmbeddedDamage, TheRowIsNamed) {
  temp_folder dir;
  fill(dir.log());
  auto said = with_another_letter(dir.log(), "lead 12");
  EXPECT_THAT(said, HasSubstr("fairlead.db is damaged: the row "));
  EXPECT_THAT(said, HasSubstr("of its table records (leads, offset 12)"));
  said = with_another_letter(dir.log(), "snapshot 17");
  EXPECT_THAT(said, HasSubstr("a row of its table state (acme/L)"));
}

TEST(EmbeddedDamage, ALostEndIsSaid) {
  temp_folder dir;
  fill(dir.log());
  changed copy{dir.log()};
  {
    // As after kill -9: what is in the write-ahead log is lost with it.
    embedded::log log{settings_for(dir.log())};
    for (int i = 0; i < 5; ++i)
      append(log, topic::leads, "acme", "late");
    fs::copy_file(dir.log() + "/place", copy.folder() + "/place",
                  fs::copy_options::overwrite_existing);
  }
  auto said = served_by(copy.folder());
  EXPECT_THAT(said,
              HasSubstr("has lost its end: record 85 was written, and the "
                        "last one there is 80"));
  EXPECT_THAT(audited(copy.folder()), HasSubstr("has lost its end"));
  fs::remove(copy.folder() + "/place");
  EXPECT_THAT(served_by(copy.folder()), HasSubstr("lead 39"));
}

TEST(EmbeddedDamage, AFileThatIsEmptyOrGoneIsNotANewLog) {
  temp_folder dir;
  fill(dir.log());
  changed empty{dir.log()};
  write(empty.file(), "");
  EXPECT_THAT(served_by(empty.folder()), HasSubstr("has lost its end"));
  changed gone{dir.log()};
  fs::remove(gone.file());
  EXPECT_THAT(served_by(gone.folder()), HasSubstr("has lost its end"));
}

TEST(EmbeddedDamage, AnEndThatCantBeReadTellsNothing) {
  temp_folder dir;
  fill(dir.log());
  write(dir.log() + "/place", "place 99999999999999999999");
  EXPECT_THAT(served_by(dir.log()), HasSubstr("lead 39"));
}

TEST(EmbeddedDamage, ALogWhoseRecordsAreAllTooOldIsReadToItsEnd) {
  temp_folder dir;
  moved_clock clock;
  auto s = settings_for(dir.log());
  s.clock = clock.reading();
  s.retention_interval = 5ms;
  {
    embedded::log log{s};
    append(log, topic::leads, "acme", "old");
    log.commit({.records = {}, .positions = {-1, 1, -1, -1}});
    clock.ms += 40LL * 86'400'000;
    for (int i = 0; i < 400 && log.counts().expired == 0; ++i)
      std::this_thread::sleep_for(5ms);
    EXPECT_EQ(log.counts().expired, 1U);
  }
  EXPECT_EQ(audited(dir.log()), "");
}

} // namespace
} // namespace fairlead::test
