#include "board/past/kept_form.hpp"
#include "connectors/board_store/store.hpp"
#include "tests/embedded/temp_folder.hpp"
#include "tests/unit/board/office.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <stdexcept>

namespace fairlead::test {
namespace {

using board_store::store;
using testing::HasSubstr;
using namespace std::chrono_literals;

/// Where a board keeps its past.
class folder {
public:
  [[nodiscard]] std::string data() const { return in_.path() + "/data"; }
  [[nodiscard]] std::string file() const { return data() + "/board.db"; }

private:
  temp_folder in_;
};

/// A board that keeps its past, as often as it is started anew.
class kept_board {
public:
  explicit kept_board(const std::string& in,
                      std::int64_t hours_max = std::int64_t{400} * 24)
    : kept_{in, "fairlead"}, office_{{.in = &kept_, .hours_max = hours_max}} {}

  /// Those that a reader is given who goes on where the last one ended.
  void read(const std::vector<raw_record>& all) {
    auto places = office_.board.places();
    for (const auto& r : all) {
      auto at = std::find_if(
        places.begin(), places.end(),
        [&](const board::reading_place& p) { return p.on == r.on; });
      if (at == places.end() || r.offset >= at->from)
        office_.board.record(r);
    }
  }
  void keep() {
    kept_.save(office_.board.changes());
    office_.board.all_kept();
  }
  [[nodiscard]] json told() {
    return office_.ask([](const model::view& v) {
      return json{{"report", board::report(v, {})},
                  {"transfers", board::transfers(v, "", {})},
                  {"rules", board::rules(v)},
                  {"letters", v.all.letters_by_reason()}};
    });
  }
  office& all() { return office_; }

private:
  store kept_;
  office office_;
};

/// Three days of an office: leads and turns, a call that is answered in the
/// end, one that is missed and called back, a letter that nobody could read.
std::vector<raw_record> days_of(office& o) {
  std::vector<raw_record> all{input(topic::roster, team_configured_event)};
  const decision_candidate ana{"ana", 0, {}}, ben{"ben", 0, {}},
    away{"cy", 0, exclusion::absent};
  auto lead = [&](int i, instant at) {
    auto id = std::to_string(i);
    auto r = input(topic::leads,
                   R"({"specversion":"1.0","id":"e-)" + id
                     + R"(","source":"/crm","type":"lead.received",)"
                       R"("partitionkey":"acme","data":{"lead_id":"l-)"
                     + id + R"(","source":"zillow"}})",
                   i);
    r.timestamp = at;
    return r;
  };
  for (int i = 0; i < 30; ++i) {
    auto at = noon - 72h + i * 2h;
    auto id = "l-" + std::to_string(i);
    all.push_back(lead(i, at));
    all.push_back(o.made(
      office::choice_of({ana, ben, away}, i % 2 == 0 ? "ana" : "ben"), id, at));
    lead_assigned b;
    b.agent = {i % 2 == 0 ? "ana" : "ben", "Somebody"};
    all.push_back(o.made(b, id, at + 1ms));
  }
  transfer_missed missed;
  missed.call_id = "c-1";
  missed.reason = miss_reason::busy;
  all.push_back(o.made(missed, "l-1", noon - 70h));
  task_created call_back;
  call_back.title = "Call back";
  call_back.call_id = "c-1";
  all.push_back(o.made(call_back, "l-1", noon - 70h));
  auto letter = input(topic::dead_letters, "{", 0);
  letter.headers = {{"kafka_dlt-exception-fqcn", "bad-json"}};
  all.push_back(letter);
  // Long after its hour has left the memory.
  outcome_corrected corrected;
  corrected.call_id = "c-1";
  corrected.to = outcome::successful_transfer;
  all.push_back(o.made(corrected, "l-1", noon - 70h));
  return all;
}

TEST(BoardKept, ARestartCountsEachRecordOnceWhereverItCame) {
  office plain;
  const auto all = days_of(plain);
  folder whole_in;
  kept_board whole{whole_in.data()};
  whole.read(all);
  for (const auto& r : all)
    plain.board.record(r);
  const auto expected = whole.told();
  EXPECT_EQ(
    plain.ask([](const model::view& v) { return board::report(v, {}); }),
    expected["report"])
    << "the same as without keeping";
  EXPECT_EQ(expected["report"]["connected"], 1);
  EXPECT_EQ(expected["report"]["missed"], 0);
  for (std::size_t kept = 0; kept <= all.size(); kept += 6) {
    folder in;
    auto at = [&](std::size_t n) {
      return all.begin() + static_cast<std::ptrdiff_t>(std::min(n, all.size()));
    };
    {
      kept_board first{in.data()};
      first.read({all.begin(), at(kept / 2)});
      first.keep();
      first.read({at(kept / 2), at(kept)});
      first.keep();
      // What comes now is lost with the process.
      first.read({at(kept), at(kept + 4)});
    }
    kept_board second{in.data()};
    second.read(all);
    ASSERT_EQ(second.told(), expected) << kept << " were kept";
    second.keep();
    ASSERT_EQ(second.told(), expected) << "from the file";
  }
}

