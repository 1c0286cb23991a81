#include "connectors/embedded/embedded_log.hpp"

#include "connectors/embedded/reading.hpp"
#include "connectors/embedded/writer.hpp"

#include <algorithm>
#include <atomic>
#include <deque>
#include <filesystem>
#include <stdexcept>
#include <thread>
#include <utility>

namespace fairlead {

using namespace embedded;

namespace {

// Records read ahead of the engine, for each topic.
constexpr std::size_t read_ahead = 512;

std::string positions_text(const std::optional<input_positions>& p) {
  if (!p)
    return "none";
  std::string out;
  for (std::size_t i = 0; i < input_topic_count; ++i)
    out += (i ? ", " : "") + std::string{name_of(static_cast<topic>(i))} + " "
           + std::to_string((*p)[i]);
  return out;
}

// Turns what SQLite says into the sentence that the caller passes on.
template <class F>
auto guarded(const std::string& folder, F f) {
  try {
    return f();
  } catch (const sqlite::error& e) {
    throw log_broken(sqlite::explain(e, folder));
  }
}

void restore_from(
  read_connection& c,
  const std::function<void(std::string_view, std::optional<std::string_view>)>&
    each) {
  sqlite::statement all{c.db.raw(), "SELECT key, value FROM state"};
  while (all.step())
    each(all.blob(0), all.blob(1));
}

// What several topics read from different offsets have in common: the place to
// scan from, and the offset from which each is wanted.
struct reading_start {
  std::int64_t place = 0;
  std::array<std::int64_t, topic_count> offsets{};
};

reading_start start_of(read_connection& c, const std::vector<topic>& topics,
                       const read_from& from) {
  reading_start s;
  if (from.at == read_from::place::beginning)
    return s;
  if (from.at == read_from::place::end) {
    s.place = c.last_place();
    return s;
  }
  s.place = c.last_place();
  for (const auto t : topics) {
    const auto at = from.offsets.find(t);
    const auto offset = at == from.offsets.end() ? std::int64_t{0} : at->second;
    s.offsets[static_cast<std::size_t>(t)] = offset;
    s.place = std::min(s.place, c.place_before(t, offset));
  }
  return s;
}

std::bitset<topic_count> set_of(const std::vector<topic>& topics) {
  std::bitset<topic_count> out;
  for (const auto t : topics)
    out.set(static_cast<std::size_t>(t));
  return out;
}

// The part of both readers that does not know how to wait.
class page_reader : public topic_reader {
public:
  page_reader(std::bitset<topic_count> topics, reading_start start,
              std::int64_t end)
    : topics_(topics), start_(start), after_(start.place), end_(end) {}

  std::optional<raw_record> next(std::chrono::milliseconds wait) override {
    const auto until = std::chrono::steady_clock::now() + wait;
    for (;;) {
      while (!page_.empty()) {
        auto r = std::move(page_.front());
        page_.pop_front();
        if (r.record.offset
            >= start_.offsets[static_cast<std::size_t>(r.record.on)])
          return std::move(r.record);
      }
      if (refill())
        continue;
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(
        until - std::chrono::steady_clock::now());
      if (left.count() <= 0)
        return std::nullopt;
      wait_for_more(left);
    }
  }

  [[nodiscard]] bool caught_up() const override {
    return page_.empty() && after_ >= end_;
  }

protected:
  virtual history_page load() = 0;
  virtual void wait_for_more(std::chrono::milliseconds wait) = 0;

  // True if it has moved on, with or without something to deliver.
  bool refill() {
    auto page = load();
    const bool moved = page.next != after_;
    after_ = page.next;
    for (auto& r : page.records)
      page_.push_back(std::move(r));
    return moved;
  }

  static constexpr page_bounds bounds{.records_max = 500,
                                      .bytes_max = 4 * 1024 * 1024,
                                      .wait = std::chrono::milliseconds{0}};
  const std::bitset<topic_count> topics_;
  const reading_start start_;
  std::int64_t after_;
  const std::int64_t end_;
  std::deque<placed_record> page_;
};

class foreign_reader final : public page_reader {
public:
  foreign_reader(std::string folder, std::unique_ptr<read_connection> c,
                 std::bitset<topic_count> topics, reading_start start,
                 std::int64_t end)
    : page_reader(topics, start, end),
      folder_(std::move(folder)),
      connection_(std::move(c)) {}

private:
  history_page load() override {
    return guarded(folder_, [&] {
      return connection_->follow(topics_, {}, after_, bounds);
    });
  }

