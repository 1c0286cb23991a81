#include "commands/simulated/virtual_world.hpp"

#include "actors/partition_actors.hpp"
#include "messages/wire/decode.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace fairlead {

struct virtual_world::impl {
  partition part{{.number = 0, .count = 1, .consumer_group = {}},
                 json_decoder()};
  partition_actors actors{part}; // end before the partition
};

virtual_world::virtual_world(sink written)
  : impl_{std::make_unique<impl>()}, written_{std::move(written)} {
  (void)impl_->part.restored();
}

virtual_world::~virtual_world() = default;

void virtual_world::run(const batch& b) {
  auto& part = impl_->part;
  transaction written;
  for (;;) {
    impl_->actors.run(b);
    if (!part.failure())
      written = part.result(positions_);
    if (!part.failure())
      break;
    // What the service does when it has tried often enough; here a second try
    // would not differ from the first.
    auto f = *part.failure();
    part.aborted();
    if (f.record)
      part.quarantine(*f.record, f.what);
    else
      part.give_up(*f.timer);
  }
  for (const auto& r : written.records)
    if (r.on != topic::state && r.on != topic::journal)
      written_(r);
  part.committed(written);
}

void virtual_world::fire_timers(instant to, bool inclusive) {
  while (auto due = impl_->part.first_due()) {
    if (inclusive ? *due > to : *due >= to)
      break;
    clock_ = std::max(clock_, *due);
    run(
      {.records = {}, .wall = clock_, .fire_due = true, .virtual_time = true});
  }
  clock_ = std::max(clock_, to);
}

void virtual_world::advance(instant to) {
  fire_timers(to, true);
}

void virtual_world::take(const raw_record& r) {
  if (r.timestamp > clock_)
    fire_timers(r.timestamp, false);
  positions_[static_cast<std::size_t>(r.on)] = r.offset + 1;
  run({.records = {&r}, .wall = clock_});
}

} // namespace fairlead
