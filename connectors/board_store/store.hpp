#pragma once

#include "board/past/keeping.hpp"
#include "connectors/embedded/folder.hpp"
#include "connectors/embedded/sqlite.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::board_store {

/// There is no room for what was to be kept; it may go through later.
struct no_room : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A board's past in the file `board.db` of a folder, which it has for itself.
class store final : public board::keeping {
public:
  /// `source`: what the topics are called, so that no other's history is added
  /// to. Creates the folder and the file if there are none. Throws
  /// std::runtime_error with one sentence if another process has the folder, or
  /// the file can't be used, is damaged, of a newer version or of other topics.
  store(const std::string& folder, const std::string& source);

  [[nodiscard]] std::vector<board::reading_place> places() override;
  void each_thing(
    const std::function<void(const board::kept_thing&)>& each) override;
  [[nodiscard]] std::optional<std::string> hour(const std::string& team,
                                                std::int64_t hour) override;
  void each_hour(
    const std::string& team, std::int64_t from, std::int64_t to,
    const std::function<void(std::int64_t, std::string_view)>& each) override;
  /// Throws no_room, too: then the file is as it was.
  void save(const board::kept_changes& c) override;

private:
  /// Calls f; what SQLite complains about becomes a sentence.
  template <class F>
  auto told(F f) const;
  void write(const board::kept_changes& c);

  const std::string folder_;
  embedded::folder_lock lock_;
  embedded::sqlite::connection writing_, reading_;
  embedded::sqlite::statement put_hour_, put_thing_, drop_thing_, put_place_;
  embedded::sqlite::statement one_hour_, some_hours_;
  std::int64_t oldest_hour_ = 0; // that was left the last time
};

} // namespace fairlead::board_store
