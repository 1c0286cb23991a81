#pragma once

#include "connectors/metrics.hpp"

namespace fairlead {

/// Brings `process_…` up to date, under the names that Prometheus' own clients
/// use: what the kernel says of this process in /proc. What it does not say is
/// left out.
void measure_process(metrics& m);

} // namespace fairlead
