#include "actors/core/visits/decide.hpp"

#include "actors/core/invariant.hpp"

namespace fairlead {

void decide(step& s, const visit& v) {
  switch (v.kind) {
    case entity_kind::team:
      return decide_team(s, v);
    case entity_kind::agent:
      return decide_agent(s, v);
    case entity_kind::lead:
      return decide_lead(s, v);
    case entity_kind::call:
      return decide_call(s, v);
    case entity_kind::document:
    case entity_kind::pool:
    case entity_kind::person:
    case entity_kind::opt_out:
      break;
  }
  throw invariant_error{"a visit to something that nobody acts for"};
}

void make_visits(step& s) {
  while (s.upcoming() != nullptr)
    decide(s, s.arrive());
}

} // namespace fairlead
