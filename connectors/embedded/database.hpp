#pragma once

#include "connectors/embedded/folder.hpp"
#include "connectors/embedded/sqlite.hpp"
#include "messages/records.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::embedded {

/// The layout of the file; a newer one is refused (`user_version`).
inline constexpr int schema_version = 2;

/// The layout of a folder that a reader finds: version 0.1 wrote rows without
/// sums.
inline constexpr int schema_version_without_sums = 1;

/// Throws std::invalid_argument with one sentence if the folder has no log.
void require_log(const std::string& folder);

/// Throws log_broken with one sentence if the pages of the file do not fit
/// together.
void require_whole(sqlite::connection& db, const std::string& folder);

/// Reads everything that the log's own readers do not: the pages, the indices,
/// the state and the positions. Throws log_broken with one sentence for the
/// first thing that is not what was written.
void look_through(sqlite::connection& db, const std::string& folder);

/// Each row of the state; throws log_broken for one that is not what was
/// written.
void each_snapshot(
  sqlite::connection& db, const std::string& folder,
  const std::function<void(std::string_view, std::string_view)>& each);

/// The layout of the file. Throws std::runtime_error with one sentence for a
/// file that is not ours or is of a newer version; 0: it is empty.
[[nodiscard]] int layout_of(sqlite::connection& db, const std::string& file);

/// The connection that writes: creates the file and its tables if there are
/// none, and looks for damage. Throws sqlite::error, or std::runtime_error for
/// a file that is not ours, is of a newer version, is damaged or has lost its
/// end. The folder must be locked.
[[nodiscard]] sqlite::connection open_writer(const std::string& folder);

/// A connection that reads what is committed.
[[nodiscard]] sqlite::connection open_reader(const std::string& folder);

/// Headers as stored, and back. An empty list is an empty text.
[[nodiscard]] std::string pack(const std::vector<header>& headers);
[[nodiscard]] std::vector<header> unpack(std::string_view bytes);

} // namespace fairlead::embedded
