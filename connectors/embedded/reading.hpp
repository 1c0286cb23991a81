#pragma once

#include "connectors/embedded/database.hpp"
#include "connectors/embedded/log.hpp"
#include "connectors/history.hpp"

#include <bitset>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace fairlead::embedded {

/// Calls f; what SQLite says is thrown on as the sentence of a log_broken.
template <class F>
auto explained(const std::string& folder, F f) {
  try {
    return f();
  } catch (const sqlite::error& e) {
    throw log_broken(sqlite::explain(e, folder));
  }
}

/// One connection with the statements that read records. What they return is
/// what was written: a row that is not throws log_broken, and so does a tree of
/// rows that leads back.
struct read_connection {
  explicit read_connection(const std::string& folder);
  /// Another file than the folder's own.
  read_connection(const std::string& folder, sqlite::connection file);

  /// Records `from <= offset < end` of a topic, at most `limit`.
  void load(topic on, std::int64_t from, std::int64_t end, std::size_t limit,
            std::vector<placed_record>& out);

  /// read() and follow() look at a bounded number of records (`scan_max`).
  history_page read(topic on, const std::string& team, std::int64_t after,
                    const page_bounds& bounds);
  history_page follow(std::bitset<topic_count> topics, const std::string& team,
                      std::int64_t after, const page_bounds& bounds);

  [[nodiscard]] std::int64_t last_place();

  const std::string folder;
  sqlite::connection db;
  const std::int64_t summed_from; /// records after it have a sum
  sqlite::statement by_offset, by_place, last;

private:
  void require_sum(const sqlite::statement& s) const;
};

/// How many records a query may look at, whether they match or not.
inline constexpr std::size_t scan_max = 5'000;

/// Connections for all that read at the moment; up to eight idle ones are kept.
class read_pool {
public:
  explicit read_pool(std::string folder) : folder_{std::move(folder)} {}

  class lease {
  public:
    lease(read_pool& pool, std::unique_ptr<read_connection> c)
      : pool_{pool}, c_{std::move(c)} {}
    ~lease() { pool_.give_back(std::move(c_)); }
    lease(const lease&) = delete;
    lease& operator=(const lease&) = delete;
    read_connection* operator->() const { return c_.get(); }
    read_connection& operator*() const { return *c_; }

  private:
    read_pool& pool_;
    std::unique_ptr<read_connection> c_;
  };

  [[nodiscard]] lease take();

private:
  void give_back(std::unique_ptr<read_connection> c) noexcept;

  const std::string folder_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<read_connection>> idle_;
};

} // namespace fairlead::embedded
