#include "tests/property/desk.hpp"

#include "actors/core/visits/decide.hpp"

#include <algorithm>

namespace fairlead::test {

desk::desk(partition::settings s) : part_{std::move(s), json_decoder()} {
  (void)part_.restored();
}

void desk::publish(const wish& w, instant at, std::vector<header> headers) {
  raw_record r;
  r.on = w.on;
  r.offset = next_offset_++;
  r.timestamp = at;
  r.key = w.team;
  r.value = w.value;
  r.headers = std::move(headers);
  waiting_.push_back(std::move(r));
}

desk_result desk::take(const wish& w, instant at, std::vector<header> headers) {
  publish(w, at, std::move(headers));
  return work();
}

desk_result desk::take(topic on, std::string_view type, const std::string& team,
                       const std::string& data, instant at) {
  return take(history_.make(on, type, team, data), at);
}

desk_result desk::work() {
  desk_result r;
  while (!waiting_.empty()) {
    auto wall = waiting_.back().timestamp;
    batch b{.records = {}, .wall = wall};
    for (const auto& record : waiting_)
      b.records.push_back(&record);
    run(std::move(b), r);
    waiting_.erase(waiting_.begin(),
                   waiting_.begin()
                     + static_cast<std::ptrdiff_t>(part_.taken()));
  }
  return r;
}

desk_result desk::pass(instant until) {
  desk_result r;
  while (part_.first_due() && *part_.first_due() <= until)
    run({.records = {}, .wall = until, .fire_due = true, .virtual_time = true},
        r);
  return r;
}

void desk::run(batch b, desk_result& r) {
  part_.begin(std::move(b));
  while (auto* s = part_.next_step()) {
    make_visits(*s);
    if (on_step)
      on_step(*s);
    ++r.steps;
    if (!s->rejected() && !s->duplicate())
      r.outputs.insert(r.outputs.end(), s->outputs().begin(),
                       s->outputs().end());
    part_.finish();
  }
  auto written = part_.result(no_positions);
  for (const auto& w : written.records) {
    if (w.on == topic::state && w.value)
      largest_ = std::max(largest_, w.value->size());
    if (w.on == topic::dead_letters)
      for (const auto& [name, value] : w.headers)
        if (name == "kafka_dlt-exception-fqcn")
          r.dead.push_back(value.value_or(""));
  }
  part_.committed(written);
}

} // namespace fairlead::test
