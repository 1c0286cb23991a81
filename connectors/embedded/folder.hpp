#pragma once

#include <cstdint>
#include <string>

namespace fairlead::embedded {

/// Keeps a folder to one process for as long as it lives. It creates the folder
/// for its user alone. Throws std::runtime_error with one sentence if another
/// process has it, it can't be created or written to, or a file in it is not a
/// plain file: somebody else may have prepared it.
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

/// Creates a file that only its owner reads, unless it is there.
void create_private(const std::string& file);
/// Takes the rights of others from a file, if it belongs to this user.
void make_private(const std::string& file) noexcept;
/// After a power cut a new file is only there if its folder was synced, too.
void sync_folder(const std::string& path) noexcept;

/// Which file a path leads to.
struct file_id {
  std::uint64_t device = 0;
  std::uint64_t inode = 0; /// 0: none
  friend bool operator==(const file_id&, const file_id&) = default;
};
[[nodiscard]] file_id id_of(const std::string& file) noexcept;

/// Other processes that are inside a read transaction of the folder's file:
/// `pid 4711 (sqlite3)`, several with commas; empty if there are none or the
/// system does not tell.
[[nodiscard]] std::string readers_of(const std::string& folder);

} // namespace fairlead::embedded
