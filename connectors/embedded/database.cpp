#include "connectors/embedded/database.hpp"

#include "connectors/embedded/log.hpp"
#include "connectors/embedded/place_file.hpp"
#include "connectors/embedded/row_sums.hpp"
#include "connectors/log.hpp"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <stdexcept>
#include <utility>

namespace fairlead::embedded {
namespace {

// "Fair": tells our file from any other SQLite file.
constexpr std::int64_t application_id = 0x46616972;

// A place (`seq`) orders all topics: readers of several topics need one
// cursor, and the file grows at its end only. An offset counts within a topic,
// as on Kafka.
constexpr const char* schema = R"sql(
CREATE TABLE records(
  seq INTEGER PRIMARY KEY,
  topic INTEGER NOT NULL,
  offset INTEGER NOT NULL,
  timestamp INTEGER NOT NULL,
  key BLOB, value BLOB, headers BLOB, sum INTEGER);
CREATE UNIQUE INDEX records_by_offset ON records(topic, offset);
CREATE TABLE state(key BLOB PRIMARY KEY, value BLOB NOT NULL, sum INTEGER)
  WITHOUT ROWID;
CREATE TABLE positions(topic INTEGER PRIMARY KEY, next INTEGER NOT NULL);
CREATE TABLE ends(topic INTEGER PRIMARY KEY, next INTEGER NOT NULL);
CREATE TABLE log(id INTEGER PRIMARY KEY CHECK(id = 0),
  seq INTEGER NOT NULL, timestamp INTEGER NOT NULL,
  summed_from INTEGER NOT NULL DEFAULT 0, sum INTEGER);
INSERT INTO log(id, seq, timestamp) VALUES(0, 0, 0);
)sql";

// Records up to `summed_from` have no sum, and retention deletes them. The
// state stays, so all of it gets one.
constexpr const char* from_layout_1 = R"sql(
ALTER TABLE records ADD COLUMN sum INTEGER;
ALTER TABLE state ADD COLUMN sum INTEGER;
ALTER TABLE log ADD COLUMN summed_from INTEGER NOT NULL DEFAULT 0;
ALTER TABLE log ADD COLUMN sum INTEGER;
UPDATE log SET summed_from = seq;
UPDATE state SET sum = state_sum(key, value);
)sql";

// A file up to this size is looked at whole at each start: that is a matter of
// a second. A larger one only if the end before was none.
constexpr std::int64_t always_checked_bytes = 256 * 1024 * 1024;

void put(std::string& out, std::uint32_t n) {
  for (int i = 0; i < 4; ++i)
    out.push_back(static_cast<char>((n >> (8 * i)) & 0xff));
}

std::uint32_t take(std::string_view& in) {
  if (in.size() < 4)
    throw std::runtime_error("the headers of a record are damaged");
  std::uint32_t n = 0;
  for (unsigned i = 0; i < 4; ++i)
    n |= static_cast<std::uint32_t>(static_cast<unsigned char>(in[i]))
         << (8 * i);
  in.remove_prefix(4);
  return n;
}

std::string take(std::string_view& in, std::uint32_t n) {
  if (in.size() < n)
    throw std::runtime_error("the headers of a record are damaged");
  std::string out{in.substr(0, n)};
  in.remove_prefix(n);
  return out;
}

constexpr std::uint32_t null_value = 0xffffffff;

} // namespace

void require_log(const std::string& folder) {
  if (!std::filesystem::exists(file_of(folder)))
    throw std::invalid_argument("There is no embedded log in the folder "
                                + folder
                                + "; give the folder that `fairlead run "
                                  "--embedded` was given.");
}

int layout_of(sqlite::connection& db, const std::string& file) {
  auto version = db.number("PRAGMA user_version");
  if (version > schema_version)
    throw std::runtime_error(
      "The file " + file + " was written by a newer Fairlead (layout "
      + std::to_string(version) + ", this program knows "
      + std::to_string(schema_version) + "); use that version.");
  auto tables = db.number("SELECT count(*) FROM sqlite_schema");
  if (tables > 0
      && (version < schema_version_without_sums
          || db.number("PRAGMA application_id") != application_id))
    throw std::runtime_error(
      "The file " + file + " is not a Fairlead log; choose another folder.");
  return tables > 0 ? static_cast<int>(version) : 0;
}

