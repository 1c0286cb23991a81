#include "actors/core/ring/parking.hpp"

#include "actors/core/limits.hpp"

namespace fairlead {

void park(step& s, visited_call& call) {
  const auto& record = *s.record();
  auto bytes = bytes_of(record);
  for (const auto& p : call->parked)
    bytes += bytes_of(p.record);
  if (call->parked.size() >= limits::parked_per_call
      || s.team().counters().parked >= limits::parked_per_team
      || bytes > limits::parked_bytes_per_call)
    return s.reject({dead_letter_reason::unknown_call,
                     {{"/data/call_id", "names a call that is not known, and "
                                        "too many events wait for theirs"}}});
  s.team().change(parked_counted{1});
  call.change(event_parked{{record, s.now() + limits::parked}});
}

parked_event unpark(step& s, visited_call& call) {
  auto p = call->parked.front();
  call.change(parked_left{1});
  s.team().change(parked_counted{-1});
  return p;
}

} // namespace fairlead
