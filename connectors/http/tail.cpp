#include "connectors/http/tail.hpp"

#include "connectors/http/pages.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <utility>
#include <vector>

namespace fairlead::http {
namespace {

constexpr std::size_t kept_bytes_max = 4 * 1024 * 1024;
constexpr std::size_t piece_bytes_max = 64 * 1024;
constexpr std::chrono::milliseconds slice{250};

} // namespace

tail::tail(history& past, std::bitset<topic_count> topics,
           std::function<void()> changed)
  : past_{past}, topics_{topics}, changed_{std::move(changed)}, thread_{[this] {
      run();
    }} {
}

tail::~tail() {
  stop();
}

void tail::stop() {
  {
    std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  wanted_.notify_all();
  if (thread_.joinable())
    thread_.join();
}

void tail::enter() {
  std::lock_guard lock{mutex_};
  ++followers_;
  wanted_.notify_all();
}

void tail::leave() {
  std::lock_guard lock{mutex_};
  --followers_;
}

void tail::run() {
  for (;;) {
    std::int64_t after = -1;
    {
      std::unique_lock lock{mutex_};
      if (followers_ == 0) {
        kept_.clear();
        bytes_ = 0;
        begin_ = end_ = -1;
      }
      wanted_.wait(lock, [this] { return stopping_ || followers_ > 0; });
      if (stopping_)
        return;
      after = end_;
    }
    try {
      if (after < 0) {
        after = past_.last_place();
        {
          std::lock_guard lock{mutex_};
          begin_ = end_ = after;
        }
        // Whoever looked into the log before that has missed nothing since.
        changed_();
      }
      take(past_.follow(
        topics_, {}, after,
        {.records_max = 500, .bytes_max = kept_bytes_max / 4, .wait = slice}));
    } catch (const std::runtime_error&) {
      // The log is broken, and the service about to stop.
      std::unique_lock lock{mutex_};
      wanted_.wait_for(lock, slice, [this] { return stopping_; });
    }
  }
}

void tail::take(const history_page& page) {
  // Streams read meanwhile.
  std::vector<entry> fresh;
  for (const auto& p : page.records) {
    auto& e = fresh.emplace_back();
    e.place = p.place;
    e.on = p.record.on;
    e.team = p.record.key.value_or("");
    append_server_sent(e.text, p);
  }
  {
    std::lock_guard lock{mutex_};
    if (page.next == end_)
      return;
    for (auto& e : fresh) {
      bytes_ += e.text.size();
      kept_.push_back(std::move(e));
    }
    end_ = page.next;
    while (bytes_ > kept_bytes_max && kept_.size() > 1) {
      bytes_ -= kept_.front().text.size();
      begin_ = kept_.front().place;
      kept_.pop_front();
    }
  }
  changed_();
}

bool tail::read(std::bitset<topic_count> topics, const std::string& team,
                std::int64_t& after, std::string& out, bool& more) {
  std::lock_guard lock{mutex_};
  if (begin_ < 0 || after < begin_ || after > end_)
    return false;
  auto at = std::upper_bound(
    kept_.begin(), kept_.end(), after,
    [](std::int64_t place, const entry& e) { return place < e.place; });
  for (; at != kept_.end(); ++at) {
    if (topics[static_cast<std::size_t>(at->on)]
        && (team.empty() || team == at->team)) {
      if (!out.empty() && out.size() + at->text.size() > piece_bytes_max) {
        more = true;
        return true;
      }
      out += at->text;
    }
    after = at->place;
  }
  after = end_;
  return true;
}

} // namespace fairlead::http
