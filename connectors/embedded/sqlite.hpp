#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace fairlead::embedded::sqlite {

/// A failure as SQLite reports it; `code` is the primary result code, `os` the
/// errno behind it (0: none).
class error : public std::runtime_error {
public:
  error(int code, int os, const std::string& text)
    : std::runtime_error(text), code_{code}, os_{os} {}
  [[nodiscard]] int code() const noexcept { return code_; }
  [[nodiscard]] int os() const noexcept { return os_; }
  /// There is no room for a write. The file is as it was before; the same write
  /// may go through later.
  [[nodiscard]] bool no_room() const noexcept;
  /// What is in the file is not what SQLite wrote.
  [[nodiscard]] bool damaged() const noexcept;

private:
  int code_;
  int os_;
};

/// How long a connection waits for a lock.
inline constexpr int busy_timeout_ms = 5000;

/// One sentence for the person who has to repair it, naming the folder.
[[nodiscard]] std::string explain(const error& e, const std::string& folder);

/// For unique_ptr.
struct closer {
  void operator()(sqlite3* db) const noexcept;
};
struct finalizer {
  void operator()(sqlite3_stmt* s) const noexcept;
};

/// A prepared statement. Texts and blobs that are bound must live until
/// reset(); those that are read until the next step() or reset().
class statement {
public:
  statement() = default;
  statement(sqlite3* db, const char* sql);

  void bind(int at, std::int64_t value);
  void bind_null(int at);
  void bind_text(int at, std::string_view text);
  void bind_blob(int at, std::string_view bytes);
  void bind_blob(int at, const std::optional<std::string>& bytes);

  /// True if there is a row. Throws error.
  bool step();
  /// Runs to the end and resets.
  void run();
  void reset() noexcept;

  [[nodiscard]] std::int64_t number(int column) const;
  [[nodiscard]] bool null(int column) const;
  [[nodiscard]] std::string_view blob(int column) const;

private:
  std::unique_ptr<sqlite3_stmt, finalizer> s_;
};

/// Resets a statement at the end of a scope: an open read transaction would
/// keep the write-ahead log from being reused.
class reset_at_end {
public:
  explicit reset_at_end(statement& s) : s_{s} {}
  ~reset_at_end() { s_.reset(); }
  reset_at_end(const reset_at_end&) = delete;
  reset_at_end& operator=(const reset_at_end&) = delete;

private:
  statement& s_;
};

/// One connection; one thread at a time.
class connection {
public:
  /// `immutable`: without locks and without a write-ahead log, for a file that
  /// nobody writes to.
  enum class mode { create, read_only, immutable };

  connection(const std::string& file, mode m);

  void exec(const char* sql);
  void exec(const std::string& sql) { exec(sql.c_str()); }
  /// The first column of the first row of a query; 0 if there is no row.
  [[nodiscard]] std::int64_t number(const char* sql);
  /// Makes a pure function of two blobs known to SQL.
  void add_function(const char* name,
                    std::int64_t (*f)(std::string_view, std::string_view));
  [[nodiscard]] sqlite3* raw() const noexcept { return db_.get(); }
  /// False inside a transaction.
  [[nodiscard]] bool autocommit() const noexcept;

private:
  std::unique_ptr<sqlite3, closer> db_;
};

} // namespace fairlead::embedded::sqlite