namespace {

void require_ok(sqlite::connection& db, const char* check,
                const std::string& folder) {
  sqlite::statement s{db.raw(), check};
  std::string said = s.step() ? std::string{s.blob(0)} : "no answer";
  if (said == "ok")
    return;
  std::replace(said.begin(), said.end(), '\n', ' ');
  damaged_file(folder, "its pages do not fit together (SQLite: " + said + ")");
}

void require_log_sum(sqlite::connection& db, const std::string& folder) {
  if (db.number("SELECT sum FROM log") != sum_of(read_log_rows(db)))
    damaged_file(folder, "a row of its tables log, ends and positions is not "
                         "what was written");
}

void put_log_sum(sqlite::connection& db) {
  sqlite::statement put{db.raw(), "UPDATE log SET sum = ?"};
  put.bind(1, sum_of(read_log_rows(db)));
  put.run();
}

void create_tables(sqlite::connection& db, const std::string& folder) {
  db.exec("BEGIN IMMEDIATE");
  db.exec(schema);
  put_log_sum(db);
  db.exec("PRAGMA application_id=" + std::to_string(application_id));
  db.exec("PRAGMA user_version=" + std::to_string(schema_version));
  db.exec("COMMIT");
  sync_folder(folder);
  sync_folder(
    std::filesystem::absolute(folder).lexically_normal().parent_path());
}

void add_sums(sqlite::connection& db) {
  db.exec("BEGIN IMMEDIATE");
  db.add_function("state_sum",
                  [](std::string_view key, std::string_view value) {
                    return sum_of(key, value);
                  });
  db.exec(from_layout_1);
  put_log_sum(db);
  db.exec("PRAGMA user_version=" + std::to_string(schema_version));
  db.exec("COMMIT");
}

std::int64_t size_of(const std::string& file) {
  std::error_code ec;
  auto n = std::filesystem::file_size(file, ec);
  return ec ? 0 : static_cast<std::int64_t>(n);
}

} // namespace

void require_whole(sqlite::connection& db, const std::string& folder) {
  require_ok(db, "PRAGMA quick_check(1)", folder);
}

void each_snapshot(
  sqlite::connection& db, const std::string& folder,
  const std::function<void(std::string_view, std::string_view)>& each) {
  bool summed = layout_of(db, file_of(folder)) > schema_version_without_sums;
  sqlite::statement all{db.raw(), summed ? "SELECT key, value, sum FROM state"
                                         : "SELECT key, value FROM state"};
  std::optional<std::string> before;
  while (all.step()) {
    auto key = all.blob(0);
    auto value = all.blob(1);
    // A damaged tree may lead in a circle.
    if ((before && key <= *before)
        || (summed && (all.null(2) || all.number(2) != sum_of(key, value))))
      damaged_state(folder, key);
    before = key;
    each(key, value);
  }
}

void look_through(sqlite::connection& db, const std::string& folder) {
  db.exec("BEGIN"); // one moment
  require_ok(db, "PRAGMA integrity_check(1)", folder);
  if (layout_of(db, file_of(folder)) > schema_version_without_sums)
    require_log_sum(db, folder);
  each_snapshot(db, folder, [](auto, auto) {});
  db.exec("COMMIT");
}

sqlite::connection open_writer(const std::string& folder) {
  auto file = file_of(folder);
  auto known = read_place(folder);
  bool ended = known ? known->closed : size_of(file + "-wal") == 0;
  create_private(file);
  sqlite::connection db{file, sqlite::connection::mode::create};
  auto layout = layout_of(db, file);
  make_private(file); // now that it is known to be ours
  if (layout > 0 && (!ended || size_of(file) <= always_checked_bytes)) {
    if (!ended)
      log_warning("the log in " + folder
                  + " was not closed when it was last used (a crash, a power "
                    "cut, a copy): checking its file");
    require_whole(db, folder);
  }
  if (layout == 0)
    db.exec("PRAGMA auto_vacuum=INCREMENTAL");
  db.exec("PRAGMA journal_mode=WAL;"
          "PRAGMA synchronous=FULL;"
          "PRAGMA wal_autocheckpoint=0;"
          "PRAGMA journal_size_limit=67108864;"
          "PRAGMA cache_size=-16384;"
          "PRAGMA temp_store=MEMORY");
  if (layout == 0) {
    require_place(folder, known, 0);
    create_tables(db, folder);
  } else if (layout == schema_version_without_sums) {
    add_sums(db);
  }
  require_log_sum(db, folder);
  require_place(folder, known, db.number("SELECT seq FROM log"));
  // A write that changes nothing shows a read-only file now and not at the
  // first event.
  db.exec("BEGIN IMMEDIATE; UPDATE log SET seq = seq; COMMIT");
  return db;
}

sqlite::connection open_reader(const std::string& folder) {
  auto file = file_of(folder);
  auto mode = sqlite::connection::mode::read_only;
  if (::access(folder.c_str(), W_OK) != 0 && size_of(file + "-wal") == 0)
    // A backup on a medium that can't be written: nobody writes beside us, and
    // SQLite could not create the files by which it would notice.
    mode = sqlite::connection::mode::immutable;
  sqlite::connection db{file, mode};
  db.exec("PRAGMA query_only=1; PRAGMA cache_size=-1024");
  return db;
}

std::string pack(const std::vector<header>& headers) {
  std::string out;
  for (const auto& [name, value] : headers) {
    put(out, static_cast<std::uint32_t>(name.size()));
    out += name;
    put(out, value ? static_cast<std::uint32_t>(value->size()) : null_value);
    if (value)
      out += *value;
  }
  return out;
}

std::vector<header> unpack(std::string_view bytes) {
  std::vector<header> out;
  while (!bytes.empty()) {
    auto name = take(bytes, take(bytes));
    auto n = take(bytes);
    if (n == null_value)
      out.emplace_back(std::move(name), std::nullopt);
    else
      out.emplace_back(std::move(name), take(bytes, n));
  }
  return out;
}

} // namespace fairlead::embedded
