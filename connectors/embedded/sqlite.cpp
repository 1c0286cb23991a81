#include "connectors/embedded/sqlite.hpp"

#include <sqlite3.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace fairlead::embedded::sqlite {
namespace {

std::string uri_of(const std::string& file) {
  std::string out{"file:"};
  for (auto c : file)
    out += c == '%'   ? std::string{"%25"}
           : c == '?' ? std::string{"%3f"}
           : c == '#' ? std::string{"%23"}
                      : std::string{c};
  return out;
}

// Of a COMMIT that fails SQLite does not keep the errno.
int os_error(sqlite3* db, int code) {
  auto kept = sqlite3_system_errno(db);
  return kept == 0 && (code & 0xff) == SQLITE_IOERR ? errno : kept;
}

error error_of(sqlite3* db, int code) {
  return {code & 0xff, os_error(db, code), sqlite3_errmsg(db)};
}

[[noreturn]] void fail(sqlite3* db, int code) {
  throw db ? error_of(db, code) : error{code & 0xff, 0, sqlite3_errstr(code)};
}

} // namespace

bool error::no_room() const noexcept {
  // Not ENOSPC of a sync: what the disk then has is not known. EFBIG comes of
  // writes alone.
  return code_ == SQLITE_FULL || os_ == EFBIG;
}

bool error::damaged() const noexcept {
  return code_ == SQLITE_CORRUPT || code_ == SQLITE_NOTADB;
}

void closer::operator()(sqlite3* db) const noexcept {
  sqlite3_close_v2(db);
}

void finalizer::operator()(sqlite3_stmt* s) const noexcept {
  sqlite3_finalize(s);
}

std::string explain(const error& e, const std::string& folder) {
  auto why = std::string(" (SQLite: ") + e.what()
             + (e.os() ? std::string("; ") + std::strerror(e.os()) : "") + ")";
  if (e.os() == EFBIG)
    return "A file in the folder " + folder
           + " has the size that this process may write (ulimit -f); raise it. "
             "Nothing that was acknowledged is lost"
           + why + ".";
  if (e.code() == SQLITE_FULL || e.os() == ENOSPC || e.os() == EDQUOT)
    return "The disk that holds the folder " + folder
           + " is full; free some space. Nothing that was acknowledged is lost"
           + why + ".";
  if (e.code() == SQLITE_READONLY || e.code() == SQLITE_CANTOPEN
      || e.code() == SQLITE_PERM || e.os() == EROFS || e.os() == EACCES)
    return "The folder " + folder
           + " can't be written; check its permissions and those of the files "
             "in it"
           + why + ".";
  if (e.damaged())
    return "The file " + folder
           + "/fairlead.db is damaged; restore the folder from a backup, or "
             "move it away to start over"
           + why + ".";
  if (e.code() == SQLITE_BUSY || e.code() == SQLITE_LOCKED)
    return "Another program holds a lock on " + folder
           + "/fairlead.db; close it and start again" + why + ".";
  return "Reading or writing the log in the folder " + folder + " failed" + why
         + ".";
}

statement::statement(sqlite3* db, const char* sql) {
  sqlite3_stmt* s = nullptr;
  auto rc
    = sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &s, nullptr);
  if (rc != SQLITE_OK)
    fail(db, rc);
  s_.reset(s);
}

void statement::bind(int at, std::int64_t value) {
  if (auto rc = sqlite3_bind_int64(s_.get(), at, value); rc != SQLITE_OK)
    fail(sqlite3_db_handle(s_.get()), rc);
}

void statement::bind_null(int at) {
  if (auto rc = sqlite3_bind_null(s_.get(), at); rc != SQLITE_OK)
    fail(sqlite3_db_handle(s_.get()), rc);
}

void statement::bind_text(int at, std::string_view text) {
  auto rc = sqlite3_bind_text64(s_.get(), at, text.data(), text.size(),
                                nullptr /* SQLITE_STATIC */, SQLITE_UTF8);
  if (rc != SQLITE_OK)
    fail(sqlite3_db_handle(s_.get()), rc);
}

