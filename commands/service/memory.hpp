#pragma once

namespace fairlead {

/// Gives back to the system what this thread has freed and its allocator keeps
/// for later. Costs some milliseconds: for when there is nothing to do.
void give_memory_back();

} // namespace fairlead