TEST(BoardKept, SumsOutliveTheRecords) {
  folder in;
  json expected;
  {
    kept_board first{in.data()};
    first.read(days_of(first.all()));
    first.keep();
    expected = first.told();
  }
  kept_board second{in.data()};
  EXPECT_EQ(second.told(), expected);
  EXPECT_EQ(second.told()["report"]["assigned"], 30);
  EXPECT_EQ(second.told()["letters"], json::parse(R"({"bad-json":1})"));
}

TEST(BoardKept, HoursBeyondTheBoundGo) {
  folder in;
  {
    kept_board first{in.data(), 24};
    first.read(days_of(first.all()));
    first.keep();
  }
  kept_board second{in.data(), 24};
  // Of thirty leads, one every two hours, those of the 24 hours before noon.
  EXPECT_EQ(second.told()["report"]["assigned"], 6);
}

TEST(BoardKept, WhatWasKeptIsReadAgainFromWhereItIsStillShown) {
  folder in;
  std::vector<raw_record> all;
  {
    kept_board first{in.data()};
    all = days_of(first.all());
    first.read(all);
    first.keep();
  }
  kept_board second{in.data()};
  second.read(all);
  auto timeline = second.all().ask([](const model::view& v) {
    return board::timeline(v, board::recent::about::lead, "l-3", 0);
  });
  EXPECT_FALSE(timeline["events"].empty());
}

std::string refusal(const std::string& data,
                    const std::string& source = "fairlead") {
  try {
    store s{data, source};
    for (const auto& p : s.places())
      (void)p;
    s.each_thing([](const board::kept_thing&) {});
    s.each_hour("acme", board::past::first_hour, board::past::no_hour,
                [](std::int64_t, std::string_view) {});
    return "taken";
  } catch (const std::runtime_error& e) {
    return e.what();
  }
}

void change(const folder& in, const char* sql) {
  embedded::sqlite::connection db{in.file(),
                                  embedded::sqlite::connection::mode::create};
  db.exec(sql);
}

TEST(BoardStore, ASecondProcessIsRefused) {
  folder in;
  store first{in.data(), "fairlead"};
  EXPECT_THAT(refusal(in.data()), HasSubstr("is in use by another"));
}

TEST(BoardStore, AForeignFileIsRefusedAndLeftAsItIs) {
  folder in;
  std::filesystem::create_directory(in.data());
  std::ofstream{in.file()} << "nothing that SQLite knows, and long enough";
  auto size = std::filesystem::file_size(in.file());
  EXPECT_THAT(refusal(in.data()), HasSubstr("is damaged"));
  EXPECT_EQ(std::filesystem::file_size(in.file()), size);
  std::filesystem::remove(in.file());
  change(in, "CREATE TABLE other(x)");
  EXPECT_THAT(refusal(in.data()), HasSubstr("is not the history of a board"));
  folder service;
  std::filesystem::create_directory(service.data());
  std::ofstream{service.data() + "/fairlead.db"} << "";
  EXPECT_THAT(refusal(service.data()), HasSubstr("log of an embedded service"));
}

TEST(BoardStore, ANewerFileAndOneOfOtherTopicsAreRefused) {
  folder in;
  EXPECT_EQ(refusal(in.data()), "taken");
  EXPECT_THAT(refusal(in.data(), "other"),
              HasSubstr("history of the topics fairlead, not of other"));
  change(in, "PRAGMA user_version=99");
  EXPECT_THAT(refusal(in.data()), HasSubstr("written by a newer Fairlead"));
}

TEST(BoardStore, ARowThatIsNotWhatWasWrittenIsNamed) {
  for (const auto* sql :
       {"UPDATE hours SET hour = hour + 1 WHERE hour % 5 = 0",
        "UPDATE things SET bytes = x'00' WHERE kind = 'transfer'",
        "UPDATE places SET next = next + 1"}) {
    folder in;
    {
      kept_board board{in.data()};
      board.read(days_of(board.all()));
      board.keep();
    }
    change(in, sql);
    EXPECT_THAT(refusal(in.data()), HasSubstr("is not what was written"))
      << sql;
  }
}

TEST(BoardStore, SumsComeBackAsTheyWere) {
  board::sums s;
  s.pools["buyers"].choices = 3;
  s.pools["buyers"].members["ana"].should.add(2, 4);
  s.pools["buyers"].members["ana"].left_out[exclusion::absent] = 2;
  s.agents["ana"].leads[assign_reason::direct] = 1;
  s.missed[miss_reason::busy] = 4;
  s.to_owner_s[board::no_limit] = 5;
  s.unassigned = 1;
  auto bytes = kept_form(s);
  board::sums back;
  board::read_kept(bytes, back);
  EXPECT_EQ(kept_form(back), bytes);
  EXPECT_EQ(back.agents["ana"].leads[assign_reason::direct], 1);
  EXPECT_THROW(board::read_kept(bytes + "x", back), std::exception);
  EXPECT_THROW(board::read_kept(bytes.substr(0, 9), back), std::exception);
}

} // namespace
} // namespace fairlead::test
