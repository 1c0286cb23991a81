#pragma once

#include "connectors/metrics.hpp"

#include <cstddef>

namespace fairlead {

/// Lets the process have so many files open at once, or as many as the hard
/// limit allows. How many it may have now: at times more.
std::size_t allow_open_files(std::size_t wanted);

/// Brings `process_…` up to date, under the names that Prometheus' own clients
/// use: what the kernel says of this process in /proc. What it does not say is
/// left out.
void measure_process(metrics& m);

} // namespace fairlead
