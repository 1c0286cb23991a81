#include "connectors/http/client.hpp"

#include <httplib.h>
#include <nlohmann/json.hpp>

#include <array>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

namespace fairlead {
namespace {

// Events stay as they were written: the order of their members, too.
using json = nlohmann::ordered_json;
using std::chrono::milliseconds;

constexpr int page_limit = 1'000;
constexpr milliseconds poll_interval{100};

std::string without_slash(std::string url) {
  while (!url.empty() && url.back() == '/')
    url.pop_back();
  return url;
}

/// httplib takes a host without a scheme for one with a path in it.
std::unique_ptr<httplib::Client> client_for(const http_place& at) {
  auto url = without_slash(at.url);
  if (!url.starts_with("http://") && !url.starts_with("https://"))
    throw std::invalid_argument("The address " + at.url
                                + " must look like http://127.0.0.1:8080.");
  auto c = std::make_unique<httplib::Client>(url);
  if (!c->is_valid())
    throw std::invalid_argument("The address " + at.url
                                + " must look like http://127.0.0.1:8080.");
  c->set_connection_timeout(std::chrono::seconds{5});
  c->set_read_timeout(std::chrono::seconds{35});
  c->set_keep_alive(true);
  c->set_tcp_nodelay(true);
  if (!at.token.empty())
    c->set_bearer_token_auth(at.token.c_str());
  return c;
}

[[noreturn]] void throw_unreachable(const http_place& at) {
  throw http_not_reachable("Nobody answers at " + at.url
                           + "; start `fairlead run` there, or give another "
                             "--url.");
}

/// What a problem document says, else the status.
std::string detail_of(int status, const std::string& body) {
  auto problem = json::parse(body, nullptr, false);
  if (!problem.is_object())
    return "The answer was " + std::to_string(status) + ".";
  std::string out = problem.value("detail", std::string{});
  if (auto errors = problem.find("errors");
      errors != problem.end() && errors->is_array() && !errors->empty()) {
    out.clear();
    for (const auto& e : *errors) {
      if (!out.empty())
        out += "; ";
      if (e.contains("index"))
        out += "event " + e["index"].dump() + ": ";
      out += e.value("reason", "") + ": " + e.value("detail", "");
    }
  }
  return out.empty() ? "The answer was " + std::to_string(status) + "." : out;
}

class sink final : public event_sink {
public:
  explicit sink(http_place at) : at_{std::move(at)}, client_{client_for(at_)} {}

  verdict append(std::vector<new_record> records, std::string& why) override {
    std::string body = "[";
    for (const auto& r : records) {
      if (body.size() > 1)
        body += ',';
      body += r.value.value_or("null");
    }
    body += ']';
    // The server may have closed a connection that was silent.
    auto answer = post(body);
    if (!answer)
      answer = post(body);
    if (!answer)
      throw_unreachable(at_);
    if (answer->status == 202)
      return verdict::durable;
    why = detail_of(answer->status, answer->body);
    return answer->status == 429 || answer->status == 503 ? verdict::busy
                                                          : verdict::failed;
  }

private:
  httplib::Result post(const std::string& body) {
    return client_->Post("/v1/events", body,
                         "application/cloudevents-batch+json");
  }

  http_place at_;
  std::unique_ptr<httplib::Client> client_;
};

std::string big_endian(std::int64_t n, int bytes) {
  std::string out;
  for (int i = bytes - 1; i >= 0; --i)
    out.push_back(
      static_cast<char>((static_cast<std::uint64_t>(n) >> (8 * i)) & 0xff));
  return out;
}

/// A record as a page shows it (connectors/http/README.md).
raw_record record_of(const json& r) {
  raw_record out;
  out.on = topic_named(r.value("topic", "")).value_or(topic::assignments);
  out.offset = r.value("offset", std::int64_t{0});
  if (auto t = from_rfc3339(r.value("timestamp", "")))
    out.timestamp = *t;
  if (auto key = r.find("key"); key != r.end() && key->is_string())
    out.key = key->get<std::string>();
  if (auto event = r.find("event"); event != r.end())
    out.value = event->dump();
  else if (auto value = r.find("value"); value != r.end() && value->is_string())
    out.value = value->get<std::string>();
  if (auto headers = r.find("headers");
      headers != r.end() && headers->is_object())
    for (const auto& [name, value] : headers->items()) {
      if (value.is_string())
        out.headers.emplace_back(name, value.get<std::string>());
      else if (value.is_number_integer())
        out.headers.emplace_back(
          name, big_endian(value.get<std::int64_t>(),
                           name.ends_with("partition") ? 4 : 8));
    }
  return out;
}

class pages final : public topic_reader {
public:
  pages(http_place at, const std::vector<topic>& topics)
    : at_{std::move(at)}, client_{client_for(at_)} {
    for (auto t : topics)
      cursors_.emplace_back(t, -1);
    (void)round(); // says at once if nobody is there
  }

