#include "actors/core/state/entity.hpp"

namespace fairlead {
namespace {

/// R1: team, agent, lead, call; the rest have no timers.
int order_of(entity_kind k) {
  switch (k) {
    case entity_kind::team:
      return 0;
    case entity_kind::agent:
      return 1;
    case entity_kind::lead:
      return 2;
    case entity_kind::call:
      return 3;
    case entity_kind::document:
    case entity_kind::pool:
    case entity_kind::person:
    case entity_kind::opt_out:
      break;
  }
  return 4 + static_cast<int>(k);
}

} // namespace

bool has_timers(entity_kind k) {
  return k == entity_kind::team || k == entity_kind::lead
         || k == entity_kind::call;
}

bool by_kind_and_id::operator()(const entity_name& a,
                                const entity_name& b) const {
  auto x = order_of(a.kind);
  auto y = order_of(b.kind);
  return x != y ? x < y : a.id < b.id;
}

} // namespace fairlead
