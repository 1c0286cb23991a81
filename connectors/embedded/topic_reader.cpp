#include "connectors/embedded/topic_reader.hpp"

#include "connectors/embedded/place_file.hpp"
#include "connectors/embedded/reading.hpp"
#include "connectors/embedded/row_sums.hpp"

#include <algorithm>
#include <bitset>
#include <deque>
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
      known{read_place(f)}, // before the log, which is never behind it
      connection{f},
      end{connection.last_place()},
      after{from == read_start::end ? end : 0} {
    require_place(folder, known, end);
  }

  // True if it has moved on, with or without something to deliver.
  bool refill() {
    auto page = explained(
      folder, [this] { return connection.follow(topics, {}, after, bounds); });
    for (auto& r : page.records)
      ahead.push_back(std::move(r.record));
    bool moved = std::exchange(after, page.next) != page.next;
    // Retention may have deleted the last records of a log.
    at_end = at_end || !moved;
    return moved;
  }

  const std::string folder;
  const std::bitset<topic_count> topics;
  const std::optional<known_place> known;
  read_connection connection;
  const std::int64_t end; // the log's last place when the reader was opened
  std::int64_t after;
  bool at_end = false;
  std::deque<raw_record> ahead; // one page at most
};

topic_reader::topic_reader(const std::string& folder,
                           const std::vector<topic>& topics, read_start from) {
  require_log(folder);
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
  return impl_->ahead.empty() && (impl_->at_end || impl_->after >= impl_->end);
}

void look_through(const std::string& folder) {
  require_log(folder);
  explained(folder, [&] {
    auto known = read_place(folder);
    auto db = open_reader(folder);
    if (layout_of(db, file_of(folder)) == 0) {
      require_place(folder, known, 0);
      damaged_file(folder, "it is empty");
    }
    require_place(folder, known, db.number("SELECT seq FROM log"));
    look_through(db, folder);
  });
}

} // namespace fairlead::embedded
