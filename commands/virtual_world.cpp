#include "commands/virtual_world.hpp"

#include "actors/core/visits/decide.hpp"
#include "actors/engine.hpp"

#include <algorithm>

namespace fairlead {

struct virtual_world::impl {
  explicit impl(bool with_actors)
    : part{{.number = 0, .count = 1, .consumer_group = {}}, json_decoder()} {
    if (with_actors)
      engine_ = std::make_unique<engine>(part);
  }
  void run(batch b) {
    if (engine_)
      return engine_->run(std::move(b));
    part.begin(std::move(b));
    try {
      while (auto* s = part.next_step()) {
        make_visits(*s);
        part.finish();
      }
    } catch (const std::exception& e) {
      part.fail(e.what());
    }
  }
  partition part;
  std::unique_ptr<engine> engine_; // ends before the partition
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
  const batch what{.records = {},
                   .wall = b.wall,
                   .fire_due = b.fire_due,
                   .virtual_time = b.virtual_time};
  auto& part = impl_->part;
  transaction written;
  for (;;) {
    impl_->run(std::move(b));
    if (!part.failure())
      written = part.result(positions_);
    if (!part.failure())
      break;
    // As the service does when it has tried often enough; here nothing changes
    // from one try to the next.
    auto f = *part.failure();
    part.aborted();
    if (f.record)
      part.quarantine(*f.record, f.what);
    else
      part.give_up(*f.timer);
    b = what;
    b.records = std::move(part.records());
  }
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