  // Another process writes: there is nothing to wait on but the clock.
  void wait_for_more(std::chrono::milliseconds wait) override {
    std::this_thread::sleep_for(std::min(wait, std::chrono::milliseconds{50}));
  }

  const std::string folder_;
  std::unique_ptr<read_connection> connection_;
};

} // namespace

struct embedded_log::impl {
  explicit impl(embedded_settings s)
    : folder(s.folder), out(std::move(s)), pool(folder), own(folder) {}

  // The next record of each input topic, read ahead.
  struct input {
    std::deque<placed_record> ahead;
    std::int64_t next = 0;   // to be loaded
    std::int64_t handed = 0; // to be handed out
  };

  void load(const extent& reach) {
    std::vector<placed_record> rows;
    for (std::size_t i = 0; i < input_topic_count; ++i) {
      auto& in = inputs[i];
      if (!in.ahead.empty() || in.next >= reach.ends[i])
        continue;
      rows.clear();
      own.load(static_cast<topic>(i), in.next, reach.ends[i], read_ahead, rows);
      for (auto& r : rows)
        in.ahead.push_back(std::move(r));
      // Nothing there although the end is further: retention took it.
      in.next
        = in.ahead.empty() ? reach.ends[i] : in.ahead.back().record.offset + 1;
      if (in.ahead.empty())
        in.handed = in.next;
    }
  }

  // The input that was written first: its place tells, over all topics.
  input* first() {
    input* best = nullptr;
    for (auto& in : inputs)
      if (!in.ahead.empty()
          && (!best || in.ahead.front().place < best->ahead.front().place))
        best = &in;
    return best;
  }

  // Looks until there is something, as long as there is time. A look that only
  // got further counts as none: what it passed was of other teams.
  template <class Look, class Grown>
  history_page wait_for_page(std::int64_t after, std::chrono::milliseconds time,
                             Look look, Grown grown) {
    const auto until = std::chrono::steady_clock::now() + time;
    for (;;) {
      auto page = guarded(folder, [&] {
        const auto connection = pool.take();
        return look(*connection, after);
      });
      if (!page.records.empty())
        return page;
      const bool further = page.next != after;
      after = page.next;
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(
        until - std::chrono::steady_clock::now());
      if (left.count() <= 0)
        return page;
      if (further)
        continue;
      out.wait(left, [&](const extent& e) { return grown(e, after); });
      if (const auto why = out.broken(); !why.empty())
        throw log_broken(why);
    }
  }

