#include "connectors/embedded/database.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
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
  key BLOB, value BLOB, headers BLOB);
CREATE UNIQUE INDEX records_by_offset ON records(topic, offset);
CREATE TABLE state(key BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE positions(topic INTEGER PRIMARY KEY, next INTEGER NOT NULL);
CREATE TABLE ends(topic INTEGER PRIMARY KEY, next INTEGER NOT NULL);
CREATE TABLE log(id INTEGER PRIMARY KEY CHECK(id = 0),
  seq INTEGER NOT NULL, timestamp INTEGER NOT NULL);
INSERT INTO log VALUES(0, 0, 0);
)sql";

std::string os_text() {
  return std::strerror(errno);
}

// After a power cut a new file is only there if its folder was synced, too.
void sync_folder(const std::string& path) {
  int fd = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0)
    return; // a parent that can't be opened is not ours to sync
  ::fsync(fd);
  ::close(fd);
}

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

folder_lock::folder_lock(const std::string& folder) {
  namespace fs = std::filesystem;
  std::error_code ec;
  if (fs::create_directories(folder, ec); ec)
    throw std::runtime_error("The folder " + folder
                             + " can't be created: " + ec.message() + ".");
  auto file = folder + "/lock";
  fd_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd_ < 0)
    throw std::runtime_error("The folder " + folder
                             + " can't be written; check its permissions ("
                             + os_text() + ").");
  if (::flock(fd_, LOCK_EX | LOCK_NB) != 0) {
    auto why = errno;
    std::array<char, 32> pid{};
    auto n = ::pread(fd_, pid.data(), pid.size() - 1, 0);
    ::close(fd_);
    fd_ = -1;
    if (why != EWOULDBLOCK)
      throw std::runtime_error("The folder " + folder + " can't be locked: "
                               + std::strerror(why) + ".");
    throw std::runtime_error(
      "The folder " + folder + " is in use by another Fairlead process"
      + (n > 0 ? " (pid " + std::string(pid.data()) + ")" : "")
      + "; stop that process or choose another folder.");
  }
  auto pid = std::to_string(::getpid());
  if (::ftruncate(fd_, 0) != 0
      || ::pwrite(fd_, pid.data(), pid.size(), 0) < 0) {
    // The number only makes the sentence above friendlier; the lock holds.
  }
}

folder_lock::~folder_lock() {
  if (fd_ >= 0)
    ::close(fd_);
}

std::string file_of(const std::string& folder) {
  return folder + "/fairlead.db";
}

sqlite::connection open_writer(const std::string& folder) {
  auto file = file_of(folder);
  sqlite::connection db{file, sqlite::connection::mode::create};
  ::chmod(file.c_str(), 0600); // names and phone numbers of people
  auto version = db.number("PRAGMA user_version");
  auto tables = db.number("SELECT count(*) FROM sqlite_schema");
  if (version > schema_version)
    throw std::runtime_error(
      "The file " + file + " was written by a newer Fairlead (layout "
      + std::to_string(version) + ", this program knows "
      + std::to_string(schema_version) + "); use that version.");
  if (tables > 0
      && (version == 0 || db.number("PRAGMA application_id") != application_id))
    throw std::runtime_error(
      "The file " + file + " is not a Fairlead log; choose another folder.");
  if (tables == 0)
    db.exec("PRAGMA auto_vacuum=INCREMENTAL");
  db.exec("PRAGMA journal_mode=WAL;"
          "PRAGMA synchronous=FULL;"
          "PRAGMA wal_autocheckpoint=0;"
          "PRAGMA journal_size_limit=67108864;"
          "PRAGMA cache_size=-16384;"
          "PRAGMA temp_store=MEMORY");
  if (tables == 0) {
    db.exec("BEGIN IMMEDIATE");
    db.exec(schema);
    db.exec("PRAGMA application_id=" + std::to_string(application_id));
    db.exec("PRAGMA user_version=" + std::to_string(schema_version));
    db.exec("COMMIT");
    sync_folder(folder);
    sync_folder(
      std::filesystem::absolute(folder).lexically_normal().parent_path());
  }
  // A write that changes nothing shows a read-only file now and not at the
  // first event.
  db.exec("BEGIN IMMEDIATE; UPDATE log SET seq = seq; COMMIT");
  return db;
}

sqlite::connection open_reader(const std::string& folder) {
  sqlite::connection db{file_of(folder), sqlite::connection::mode::read_only};
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
