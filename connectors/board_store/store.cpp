#include "connectors/board_store/store.hpp"

#include "connectors/embedded/row_sums.hpp"
#include "connectors/log.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

namespace fairlead::board_store {
namespace {

namespace sqlite = embedded::sqlite;

// "FaBo": tells this file from any other SQLite file.
constexpr std::int64_t application_id = 0x4661426f;

/// The layout of the file, and the form of what is in it.
constexpr std::int64_t layout = 1;

// A file up to this size is looked at whole at each start: that is a matter of
// a second.
constexpr std::uintmax_t always_checked_bytes = 256 * 1024 * 1024;

// Each row has a sum over all that it holds. Which topics they are of stands in
// `source`.
constexpr const char* schema = R"sql(
CREATE TABLE source(name TEXT NOT NULL);
CREATE TABLE places(topic TEXT, partition INTEGER, first INTEGER NOT NULL,
  next INTEGER NOT NULL, sum INTEGER NOT NULL,
  PRIMARY KEY(topic, partition)) WITHOUT ROWID;
CREATE TABLE hours(team TEXT, hour INTEGER, sums BLOB NOT NULL,
  sum INTEGER NOT NULL, PRIMARY KEY(team, hour)) WITHOUT ROWID;
CREATE TABLE things(team TEXT, kind TEXT, id TEXT, bytes BLOB NOT NULL,
  sum INTEGER NOT NULL, PRIMARY KEY(team, kind, id)) WITHOUT ROWID;
)sql";

std::string file_in(const std::string& folder) {
  return folder + "/board.db";
}

[[noreturn]] void damaged(const std::string& folder, const std::string& what) {
  throw std::runtime_error(
    "The file " + file_in(folder) + " is damaged: " + what
    + "; move it away, and the board counts again what the topics still have.");
}

[[noreturn]] void damaged_row(const std::string& folder,
                              const std::string& which) {
  damaged(folder, which + " is not what was written");
}

[[noreturn]] void fail(const sqlite::error& e, const std::string& folder) {
  if (e.no_room())
    throw no_room("The disk that holds the folder " + folder
                  + " has no room for the board's history; free some space "
                    "(SQLite: "
                  + e.what() + ").");
  if (e.damaged())
    damaged(folder, std::string{"SQLite says: "} + e.what());
  throw std::runtime_error(
    "The board's history in the folder " + folder
    + " can't be read or written; check the "
      "permissions of the folder and its files "
      "(SQLite: "
    + e.what()
    + (e.os() != 0 ? std::string{"; "} + std::strerror(e.os()) : std::string{})
    + ").");
}

std::int64_t sum_of(const board::kept_thing& t) {
  embedded::checksum s;
  s.add(std::string_view{t.team});
  s.add(std::string_view{t.kind});
  s.add(std::string_view{t.id});
  s.add(std::string_view{*t.bytes});
  return s.value();
}

std::int64_t sum_of(std::string_view team, std::int64_t hour,
                    std::string_view bytes) {
  embedded::checksum s;
  s.add(team);
  s.add(hour);
  s.add(bytes);
  return s.value();
}

std::int64_t sum_of(const board::reading_place& p) {
  embedded::checksum s;
  s.add(name_of(p.on));
  s.add(static_cast<std::int64_t>(p.partition));
  s.add(p.from);
  s.add(p.next);
  return s.value();
}

/// What is in the file must be ours, or nothing.
void require_ours(sqlite::connection& db, const std::string& folder) {
  auto file = file_in(folder);
  auto version = db.number("PRAGMA user_version");
  if (db.number("PRAGMA application_id") != application_id)
    throw std::runtime_error("The file " + file
                             + " is not the history of a board; choose another "
                               "folder.");
  if (version > layout)
    throw std::runtime_error("The file " + file
                             + " was written by a newer Fairlead (layout "
                             + std::to_string(version) + ", this program knows "
                             + std::to_string(layout) + "); use that version.");
  auto size_of = [](const std::string& name) -> std::uintmax_t {
    std::error_code ec;
    auto n = std::filesystem::file_size(name, ec);
    return ec ? 0 : n;
  };
  // Of a file that was closed and is large, the sums of the rows must do.
  if (size_of(file) > always_checked_bytes && size_of(file + "-wal") == 0)
    return;
  sqlite::statement check{db.raw(), "PRAGMA quick_check(1)"};
  std::string said = check.step() ? std::string{check.blob(0)} : "no answer";
  std::replace(said.begin(), said.end(), '\n', ' ');
  if (said != "ok")
    damaged(folder, "its pages do not fit together (SQLite: " + said + ")");
}

void create(sqlite::connection& db, const std::string& source) {
  db.exec("BEGIN IMMEDIATE");
  db.exec(schema);
  sqlite::statement put{db.raw(), "INSERT INTO source VALUES(?)"};
  put.bind_text(1, source);
  put.run();
  db.exec("PRAGMA application_id=" + std::to_string(application_id));
  db.exec("PRAGMA user_version=" + std::to_string(layout));
  db.exec("COMMIT");
}

sqlite::connection open_writer(const std::string& folder,
                               const std::string& source) {
  try {
    if (std::filesystem::exists(embedded::file_of(folder)))
      throw std::runtime_error("The folder " + folder
                               + " has the log of an embedded service; choose "
                                 "another one for the board.");
    auto file = file_in(folder);
    embedded::create_private(file);
    sqlite::connection db{file, sqlite::connection::mode::create};
    bool empty = db.number("SELECT count(*) FROM sqlite_schema") == 0;
    if (!empty)
      require_ours(db, folder);
    embedded::make_private(file); // now that it is known to be ours
    // What a power cut may take is counted again from its places.
    db.exec("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
            "PRAGMA journal_size_limit=16777216; PRAGMA temp_store=MEMORY");
    if (empty)
      create(db, source);
    sqlite::statement named{db.raw(), "SELECT name FROM source"};
    if (!named.step())
      damaged(folder, "it does not say which topics it is of");
    if (named.blob(0) != source)
      throw std::runtime_error("The folder " + folder
                               + " has the history of the topics "
                               + std::string{named.blob(0)} + ", not of "
                               + source + "; choose another folder.");
    return db;
  } catch (const sqlite::error& e) {
    fail(e, folder);
  }
}

} // namespace

