#pragma once

#include "actors/core/state/snapshot.hpp"
#include "actors/partition/ports.hpp"
#include "actors/partition/snapshot_store.hpp"
#include "connectors/memory/broker.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace fairlead {

/// Faults that the simulation plants, to see that it finds each of them: in
/// planted_test's own copies of two sources (CMakeLists.txt).
enum class plant : std::uint8_t {
  nothing,
  restore_to_last_stable, /// restore bounded by the last stable offset
  restore_in_part,        /// serving before the restore is done
  no_group_metadata,      /// committing as nobody
  older_group_metadata,   /// committing as a member of an older assignment
  reuse_producer,         /// going on with it after an indefinite error
  decide_before_commit,   /// the next batch before the commit returned
  meta_out_of_step,       /// offsets that lag behind the meta record
  forget_dedupe,          /// the dedupe windows are lost on restore
  keep_touched,           /// a touched team is not reset after an abort
  fire_twice,             /// a timer stays due after its step
  timers_lost_on_restore, /// calls have no timers after a restore
  passivate_uncommitted,  /// entities go with changes not yet committed
  forward_twice           /// a misrouted record
};

extern plant planted_fault;

[[nodiscard]] inline bool planted(plant p) {
  return planted_fault == p;
}

// -- what the planted pieces of code need -------------------------------------

/// forget_dedupe: a snapshot that has forgotten what it has seen.
template <class State>
std::string forget_seen(std::string_view bytes) {
  State s;
  restore(bytes, s);
  s.seen.keys.clear();
  return snapshot(s);
}

inline std::string without_windows(const state_name& name,
                                   std::string_view value) {
  if (name.kind == entity_kind::lead)
    return forget_seen<lead_state>(value);
  if (name.kind == entity_kind::agent)
    return forget_seen<agent_state>(value);
  if (name.kind == entity_kind::call)
    return forget_seen<call_state>(value);
  return std::string{value};
}

/// fire_twice: otherwise a timer would fire for ever.
inline bool every_other_time() {
  static bool odd = false;
  odd = !odd;
  return odd;
}

inline memory::group_metadata planted_group(memory::group_metadata who) {
  if (planted(plant::no_group_metadata))
    who = {};
  if (planted(plant::older_group_metadata))
    who.generation = std::max(who.generation - 1, 1);
  return who;
}

/// decide_before_commit: what each log has said to have committed. The test
/// clears it between two worlds, whose logs may have the same addresses.
inline std::map<const void*, std::optional<transaction>> decided;
inline bool committing_late = false;
struct late_commit {
  late_commit() { committing_late = true; }
  ~late_commit() { committing_late = false; }
  late_commit(const late_commit&) = delete;
  late_commit& operator=(const late_commit&) = delete;
};

} // namespace fairlead
