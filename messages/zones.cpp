#include "messages/zones.hpp"

#include <date/tz.h>

#include <fstream>
#include <map>
#include <memory>
#include <mutex>

namespace fairlead {

class zone {
public:
  explicit zone(const date::time_zone* z) : z_{z} {}
  [[nodiscard]] const date::time_zone& get() const { return *z_; }

private:
  const date::time_zone* z_;
};

namespace {

const zone* locate(std::string_view name) {
  static std::mutex mutex;
  static std::map<std::string, std::unique_ptr<zone>, std::less<>> known;
  std::lock_guard guard{mutex};
  if (auto it = known.find(name); it != known.end())
    return it->second.get();
  try {
    auto z = std::make_unique<zone>(date::locate_zone(std::string{name}));
    return known.emplace(std::string{name}, std::move(z)).first->second.get();
  } catch (const std::runtime_error&) {
    return nullptr; // the library's only way to say that it is unknown
  }
}

} // namespace

const zone* find_zone(std::string_view name) {
  // The system's list has it, too, but it is another zone on every machine.
  if (name == "localtime")
    return nullptr;
  // Each thread remembers what it has found (the names of the database, some
  // 600), because a zone is asked for at every look at an agent.
  thread_local std::map<std::string, const zone*, std::less<>> found;
  if (auto it = found.find(name); it != found.end())
    return it->second;
  const auto* z = locate(name);
  if (z != nullptr)
    found.emplace(name, z);
  return z;
}

local_time to_local(const zone& z, instant t) {
  // One zone's offset holds for months; the library looks it up each time.
  struct remembered {
    const zone* of = nullptr;
    date::sys_seconds begin, end;
    std::chrono::seconds offset{};
  };
  thread_local remembered last;
  auto s = std::chrono::floor<std::chrono::seconds>(t);
  if (last.of != &z || s < last.begin || s >= last.end) {
    auto info = z.get().get_info(s);
    last = {&z, info.begin, info.end, info.offset};
  }
  auto local = t.time_since_epoch() + last.offset;
  auto day = std::chrono::floor<std::chrono::days>(local);
  return {static_cast<int>(day.count()),
          static_cast<int>((local - day).count())};
}

namespace {

instant from_local(const zone& z, int day, int minute_of_day, bool later) {
  date::local_seconds local{std::chrono::days{day}
                            + std::chrono::minutes{minute_of_day}};
  auto info = z.get().get_info(local);
  // In a gap `first` ends where the gap does; of an hour that comes twice
  // `first` is the earlier.
  if (info.result == date::local_info::nonexistent)
    return instant{info.first.end.time_since_epoch()};
  bool second = later && info.result == date::local_info::ambiguous;
  auto offset = second ? info.second.offset : info.first.offset;
  return instant{(local.time_since_epoch() - offset)};
}

} // namespace

instant from_local(const zone& z, int day, int minute_of_day) {
  return from_local(z, day, minute_of_day, false);
}

instant last_from_local(const zone& z, int day, int minute_of_day) {
  return from_local(z, day, minute_of_day, true);
}

std::string zone_database_version() {
  std::ifstream file{"/usr/share/zoneinfo/tzdata.zi"};
  std::string line;
  constexpr std::string_view before = "# version ";
  if (std::getline(file, line) && line.starts_with(before))
    return line.substr(before.size());
  return "unknown";
}

} // namespace fairlead
