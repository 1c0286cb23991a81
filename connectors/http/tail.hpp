#pragma once

#include "connectors/history.hpp"

#include <bitset>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace fairlead::http {

/// The newest records of a log as server-sent events, read and written once for
/// all streams that are at its end. Reads only while somebody follows.
/// Threads: one that waits for the log; the rest is safe from any.
class tail {
public:
  /// `past` outlives this. `changed` is called when there is something new.
  tail(history& past, std::bitset<topic_count> topics,
       std::function<void()> changed);
  ~tail();
  tail(const tail&) = delete;
  tail& operator=(const tail&) = delete;

  /// `changed` is not called any more.
  void stop();

  /// One more follows, or one less.
  void enter();
  void leave();

  /// Appends what came after a place, 64 KiB or one event, and moves it. False:
  /// the place is older than what is kept here; read the log.
  bool read(std::bitset<topic_count> topics, const std::string& team,
            std::int64_t& after, std::string& out, bool& more);

private:
  struct entry {
    std::int64_t place = 0;
    topic on{};
    std::string team;
    std::string text;
  };
  void run();
  void take(const history_page& page);

  history& past_;
  const std::bitset<topic_count> topics_;
  const std::function<void()> changed_;
  std::mutex mutex_;
  std::condition_variable wanted_;
  std::deque<entry> kept_;
  std::size_t bytes_ = 0;
  std::int64_t begin_ = -1; // what is kept comes after it; -1: nothing is
  std::int64_t end_ = -1;   // and goes up to here
  std::size_t followers_ = 0;
  bool stopping_ = false;
  std::thread thread_;
};

} // namespace fairlead::http