  const std::string folder;
  writer out;
  read_pool pool;
  read_connection own; // of the engine's thread
  std::array<input, input_topic_count> inputs;
  std::atomic<bool> woken{false};
};

embedded_log::embedded_log(embedded_settings settings) {
  const auto folder = settings.folder;
  try {
    impl_ = std::make_unique<impl>(std::move(settings));
  } catch (const sqlite::error& e) {
    throw log_broken(sqlite::explain(e, folder));
  }
}

embedded_log::~embedded_log() = default;

void embedded_log::restore(
  const std::function<void(std::string_view, std::optional<std::string_view>)>&
    each) {
  guarded(impl_->folder, [&] { restore_from(impl_->own, each); });
}

input_positions
embedded_log::start(const std::optional<input_positions>& meta) {
  const auto stored = impl_->out.committed();
  // Both were written by the same transactions, so they can only differ if
  // somebody changed the file.
  if (meta.value_or(no_positions) != stored)
    throw std::runtime_error(
      "The log in " + impl_->folder
      + " contradicts itself: the state was written at the positions "
      + positions_text(meta) + ", the inputs stand at " + positions_text(stored)
      + "; restore the folder from a backup, whole.");
  for (std::size_t i = 0; i < input_topic_count; ++i) {
    auto& in = impl_->inputs[i];
    in.ahead.clear();
    in.next = in.handed = std::max<std::int64_t>(stored[i], 0);
  }
  return stored;
}

polled embedded_log::poll(std::chrono::milliseconds wait,
                          std::size_t records_max) {
  auto& self = *impl_;
  const auto behind = [&self](const extent& reach) {
    for (std::size_t i = 0; i < input_topic_count; ++i)
      if (self.inputs[i].handed < reach.ends[i])
        return true;
    return self.woken.load();
  };
  const auto reach = self.out.wait(wait, behind);
  if (const auto why = self.out.broken(); !why.empty())
    throw log_broken(why);
  self.woken = false;
  polled out;
  return guarded(self.folder, [&] {
    while (out.records.size() < records_max) {
      // All topics that have something take part in the merge.
      self.load(reach);
      auto* in = self.first();
      if (!in)
        break;
      in->handed = in->ahead.front().record.offset + 1;
      out.records.push_back(std::move(in->ahead.front().record));
      in->ahead.pop_front();
    }
    const auto now = self.out.reach();
    for (std::size_t i = 0; i < input_topic_count; ++i)
      out.at_end[i] = self.inputs[i].handed >= now.ends[i];
    return std::move(out);
  });
}

void embedded_log::wake() {
  impl_->woken = true;
  impl_->out.nudge();
}

commit_result embedded_log::commit(const transaction& t) {
  impl_->out.commit(t);
  return commit_result::done;
}

event_sink::verdict embedded_log::append(std::vector<new_record> records,
                                         std::string& why) {
  return impl_->out.append(std::move(records), why);
}

history_page embedded_log::read(topic on, const std::string& team,
                                std::int64_t after, const page_bounds& bounds) {
  return impl_->wait_for_page(
    after, bounds.wait,
    [&](read_connection& c, std::int64_t from) {
      return c.read(on, team, from, bounds);
    },
    [on](const extent& e, std::int64_t from) {
      return e.ends[static_cast<std::size_t>(on)] > from + 1;
    });
}

history_page embedded_log::follow(std::bitset<topic_count> topics,
                                  const std::string& team, std::int64_t after,
                                  const page_bounds& bounds) {
  return impl_->wait_for_page(
    after, bounds.wait,
    [&](read_connection& c, std::int64_t from) {
      return c.follow(topics, team, from, bounds);
    },
    [](const extent& e, std::int64_t from) { return e.place > from; });
}

std::int64_t embedded_log::last_place() const {
  return impl_->out.reach().place;
}

namespace {

class own_reader final : public page_reader {
public:
  own_reader(embedded_log& log, std::bitset<topic_count> topics,
             reading_start start, std::int64_t end)
    : page_reader(topics, start, end), log_(log) {}

private:
  history_page load() override {
    auto b = bounds;
    b.wait = std::exchange(wait_, std::chrono::milliseconds{0});
    return log_.follow(topics_, {}, after_, b);
  }

  // The next load() waits: it is the log that knows when there is more.
  void wait_for_more(std::chrono::milliseconds wait) override { wait_ = wait; }

  embedded_log& log_;
  std::chrono::milliseconds wait_{0};
};

} // namespace

std::unique_ptr<topic_reader>
embedded_log::open_reader(const std::vector<topic>& topics,
                          const read_from& from) {
  return guarded(impl_->folder, [&]() -> std::unique_ptr<topic_reader> {
    const auto c = impl_->pool.take();
    const auto end = c->last_place();
    // operator-> gives the connection; the lease keeps it.
    return std::make_unique<own_reader>(
      *this, set_of(topics), start_of(*c.operator->(), topics, from), end);
  });
}

std::int64_t embedded_log::end_of(topic on) const {
  return impl_->out.reach().ends[static_cast<std::size_t>(on)];
}

input_positions embedded_log::committed() const {
  return impl_->out.committed();
}

embedded_counts embedded_log::counts() const {
  return impl_->out.counts();
}

std::string embedded_log::broken() const {
  return impl_->out.broken();
}

std::unique_ptr<topic_reader> read_embedded(const std::string& folder,
                                            const std::vector<topic>& topics,
                                            const read_from& from) {
  if (!std::filesystem::exists(embedded::file_of(folder)))
    throw std::invalid_argument("There is no embedded log in the folder "
                                + folder
                                + "; give the folder that `fairlead run "
                                  "--embedded` was given.");
  return guarded(folder, [&]() -> std::unique_ptr<topic_reader> {
    auto c = std::make_unique<read_connection>(folder);
    const auto start = start_of(*c, topics, from);
    const auto end = c->last_place();
    return std::make_unique<foreign_reader>(folder, std::move(c),
                                            set_of(topics), start, end);
  });
}

} // namespace fairlead
