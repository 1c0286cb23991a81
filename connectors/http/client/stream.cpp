#include "connectors/http/client/read_records.hpp"
#include "connectors/http/client/request.hpp"

#include <httplib.h>

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
    : instance_{std::move(other)}, client_{client_for(instance_)} {
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
      throw_unreachable(instance_);
    throw refused(why_);
  }

  ~stream() override {
    {
      std::lock_guard guard{mutex_};
      stopping_ = true;
    }
    changed_.notify_all();
    client_->stop();
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

  void run() {
    for (bool first = true;; first = false) {
      httplib::Headers headers;
      if (!last_id_.empty())
        headers.emplace("Last-Event-ID", last_id_);
      {
        std::lock_guard guard{mutex_};
        if (stopping_)
          return;
      }
      std::string refusal;
      auto answer = client_->Get(
        path_, headers,
        [this](const httplib::Response& r) {
          std::lock_guard guard{mutex_};
          status_ = r.status;
          connected_ = connected_ || r.status == 200;
          changed_.notify_all();
          // The destructor may have stopped the client before there was a
          // socket to shut down.
          return !stopping_;
        },
        [this, &refusal](const char* data, std::size_t n) {
          if (status_ != 200) {
            refusal.append(data, n);
            return true;
          }
          return take({data, n});
        });
      std::unique_lock lock{mutex_};
      if (stopping_)
        return;
      if ((answer && answer->status != 200) || (first && !connected_)) {
        if (answer)
          why_ = detail_of(answer->status, refusal);
        else
          status_ = 0;
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
    auto r = read_server_sent(type_, std::move(data_));
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
  std::unique_ptr<httplib::Client> client_;
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
