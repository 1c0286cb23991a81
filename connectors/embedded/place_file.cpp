#include "connectors/embedded/place_file.hpp"

#include "connectors/embedded/log.hpp"
#include "connectors/embedded/row_sums.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cinttypes>
#include <cstdio>
#include <cstring>
#include <string_view>

namespace fairlead::embedded {
namespace {

// `place 00000000000000004711 open   1f…\n`: one short write of always the same
// length, which a disk does as a whole.
constexpr std::size_t text_size = 5 + 1 + 20 + 1 + 6 + 1 + 16 + 1;

std::string path_of(const std::string& folder) {
  return folder + "/place";
}

std::string text_of(const known_place& p) {
  checksum sum;
  sum.add(p.place);
  sum.add(std::uint64_t{p.closed});
  std::array<char, text_size + 1> out{};
  std::snprintf(out.data(), out.size(),
                "place %020" PRId64 " %-6s %016" PRIx64 "\n", p.place,
                p.closed ? "closed" : "open",
                static_cast<std::uint64_t>(sum.value()));
  return {out.data(), text_size};
}

} // namespace

std::optional<known_place> read_place(const std::string& folder) {
  int fd = ::open(path_of(folder).c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0)
    return std::nullopt;
  std::array<char, text_size> in{};
  auto n = ::pread(fd, in.data(), in.size(), 0);
  ::close(fd);
  if (n != static_cast<ssize_t>(in.size()))
    return std::nullopt;
  std::string_view text{in.data(), in.size()};
  known_place p;
  auto digits = text.substr(6, 20);
  std::from_chars(digits.data(), digits.data() + digits.size(), p.place);
  p.closed = text.substr(27, 6) == "closed";
  if (text != text_of(p))
    return std::nullopt;
  return p;
}

void require_place(const std::string& folder,
                   const std::optional<known_place>& known,
                   std::int64_t last_place) {
  if (!known || known->place <= last_place)
    return;
  throw log_broken(
    "The log in the folder " + folder + " has lost its end: record "
    + std::to_string(known->place) + " was written, and the last one there is "
    + std::to_string(last_place)
    + ". Was fairlead.db copied without fairlead.db-wal, or is that file "
      "damaged? Restore the folder from a backup, or delete "
    + path_of(folder) + " to go on without those records.");
}

place_file::place_file(const std::string& folder) {
  auto path = path_of(folder);
  fd_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd_ < 0)
    throw std::runtime_error(
      "The file " + path + " can't be written: " + std::strerror(errno) + ".");
}

place_file::~place_file() {
  ::close(fd_);
}

void place_file::write(const known_place& p) noexcept {
  auto text = text_of(p);
  // Without it a lost end would not be noticed, but nothing is lost by that.
  [[maybe_unused]] auto written = ::pwrite(fd_, text.data(), text.size(), 0);
}

void place_file::sync() noexcept {
  ::fdatasync(fd_);
}

} // namespace fairlead::embedded