void statement::bind_blob(int at, std::string_view bytes) {
  // A null pointer would bind NULL, and an empty value is not a missing one.
  const auto* data = bytes.data() ? bytes.data() : "";
  auto rc = sqlite3_bind_blob64(s_.get(), at, data, bytes.size(),
                                nullptr /* SQLITE_STATIC */);
  if (rc != SQLITE_OK)
    fail(sqlite3_db_handle(s_.get()), rc);
}

void statement::bind_blob(int at, const std::optional<std::string>& bytes) {
  if (bytes)
    bind_blob(at, std::string_view{*bytes});
  else
    bind_null(at);
}

bool statement::step() {
  errno = 0;
  auto rc = sqlite3_step(s_.get());
  if (rc == SQLITE_ROW)
    return true;
  if (rc == SQLITE_DONE)
    return false;
  auto why = error_of(sqlite3_db_handle(s_.get()), rc);
  reset();
  throw error{std::move(why)};
}

void statement::run() {
  while (step()) {
  }
  reset();
}

void statement::reset() noexcept {
  sqlite3_reset(s_.get());
}

std::int64_t statement::number(int column) const {
  return sqlite3_column_int64(s_.get(), column);
}

bool statement::null(int column) const {
  return sqlite3_column_type(s_.get(), column) == SQLITE_NULL;
}

std::string_view statement::blob(int column) const {
  const auto* data = sqlite3_column_blob(s_.get(), column);
  auto n = sqlite3_column_bytes(s_.get(), column);
  return {static_cast<const char*>(data), static_cast<std::size_t>(n)};
}

connection::connection(const std::string& file, mode m) {
  sqlite3* db = nullptr;
  int flags = m == mode::create ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
                                : SQLITE_OPEN_READONLY;
  auto name = file;
  if (m == mode::immutable) {
    name = uri_of(file) + "?immutable=1";
    flags |= SQLITE_OPEN_URI;
  }
  auto rc
    = sqlite3_open_v2(name.c_str(), &db, flags | SQLITE_OPEN_NOMUTEX, nullptr);
  db_.reset(db);
  if (rc != SQLITE_OK)
    fail(db, rc);
  sqlite3_extended_result_codes(db, 1);
  sqlite3_exec(db, "PRAGMA cell_size_check=1", nullptr, nullptr, nullptr);
  sqlite3_busy_timeout(db, busy_timeout_ms);
}

void connection::exec(const char* sql) {
  auto rc = sqlite3_exec(db_.get(), sql, nullptr, nullptr, nullptr);
  if (rc != SQLITE_OK)
    fail(db_.get(), rc);
}

std::int64_t connection::number(const char* sql) {
  statement s{db_.get(), sql};
  return s.step() ? s.number(0) : 0;
}

void connection::add_function(const char* name,
                              std::int64_t (*f)(std::string_view,
                                                std::string_view)) {
  using function = std::int64_t (*)(std::string_view, std::string_view);
  auto call = [](sqlite3_context* c, int, sqlite3_value** arguments) {
    auto blob = [](sqlite3_value* v) {
      const auto* data = sqlite3_value_blob(v);
      auto n = sqlite3_value_bytes(v);
      return std::string_view{static_cast<const char*>(data),
                              static_cast<std::size_t>(n)};
    };
    auto* g = *static_cast<function*>(sqlite3_user_data(c));
    sqlite3_result_int64(c, g(blob(arguments[0]), blob(arguments[1])));
  };
  auto* kept = new function{f};
  auto rc = sqlite3_create_function_v2(
    db_.get(), name, 2, SQLITE_UTF8 | SQLITE_DETERMINISTIC, kept, call, nullptr,
    nullptr, [](void* p) { delete static_cast<function*>(p); });
  if (rc != SQLITE_OK)
    fail(db_.get(), rc);
}

bool connection::autocommit() const noexcept {
  return sqlite3_get_autocommit(db_.get()) != 0;
}

} // namespace fairlead::embedded::sqlite
