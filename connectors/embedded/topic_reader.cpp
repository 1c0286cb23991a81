#include "connectors/embedded/topic_reader.hpp"

#include "connectors/embedded/reading.hpp"

#include <algorithm>
#include <bitset>
#include <deque>
#include <filesystem>
#include <stdexcept>
#include <thread>
#include <utility>

namespace fairlead::embedded {
namespace {

using clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr page_bounds bounds{
  .records_max = 500, .bytes_max = 4 * 1024 * 1024, .wait = milliseconds{0}};

// Another process writes: there is nothing to wait for but the clock.
constexpr milliseconds look_interval{50};

std::bitset<topic_count> set_of(const std::vector<topic>& topics) {
  std::bitset<topic_count> out;
  for (auto t : topics)
    out.set(static_cast<std::size_t>(t));
  return out;
}

} // namespace

struct topic_reader::impl {
  impl(const std::string& f, const std::vector<topic>& t, read_start from)
    : folder{f},
      topics{set_of(t)},
      connection{f},
      end{connection.last_place()},
      after{from == read_start::end ? end : 0} {}

  // True if it has moved on, with or without something to deliver.
  bool refill() {
    auto page = explained(
      folder, [this] { return connection.follow(topics, {}, after, bounds); });
    for (auto& r : page.records)
      ahead.push_back(std::move(r.record));
    return std::exchange(after, page.next) != page.next;
  }

  const std::string folder;
  const std::bitset<topic_count> topics;
  read_connection connection;
  const std::int64_t end; // the log's last place when the reader was opened
  std::int64_t after;
  std::deque<raw_record> ahead; // one page at most
};

topic_reader::topic_reader(const std::string& folder,
                           const std::vector<topic>& topics, read_start from) {
  if (!std::filesystem::exists(file_of(folder)))
    throw std::invalid_argument("There is no embedded log in the folder "
                                + folder
                                + "; give the folder that `fairlead run "
                                  "--embedded` was given.");
  impl_ = explained(
    folder, [&] { return std::make_unique<impl>(folder, topics, from); });
}

topic_reader::~topic_reader() = default;

std::optional<raw_record> topic_reader::next(milliseconds wait) {
  auto until = clock::now() + wait;
  while (impl_->ahead.empty()) {
    if (impl_->refill())
      continue;
    auto left = std::chrono::ceil<milliseconds>(until - clock::now());
    if (left.count() <= 0)
      return std::nullopt;
    std::this_thread::sleep_for(std::min(left, look_interval));
  }
  auto r = std::move(impl_->ahead.front());
  impl_->ahead.pop_front();
  return r;
}

bool topic_reader::caught_up() const {
  return impl_->ahead.empty() && impl_->after >= impl_->end;
}

} // namespace fairlead::embedded
