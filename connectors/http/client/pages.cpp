#include "connectors/http/client/read_records.hpp"
#include "connectors/http/client/request.hpp"

#include <algorithm>
#include <chrono>
#include <deque>
#include <thread>
#include <utility>

namespace fairlead::http {
namespace {

using std::chrono::milliseconds;

constexpr int page_limit = 1'000;
constexpr milliseconds poll_interval{100};

class pages final : public topic_reader {
public:
  pages(instance other, const std::vector<topic>& topics)
    : instance_{std::move(other)}, requests_{instance_} {
    for (auto t : topics)
      cursors_.emplace_back(t, -1);
    (void)round(); // throws at once if nothing answers
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
                  + "&after=" + std::to_string(after) + and_team(instance_);
      auto answer = requests_.get(path);
      if (!answer)
        answer = requests_.get(path);
      if (!answer)
        throw_unreachable(instance_, requests_.why());
      if (answer->status != 200)
        throw refused(detail_of(answer->status, answer->body));
      auto page = read_page(answer->body);
      if (!page)
        throw refused(
          "The answer of " + instance_.url
          + " is not a page of records; is Fairlead running there?");
      moved = moved || page->next != after;
      after = page->next;
      for (auto& r : page->records)
        waiting_.push_back(std::move(r));
    }
    was_at_end_ = was_at_end_ || !moved;
    return moved;
  }

  instance instance_;
  requests requests_;
  std::vector<std::pair<topic, std::int64_t>> cursors_;
  std::deque<raw_record> waiting_;
  bool was_at_end_ = false;
};

} // namespace

std::unique_ptr<topic_reader> open_pages(const instance& other,
                                         const std::vector<topic>& topics) {
  return std::make_unique<pages>(other, topics);
}

} // namespace fairlead::http