template <class F>
auto store::told(F f) const {
  try {
    return f();
  } catch (const sqlite::error& e) {
    fail(e, folder_);
  }
}

store::store(const std::string& folder, const std::string& source) try
  : folder_{folder},
    lock_{folder},
    writing_{open_writer(folder, source)},
    reading_{file_in(folder), sqlite::connection::mode::read_only},
    put_hour_{writing_.raw(), "REPLACE INTO hours VALUES(?, ?, ?, ?)"},
    put_thing_{writing_.raw(), "REPLACE INTO things VALUES(?, ?, ?, ?, ?)"},
    drop_thing_{writing_.raw(),
                "DELETE FROM things WHERE team = ? AND kind = ? AND id = ?"},
    put_place_{writing_.raw(), "REPLACE INTO places VALUES(?, ?, ?, ?, ?)"},
    one_hour_{reading_.raw(),
              "SELECT sums, sum FROM hours WHERE team = ? AND hour = ?"},
    some_hours_{reading_.raw(),
                "SELECT hour, sums, sum FROM hours WHERE team = ? AND hour >= ?"
                " AND hour < ? ORDER BY hour"} {
} catch (const sqlite::error& e) {
  fail(e, folder);
}

std::vector<board::reading_place> store::places() {
  return told([this] {
    std::vector<board::reading_place> out;
    sqlite::statement all{reading_.raw(),
                          "SELECT topic, partition, first, next, sum "
                          "FROM places"};
    while (all.step()) {
      auto name = std::string{all.blob(0)};
      auto on = topic_named(name);
      board::reading_place p{.on = on.value_or(topic::leads),
                             .partition
                             = static_cast<std::int32_t>(all.number(1)),
                             .from = all.number(2),
                             .next = all.number(3)};
      if (!on || all.number(4) != sum_of(p))
        damaged_row(folder_,
                    "the place of " + name + '/' + std::to_string(p.partition));
      out.push_back(p);
    }
    return out;
  });
}

