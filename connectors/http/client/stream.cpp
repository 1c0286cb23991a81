#include "connectors/http/client/read_records.hpp"
#include "connectors/http/client/request.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <string_view>
#include <thread>
#include <utility>

namespace fairlead::http {
namespace {

using std::chrono::milliseconds;

class stream final : public topic_reader {
public:
  stream(instance other, const std::vector<topic>& topics, read_start from)
    : instance_{std::move(other)}, requests_{instance_} {
    path_ = "/v1/stream?topics=";
    for (std::size_t i = 0; i < topics.size(); ++i)
      path_ += (i ? "," : "") + std::string{name_of(topics[i])};
    path_ += and_team(instance_);
    if (from == read_start::beginning)
      last_id_ = "0";
    thread_ = std::thread{[this] { run(); }};
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [this] { return connected_ || ended_; });
    if (!ended_)
      return;
    lock.unlock();
    thread_.join();
    if (status_ == 0)
      throw_unreachable(instance_, requests_.why());
    throw refused(why_);
  }

  ~stream() override {
    {
      std::lock_guard guard{mutex_};
      stopping_ = true;
    }
    changed_.notify_all();
    requests_.stop();
    if (thread_.joinable())
      thread_.join();
  }

  std::optional<raw_record> next(milliseconds wait) override {
    std::unique_lock lock{mutex_};
    changed_.wait_for(lock, wait,
                      [this] { return !waiting_.empty() || ended_; });
    if (waiting_.empty()) {
      if (ended_)
        throw refused(why_.empty() ? "The stream has ended." : why_);
      return std::nullopt;
    }
    auto r = std::move(waiting_.front());
    waiting_.pop_front();
    changed_.notify_all();
    return r;
  }

  [[nodiscard]] bool caught_up() const override { return false; }

private:
  static constexpr std::size_t waiting_max = 10'000;
  static constexpr std::size_t refusal_bytes_max = 64 * 1024;
  static constexpr std::size_t line_bytes_max = 16 * 1024 * 1024;

  void run() {
    for (bool first = true;; first = false) {
      {
        std::lock_guard guard{mutex_};
        if (stopping_)
          return;
      }
      std::string refusal;
      auto answered = requests_.follow(
        path_, last_id_, [this, &refusal](int status, std::string_view bytes) {
          {
            std::lock_guard guard{mutex_};
            connected_ = connected_ || status == 200;
            changed_.notify_all();
            if (stopping_)
              return false;
          }
          if (status == 200)
            return take(bytes);
          refusal.append(
            bytes.substr(0, refusal_bytes_max
                              - std::min(refusal_bytes_max, refusal.size())));
          return true;
        });
      std::unique_lock lock{mutex_};
      if (stopping_)
        return;
      if ((answered != 0 && answered != 200) || (first && !connected_)) {
        status_ = answered;
        if (answered != 0)
          why_ = detail_of(answered, refusal);
        ended_ = true;
        changed_.notify_all();
        return;
      }
      line_.clear();
      data_.clear();
      changed_.wait_for(lock, std::chrono::seconds{1},
                        [this] { return stopping_; });
      if (stopping_)
        return;
    }
  }

  /// Some bytes of the stream; false ends it.
  bool take(std::string_view bytes) {
    {
      std::lock_guard guard{mutex_};
      if (stopping_)
        return false;
    }
    for (char c : bytes) {
      if (c != '\n') {
        if (line_.size() >= line_bytes_max)
          return false;
        line_ += c;
        continue;
      }
      if (!take_line())
        return false;
      line_.clear();
    }
    return true;
  }

  bool take_line() {
    auto field = [this](std::string_view name) -> std::optional<std::string> {
      std::string_view line{line_};
      if (!line.starts_with(name))
        return std::nullopt;
      return std::string{line.substr(name.size())};
    };
    if (auto id = field("id: "))
      next_id_ = *id;
    else if (auto type = field("event: "))
      type_ = *type;
    else if (auto data = field("data: "))
      data_ += data_.empty() ? *data : "\n" + *data;
    if (!line_.empty() || data_.empty())
      return true;
    // The server ended what was read too slowly, and says where to go on.
    auto r = type_ == "reset" ? std::nullopt
                              : read_server_sent(type_, std::move(data_));
    data_.clear();
    type_.clear();
    std::unique_lock lock{mutex_};
    changed_.wait(
      lock, [this] { return stopping_ || waiting_.size() < waiting_max; });
    if (stopping_)
      return false;
    last_id_ = next_id_;
    if (r)
      waiting_.push_back(std::move(*r));
    changed_.notify_all();
    return true;
  }

  instance instance_;
  requests requests_;
  std::string path_;
  // Of the thread.
  std::string line_, type_, data_, next_id_, last_id_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<raw_record> waiting_;
  std::string why_;
  int status_ = 0;
  bool connected_ = false, ended_ = false, stopping_ = false;
  std::thread thread_;
};

} // namespace

std::unique_ptr<topic_reader> open_stream(const instance& other,
                                          const std::vector<topic>& topics,
                                          read_start from) {
  return std::make_unique<stream>(other, topics, from);
}

} // namespace fairlead::http
