#include "connectors/embedded/folder.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <stdexcept>

namespace fairlead::embedded {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void not_plain(const std::string& file) {
  throw std::runtime_error(
    "The file " + file
    + " is not a plain file of its own; somebody else may have prepared the "
      "folder. Choose another folder.");
}

[[noreturn]] void cant_be_written(const std::string& folder) {
  throw std::runtime_error("The folder " + folder
                           + " can't be written; check its permissions ("
                           + std::strerror(errno) + ").");
}

void create_folder(const std::string& folder) {
  auto path = fs::absolute(folder).lexically_normal();
  if (!path.has_filename()) // office/
    path = path.parent_path();
  std::error_code ec;
  fs::create_directories(path.parent_path(), ec);
  // Names and phone numbers of people: for nobody else.
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST)
    throw std::runtime_error("The folder " + folder + " can't be created: "
                             + std::strerror(errno) + ".");
}

// A link would lead us to write into a file, or change the rights of one, that
// belongs to something else.
void require_plain_files(const std::string& folder) {
  for (const auto* name :
       {"lock", "place", "fairlead.db", "fairlead.db-wal", "fairlead.db-shm",
        "fairlead.db-journal", "board.db", "board.db-wal", "board.db-shm",
        "board.db-journal"}) {
    struct stat s {};
    auto file = folder + "/" + name;
    if (::lstat(file.c_str(), &s) == 0
        && (!S_ISREG(s.st_mode) || s.st_nlink > 1))
      not_plain(file);
  }
}

} // namespace

folder_lock::folder_lock(const std::string& folder) {
  create_folder(folder);
  require_plain_files(folder);
  auto file = folder + "/lock";
  fd_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd_ < 0)
    cant_be_written(folder);
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

void create_private(const std::string& file) {
  int fd = ::open(file.c_str(),
                  O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd >= 0)
    ::close(fd);
  else if (errno != EEXIST)
    cant_be_written(fs::path{file}.parent_path().string());
}

void make_private(const std::string& file) noexcept {
  int fd = ::open(file.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC);
  struct stat s {};
  if (fd >= 0 && ::fstat(fd, &s) == 0 && S_ISREG(s.st_mode)
      && s.st_uid == ::geteuid() && (s.st_mode & 0777) != 0600)
    ::chmod(file.c_str(), 0600);
  if (fd >= 0)
    ::close(fd);
}

void sync_folder(const std::string& path) noexcept {
  int fd = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0)
    return; // a parent that can't be opened is not ours to sync
  ::fsync(fd);
  ::close(fd);
}

file_id id_of(const std::string& file) noexcept {
  struct stat s {};
  if (::stat(file.c_str(), &s) != 0)
    return {};
  return {.device = s.st_dev, .inode = s.st_ino};
}

std::string readers_of(const std::string& folder) {
  // SQLite's marks of readers are locks on these bytes of the shared file. The
  // file must not be opened to ask for them: closing it would end our own.
  constexpr long first_mark = 123;
  constexpr long last_mark = 127;
  auto shared = id_of(file_of(folder) + "-shm");
  std::set<long> found;
  std::ifstream locks{"/proc/locks"};
  for (std::string line; std::getline(locks, line);) {
    // `12: POSIX  ADVISORY  READ 4711 08:01:131 123 127`
    std::istringstream words{line};
    std::string number, kind, mode, access, file;
    long pid = 0;
    long begin = 0;
    std::string end;
    if (!(words >> number >> kind >> mode >> access >> pid >> file >> begin
          >> end)
        || kind != "POSIX" || begin < first_mark || begin > last_mark
        || pid <= 0 || pid == ::getpid())
      continue;
    if (file.substr(file.rfind(':') + 1) == std::to_string(shared.inode))
      found.insert(pid);
  }
  std::string out;
  for (auto pid : found) {
    std::ifstream comm{"/proc/" + std::to_string(pid) + "/comm"};
    std::string name;
    std::getline(comm, name);
    out += (out.empty() ? "" : ", ") + ("pid " + std::to_string(pid))
           + (name.empty() ? "" : " (" + name + ")");
  }
  return out;
}

} // namespace fairlead::embedded
