#pragma once

namespace fairlead {

/// From now on what is freed goes back to the system at once, unless the
/// allocator's environment variable says otherwise. Each partition frees the
/// memory of a batch at its end and then waits for the broker, while others
/// work: kept for the next batch, it is kept a dozen times. Before the threads.
void keep_no_freed_memory();

/// Gives back to the system what this thread has freed and its allocator keeps
/// for later. Costs some milliseconds: for when there is nothing to do.
void give_memory_back();

} // namespace fairlead
