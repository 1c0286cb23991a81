#include "connectors/process.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

namespace fairlead {
namespace {

/// The numbers of /proc/self/stat after the program's name, which is in
/// brackets and may hold anything; the first is the process's state.
std::vector<std::string> words_of_stat() {
  std::ifstream in{"/proc/self/stat"};
  std::string line{std::istreambuf_iterator<char>{in}, {}};
  auto behind = line.rfind(')');
  if (behind == std::string::npos)
    return {};
  std::istringstream rest{line.substr(behind + 1)};
  return {std::istream_iterator<std::string>{rest}, {}};
}

/// When the machine started, in seconds since 1970.
double booted_at() {
  std::ifstream in{"/proc/stat"};
  for (std::string line; std::getline(in, line);)
    if (line.starts_with("btime "))
      return std::stod(line.substr(6));
  return 0;
}

double open_files() {
  std::error_code none;
  std::filesystem::directory_iterator in{"/proc/self/fd", none};
  // Less the one that looks.
  return none ? 0 : static_cast<double>(std::distance(in, {})) - 1;
}

} // namespace

std::size_t allow_open_files(std::size_t wanted) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0)
    return wanted; // whoever opens one too many is told
  if (limit.rlim_cur < wanted) {
    auto before = limit.rlim_cur;
    limit.rlim_cur = std::min<rlim_t>(wanted, limit.rlim_max);
    if (::setrlimit(RLIMIT_NOFILE, &limit) != 0)
      limit.rlim_cur = before;
  }
  return static_cast<std::size_t>(limit.rlim_cur);
}

void measure_process(metrics& m) {
  // proc(5): utime 14, stime 15, num_threads 20, starttime 22, vsize 23, rss
  // 24; the state is the third.
  auto stat = words_of_stat();
  if (stat.size() > 21) {
    auto number
      = [&stat](std::size_t field) { return std::stod(stat[field - 3]); };
    auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
    m.counter("process_cpu_seconds_total",
              "Processor time of the process, its own and the kernel's.")
      .raise_to((number(14) + number(15)) / ticks);
    m.gauge("process_threads", "Threads of the process.").set(number(20));
    m.gauge("process_start_time_seconds",
            "When the process started, in seconds since 1970.")
      .set(booted_at() + number(22) / ticks);
    m.gauge("process_virtual_memory_bytes", "Address space of the process.")
      .set(number(23));
    m.gauge("process_resident_memory_bytes", "Memory of the process.")
      .set(number(24) * static_cast<double>(::sysconf(_SC_PAGESIZE)));
  }
  m.gauge("process_open_fds", "Open file descriptors.").set(open_files());
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0)
    m.gauge("process_max_fds", "How many file descriptors may be open.")
      .set(static_cast<double>(limit.rlim_cur));
}

} // namespace fairlead
