#include "connectors/embedded/backup.hpp"

#include "connectors/embedded/database.hpp"
#include "connectors/embedded/place_file.hpp"
#include "connectors/embedded/reading.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <utility>

namespace fairlead::embedded {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void cant_be_written(const std::string& path, int why) {
  throw std::runtime_error("The backup " + path
                           + " can't be written: " + std::strerror(why) + ".");
}

/// The folder of the copy, which goes away unless the copy is kept.
class new_folder {
public:
  explicit new_folder(const std::string& path) : path_{path} {
    if (::mkdir(path.c_str(), 0700) == 0)
      return;
    if (errno == EEXIST)
      throw std::invalid_argument(path
                                  + " exists already; a backup goes into a new "
                                    "folder.");
    cant_be_written(path, errno);
  }
  ~new_folder() {
    std::error_code ec;
    if (!kept_)
      fs::remove_all(path_, ec);
  }
  new_folder(const new_folder&) = delete;
  new_folder& operator=(const new_folder&) = delete;
  void keep() { kept_ = true; }

private:
  const std::string path_;
  bool kept_ = false;
};

void sync(const std::string& path, int flags) {
  int fd = ::open(path.c_str(), flags | O_CLOEXEC);
  if (fd < 0)
    cant_be_written(path, errno);
  auto rc = ::fsync(fd);
  auto why = errno;
  ::close(fd);
  if (rc != 0)
    cant_be_written(path, why);
}

void create(const std::string& file) {
  int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0)
    cant_be_written(file, errno);
  ::close(fd);
}

void copy(const std::string& folder, const std::string& file) {
  auto db = open_reader(folder);
  // A damaged tree may lead in a circle, and the copy would fill the disk.
  require_whole(db, folder);
  // The copy is a new file, but SQLite counts it as a write.
  db.exec("PRAGMA query_only=0");
  sqlite::statement into{db.raw(), "VACUUM INTO ?"};
  into.bind_text(1, file);
  into.run();
}

// Looks at each record, and takes none.
std::int64_t read_all(read_connection c) {
  for (std::int64_t after = 0;;) {
    auto page = c.follow({}, {}, after, {});
    if (page.next == after)
      return c.last_place();
    after = page.next;
  }
}

} // namespace

backed_up back_up(const std::string& folder, const std::string& to) {
  require_log(folder);
  auto target = fs::absolute(to).lexically_normal();
  if (!target.has_filename()) // office/copy/
    target = target.parent_path();
  new_folder made{target.string()};
  // Under another name until it is whole: half a copy is no log.
  auto file = file_of(target.string());
  auto part = file + ".part";
  create(part);
  // What goes wrong in VACUUM INTO may be the one file's fault or the other's,
  // and SQLite's own words stand behind the sentence.
  std::int64_t end = 0;
  auto done = explained(folder, [&] {
    copy(folder, part);
    sqlite::connection db{part, sqlite::connection::mode::read_only};
    // The rows were copied with their sums.
    look_through(db, folder);
    backed_up counted{.records = db.number("SELECT count(*) FROM records"),
                      .entities = db.number("SELECT count(*) FROM state")};
    end = read_all({folder, std::move(db)});
    return counted;
  });
  {
    place_file beside{target.string()};
    beside.write({.place = end, .closed = true});
    beside.sync();
  }
  sync(part, O_RDONLY);
  if (::rename(part.c_str(), file.c_str()) != 0)
    cant_be_written(file, errno);
  sync(target.string(), O_RDONLY | O_DIRECTORY);
  sync(target.parent_path().string(), O_RDONLY | O_DIRECTORY);
  done.log_bytes = static_cast<std::int64_t>(fs::file_size(file_of(folder)));
  done.copy_bytes = static_cast<std::int64_t>(fs::file_size(file));
  made.keep();
  return done;
}

} // namespace fairlead::embedded
