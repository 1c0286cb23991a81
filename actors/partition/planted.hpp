#pragma once

#include <cstdint>

namespace fairlead {

/// Faults that the simulation plants, to see that it finds each of them. They
/// are compiled into a test's own copy of the code only (FAIRLEAD_PLANTED);
/// everywhere else planted() is a constant and leaves nothing behind.
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

#ifdef FAIRLEAD_PLANTED
extern plant planted_fault; // defined by the test
[[nodiscard]] static inline bool planted(plant p) {
  return planted_fault == p;
}
#else
[[nodiscard]] static constexpr bool planted(plant) {
  return false;
}
#endif

} // namespace fairlead