  std::optional<raw_record> next(milliseconds wait) override {
    auto until = std::chrono::steady_clock::now() + wait;
    for (;;) {
      if (!waiting_.empty()) {
        auto r = std::move(waiting_.front());
        waiting_.pop_front();
        return r;
      }
      if (round())
        continue;
      auto left = std::chrono::ceil<milliseconds>(
        until - std::chrono::steady_clock::now());
      if (left.count() <= 0)
        return std::nullopt;
      std::this_thread::sleep_for(std::min(left, poll_interval));
    }
  }

  [[nodiscard]] bool caught_up() const override {
    return was_at_end_ && waiting_.empty();
  }

private:
  /// Asks every topic once; true if one has moved on.
  bool round() {
    bool moved = false;
    for (auto& [on, after] : cursors_) {
      auto path = "/v1/topics/" + std::string{name_of(on)}
                  + "/records?limit=" + std::to_string(page_limit)
                  + "&after=" + std::to_string(after);
      if (!at_.team.empty())
        path += "&team=" + httplib::detail::encode_query_param(at_.team);
      auto answer = client_->Get(path);
      if (!answer)
        answer = client_->Get(path);
      if (!answer)
        throw_unreachable(at_);
      if (answer->status != 200)
        throw http_refused(detail_of(answer->status, answer->body));
      auto page = json::parse(answer->body);
      auto next = page.at("next").get<std::int64_t>();
      moved = moved || next != after;
      after = next;
      for (const auto& r : page.at("records"))
        waiting_.push_back(record_of(r));
    }
    was_at_end_ = was_at_end_ || !moved;
    return moved;
  }

  http_place at_;
  std::unique_ptr<httplib::Client> client_;
  std::vector<std::pair<topic, std::int64_t>> cursors_;
  std::deque<raw_record> waiting_;
  bool was_at_end_ = false;
};

/// The topic of an event in a stream: the stream names only its type.
topic topic_of_type(std::string_view type) {
  struct row {
    std::string_view type;
    topic on;
  };
  constexpr std::array rows{row{"transfer.connected", topic::rings},
                            row{"transfer.missed", topic::rings},
                            row{"ring.requested", topic::rings},
                            row{"ring.cancelled", topic::rings},
                            row{"outcome.corrected", topic::rings},
                            row{"notification.requested", topic::notifications},
                            row{"task.created", topic::tasks},
                            row{"task.moved", topic::tasks},
                            row{"task.cancelled", topic::tasks},
                            row{"outreach.released", topic::outreach},
                            row{"outreach.held", topic::outreach},
                            row{"outreach.refused", topic::outreach},
                            row{"cadence.cancelled", topic::outreach},
                            row{"cadence.paused", topic::outreach},
                            row{"decision.recorded", topic::decisions}};
  for (const auto& r : rows)
    if (r.type == type)
      return r.on;
  return topic::assignments;
}

class stream final : public topic_reader {
public:
  stream(http_place at, const std::vector<topic>& topics, bool from_beginning)
    : at_{std::move(at)}, client_{client_for(at_)} {
    path_ = "/v1/stream?topics=";
    for (std::size_t i = 0; i < topics.size(); ++i)
      path_ += (i ? "," : "") + std::string{name_of(topics[i])};
    if (!at_.team.empty())
      path_ += "&team=" + httplib::detail::encode_query_param(at_.team);
    if (from_beginning)
      last_id_ = "0";
    thread_ = std::thread{[this] { run(); }};
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [this] { return connected_ || ended_; });
    if (!ended_)
      return;
    lock.unlock();
    thread_.join();
    if (status_ == 0)
      throw_unreachable(at_);
    throw http_refused(why_);
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
        throw http_refused(why_.empty() ? "The stream has ended." : why_);
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
          return true;
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
    raw_record r;
    auto event = json::parse(data_, nullptr, false);
    if (type_ == "dead-letter" || type_ == "record") {
      if (event.is_object())
        r = record_of(event);
    } else {
      r.on = topic_of_type(type_);
      r.value = std::move(data_);
      if (event.is_object()) {
        if (auto team = event.find("partitionkey");
            team != event.end() && team->is_string())
          r.key = team->get<std::string>();
        if (auto t = from_rfc3339(event.value("time", "")))
          r.timestamp = *t;
      }
    }
    data_.clear();
    type_.clear();
    std::unique_lock lock{mutex_};
    changed_.wait(
      lock, [this] { return stopping_ || waiting_.size() < waiting_max; });
    if (stopping_)
      return false;
    last_id_ = next_id_;
    waiting_.push_back(std::move(r));
    changed_.notify_all();
    return true;
  }

  http_place at_;
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

std::unique_ptr<event_sink> http_sink(const http_place& at) {
  return std::make_unique<sink>(at);
}

std::unique_ptr<topic_reader> http_pages(const http_place& at,
                                         const std::vector<topic>& topics) {
  return std::make_unique<pages>(at, topics);
}

std::unique_ptr<topic_reader> http_stream(const http_place& at,
                                          const std::vector<topic>& topics,
                                          bool from_beginning) {
  return std::make_unique<stream>(at, topics, from_beginning);
}

std::optional<http_answer> http_get(const http_place& at,
                                    const std::string& path) {
  auto answer = client_for(at)->Get(path);
  if (!answer)
    return std::nullopt;
  return http_answer{answer->status, answer->body};
}

} // namespace fairlead