void store::each_thing(
  const std::function<void(const board::kept_thing&)>& each) {
  told([&] {
    sqlite::statement all{reading_.raw(),
                          "SELECT team, kind, id, bytes, sum FROM things"};
    while (all.step()) {
      board::kept_thing t{.team = std::string{all.blob(0)},
                          .kind = std::string{all.blob(1)},
                          .id = std::string{all.blob(2)},
                          .bytes = std::string{all.blob(3)}};
      auto name = "the " + t.kind + ' ' + t.id + " of " + t.team;
      if (all.number(4) != sum_of(t))
        damaged_row(folder_, name);
      try {
        each(t);
      } catch (const std::exception& e) {
        damaged(folder_, name + " can't be read (" + e.what() + ")");
      }
    }
  });
}

std::optional<std::string> store::hour(const std::string& team,
                                       std::int64_t hour) {
  return told([&]() -> std::optional<std::string> {
    sqlite::reset_at_end end{one_hour_};
    one_hour_.bind_text(1, team);
    one_hour_.bind(2, hour);
    if (!one_hour_.step())
      return std::nullopt;
    auto bytes = one_hour_.blob(0);
    if (one_hour_.number(1) != sum_of(team, hour, bytes))
      damaged_row(folder_, "an hour of " + team);
    return std::string{bytes};
  });
}

void store::each_hour(
  const std::string& team, std::int64_t from, std::int64_t to,
  const std::function<void(std::int64_t, std::string_view)>& each) {
  told([&] {
    sqlite::reset_at_end end{some_hours_};
    some_hours_.bind_text(1, team);
    some_hours_.bind(2, from);
    some_hours_.bind(3, to);
    while (some_hours_.step()) {
      auto hour = some_hours_.number(0);
      auto bytes = some_hours_.blob(1);
      if (some_hours_.number(2) != sum_of(team, hour, bytes))
        damaged_row(folder_, "an hour of " + team);
      each(hour, bytes);
    }
  });
}

void store::save(const board::kept_changes& c) {
  told([&] {
    try {
      writing_.exec("BEGIN IMMEDIATE");
      write(c);
      writing_.exec("COMMIT");
    } catch (...) {
      if (!writing_.autocommit())
        writing_.exec("ROLLBACK");
      throw;
    }
  });
}

void store::write(const board::kept_changes& c) {
  for (const auto& h : c.hours) {
    put_hour_.bind_text(1, h.team);
    put_hour_.bind(2, h.hour);
    put_hour_.bind_blob(3, std::string_view{h.bytes});
    put_hour_.bind(4, sum_of(h.team, h.hour, h.bytes));
    put_hour_.run();
  }
  for (const auto& t : c.things) {
    auto& s = t.bytes ? put_thing_ : drop_thing_;
    s.bind_text(1, t.team);
    s.bind_text(2, t.kind);
    s.bind_text(3, t.id);
    if (t.bytes) {
      s.bind_blob(4, std::string_view{*t.bytes});
      s.bind(5, sum_of(t));
    }
    s.run();
  }
  for (const auto& p : c.places) {
    put_place_.bind_text(1, name_of(p.on));
    put_place_.bind(2, p.partition);
    put_place_.bind(3, p.from);
    put_place_.bind(4, p.next);
    put_place_.bind(5, sum_of(p));
    put_place_.run();
  }
  if (c.oldest_hour <= oldest_hour_)
    return;
  sqlite::statement old{writing_.raw(), "DELETE FROM hours WHERE hour < ?"};
  old.bind(1, c.oldest_hour);
  old.run();
  oldest_hour_ = c.oldest_hour;
}

} // namespace fairlead::board_store
