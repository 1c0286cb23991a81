#pragma once

#include "connectors/embedded/sqlite.hpp"
#include "messages/records.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace fairlead::embedded {

/// The layout of the file; a newer one is refused (`user_version`).
inline constexpr int schema_version = 1;

/// Keeps a folder to one process for as long as it lives. Throws
/// std::runtime_error with one sentence if another process has it or the folder
/// can't be created or written to.
class folder_lock {
public:
  explicit folder_lock(const std::string& folder);
  ~folder_lock();
  folder_lock(const folder_lock&) = delete;
  folder_lock& operator=(const folder_lock&) = delete;

private:
  int fd_ = -1;
};

/// The file of a folder.
[[nodiscard]] std::string file_of(const std::string& folder);

/// The connection that writes: creates the file and its tables if there are
/// none. Throws sqlite::error, or std::runtime_error for a file that is not
/// ours or is of a newer version. The folder must be locked.
[[nodiscard]] sqlite::connection open_writer(const std::string& folder);

/// A connection that reads what is committed.
[[nodiscard]] sqlite::connection open_reader(const std::string& folder);

/// Headers as stored, and back. An empty list is an empty text.
[[nodiscard]] std::string pack(const std::vector<header>& headers);
[[nodiscard]] std::vector<header> unpack(std::string_view bytes);

} // namespace fairlead::embedded
