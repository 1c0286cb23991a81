#include "commands/board/live_views.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <utility>

namespace fairlead {

namespace {

using board::json;
using clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

// A view is looked at again this often though nothing has happened: schedules
// begin, absences end, tasks become overdue.
constexpr auto look_again = 2s;
// At most this many pieces a second.
constexpr auto breath = 250ms;

std::string text(const json& j) {
  return j.dump(-1, ' ', false, json::error_handler_t::replace);
}

} // namespace

/// One question and its latest answer.
class watched_question {
public:
  watched_question(std::function<std::uint64_t()> changes,
                   live_views::question ask)
    : changes_{std::move(changes)}, ask_{std::move(ask)} {}

  /// The answer, unless it is number `known`; sets that. A newcomer (0) gets
  /// one that was looked at just now, because it tells the time, too.
  std::string other_than(std::uint64_t& known) {
    std::lock_guard guard{mutex_};
    look(known == 0);
    if (known == no_)
      return {};
    known = no_;
    return "id: " + std::to_string(no_) + "\nevent: view\ndata: " + head_
           + "\"view\":" + body_ + "}\n\n";
  }

private:
  void look(bool newcomer) {
    auto at = clock::now();
    if (no_ != 0 && at - looked_ < breath)
      return;
    auto changes = changes_();
    if (no_ != 0 && !newcomer && changes == seen_ && at - looked_ < look_again)
      return;
    seen_ = changes;
    looked_ = at;
    auto now = ask_();
    // The times move by themselves; they are no news.
    head_ = text(json{{"as_of", now.value("as_of", "")},
                      {"now", now.value("now", "")},
                      {"lag_s", now.value("lag_s", 0.0)}});
    head_.back() = ',';
    now.erase("as_of");
    now.erase("now");
    now.erase("lag_s");
    auto body = text(now);
    if (no_ != 0 && body == body_)
      return;
    body_ = std::move(body);
    ++no_;
  }

  const std::function<std::uint64_t()> changes_;
  const live_views::question ask_;
  std::mutex mutex_;
  std::string head_, body_;
  std::uint64_t seen_ = 0, no_ = 0;
  clock::time_point looked_{};
};

namespace {

class live_view final : public http::stream_source {
public:
  explicit live_view(std::shared_ptr<watched_question> what)
    : what_{std::move(what)} {}

  piece next() override {
    return {.bytes = what_->other_than(known_), .more = false, .ended = false};
  }
  [[nodiscard]] std::string position() const override {
    return std::to_string(known_);
  }

private:
  std::shared_ptr<watched_question> what_;
  std::uint64_t known_ = 0;
};

} // namespace

std::unique_ptr<http::stream_source>
live_views::open(const std::string& name,
                 std::function<std::uint64_t()> changes, question ask) {
  std::lock_guard guard{mutex_};
  std::erase_if(watched_, [](const auto& w) { return w.second.expired(); });
  auto& known = watched_[name];
  auto what = known.lock();
  if (!what) {
    what
      = std::make_shared<watched_question>(std::move(changes), std::move(ask));
    known = what;
  }
  return std::make_unique<live_view>(std::move(what));
}

} // namespace fairlead
