#include "commands/virtual_world.hpp"

#include "actors/core/invariant.hpp"
#include "actors/engine.hpp"

#include <algorithm>

namespace fairlead {

struct virtual_world::impl {
  explicit impl(bool with_actors)
    : part{{.number = 0, .count = 1, .consumer_group = {}}, json_decoder()} {
    if (with_actors) {
      threads = std::make_unique<actor_threads>(1);
      engine_ = std::make_unique<engine>(threads->system(), part);
    }
  }
  void run(batch b) {
    if (engine_)
      return engine_->run(std::move(b));
    part.begin(std::move(b));
    while (auto* s = part.next_step()) {
      make_visits(*s);
      part.finish();
    }
  }
  partition part;
  std::unique_ptr<actor_threads> threads;
  std::unique_ptr<engine> engine_; // ends before the threads and the partition
};

virtual_world::virtual_world(sink written, bool with_actors)
  : impl_{std::make_unique<impl>(with_actors)}, written_{std::move(written)} {
  (void)impl_->part.restored();
}

virtual_world::~virtual_world() = default;

const partition& virtual_world::part() const {
  return impl_->part;
}

void virtual_world::run(batch b) {
  impl_->run(std::move(b));
  if (const auto& f = impl_->part.failure())
    throw invariant_error{f->what};
  auto written = impl_->part.result(positions_);
  for (const auto& r : written.records)
    if (r.on != topic::state && r.on != topic::journal)
      written_(r);
  impl_->part.committed(written);
}

void virtual_world::advance(instant t, bool inclusive) {
  while (auto due = impl_->part.first_due()) {
    if (inclusive ? *due > t : *due >= t)
      break;
    clock_ = std::max(clock_, *due);
    run(
      {.records = {}, .wall = clock_, .fire_due = true, .virtual_time = true});
  }
  clock_ = std::max(clock_, t);
}

void virtual_world::take(raw_record r) {
  if (r.timestamp > clock_)
    advance(r.timestamp, false);
  positions_[static_cast<std::size_t>(r.on)] = r.offset + 1;
  batch b;
  b.wall = clock_;
  b.records.push_back(std::move(r));
  run(std::move(b));
}

} // namespace fairlead
