#include "connectors/embedded/log.hpp"

#include "connectors/embedded/reading.hpp"
#include "connectors/embedded/writer.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <bitset>
#include <deque>
#include <stdexcept>
#include <utility>

namespace fairlead::embedded {
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

} // namespace

struct log::impl {
  explicit impl(settings s)
    : folder{s.folder}, out{std::move(s)}, pool{folder}, own{folder} {}

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
      in.next = in.ahead.back().record.offset + 1;
    }
  }

  // The input whose next record was written first, as its place tells.
  input* first() {
    input* best = nullptr;
    for (auto& in : inputs)
      if (!in.ahead.empty()
          && (!best || in.ahead.front().place < best->ahead.front().place))
        best = &in;
    return best;
  }

  // Looks until there is something, for as long as there is time. A look that
  // only got further does not count: what it passed belongs to other teams.
  template <class Look, class Grown>
  history_page wait_for_page(std::int64_t after, std::chrono::milliseconds time,
                             Look look, Grown grown) {
    auto until = std::chrono::steady_clock::now() + time;
    for (;;) {
      auto page = explained(folder, [&] {
        auto connection = pool.take();
        return look(*connection, after);
      });
      if (!page.records.empty())
        return page;
      bool further = page.next != after;
      after = page.next;
      auto left = std::chrono::ceil<std::chrono::milliseconds>(
        until - std::chrono::steady_clock::now());
      if (left.count() <= 0)
        return page;
      if (further)
        continue;
      out.wait(left, [&](const extent& e) { return grown(e, after); });
      if (auto why = out.broken(); !why.empty())
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

log::log(settings s) {
  auto folder = s.folder;
  impl_
    = explained(folder, [&s] { return std::make_unique<impl>(std::move(s)); });
}

log::~log() = default;

void log::restore(
  const std::function<void(std::string_view, std::optional<std::string_view>)>&
    each) {
  explained(impl_->folder, [&] {
    each_snapshot(
      impl_->own.db, impl_->folder,
      [&](std::string_view key, std::string_view value) { each(key, value); });
  });
}

input_positions log::start(const std::optional<input_positions>& meta) {
  auto stored = impl_->out.committed();
  // Both were written by the same transactions, so they can only differ if
  // somebody changed the file.
  if (meta.value_or(no_positions) != stored)
    throw std::runtime_error(
      "The log in " + impl_->folder
      + " contradicts itself: the state was written at the positions "
      + positions_text(meta) + ", but the inputs have been read to "
      + positions_text(stored) + "; restore the whole folder from a backup.");
  for (std::size_t i = 0; i < input_topic_count; ++i) {
    auto& in = impl_->inputs[i];
    in.ahead.clear();
    in.next = in.handed = std::max<std::int64_t>(stored[i], 0);
  }
  return stored;
}

polled log::poll(std::chrono::milliseconds wait, std::size_t records_max) {
  auto& self = *impl_;
  auto behind = [&self](const extent& reach) {
    for (std::size_t i = 0; i < input_topic_count; ++i)
      if (self.inputs[i].handed < reach.ends[i])
        return true;
    return self.woken.load();
  };
  auto reach = self.out.wait(wait, behind);
  if (auto why = self.out.broken(); !why.empty())
    throw log_broken(why);
  self.woken = false;
  polled out;
  return explained(self.folder, [&] {
    while (out.records.size() < records_max) {
      // Every topic that has something takes part in the merge.
      self.load(reach);
      auto* in = self.first();
      if (!in)
        break;
      in->handed = in->ahead.front().record.offset + 1;
      out.records.push_back(std::move(in->ahead.front().record));
      in->ahead.pop_front();
    }
    auto now = self.out.reach();
    for (std::size_t i = 0; i < input_topic_count; ++i)
      out.at_end[i] = self.inputs[i].handed >= now.ends[i];
    return std::move(out);
  });
}

void log::wake() {
  impl_->woken = true;
  impl_->out.nudge();
}

commit_result log::commit(const transaction& t) {
  return impl_->out.commit(t);
}

event_sink::verdict log::append(std::vector<new_record> records,
                                std::string& why) {
  return impl_->out.append(records, why);
}

history_page log::read(topic on, const std::string& team, std::int64_t after,
                       const page_bounds& bounds) {
  return impl_->wait_for_page(
    after, bounds.wait,
    [&](read_connection& c, std::int64_t from) {
      return c.read(on, team, from, bounds);
    },
    [on](const extent& e, std::int64_t from) {
      return e.ends[static_cast<std::size_t>(on)] > from + 1;
    });
}

history_page log::follow(std::bitset<topic_count> topics,
                         const std::string& team, std::int64_t after,
                         const page_bounds& bounds) {
  return impl_->wait_for_page(
    after, bounds.wait,
    [&](read_connection& c, std::int64_t from) {
      return c.follow(topics, team, from, bounds);
    },
    [](const extent& e, std::int64_t from) { return e.place > from; });
}

std::int64_t log::last_place() const {
  return impl_->out.reach().place;
}

std::int64_t log::end_of(topic on) const {
  return impl_->out.reach().ends[static_cast<std::size_t>(on)];
}

input_positions log::committed() const {
  return impl_->out.committed();
}

log_counts log::counts() const {
  return impl_->out.counts();
}

std::string log::broken() const {
  return impl_->out.broken();
}

} // namespace fairlead::embedded
