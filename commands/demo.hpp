#pragma once

#include <iosfwd>

namespace fairlead {

struct demo_options {
  double speed = 1;     /// 1: the morning takes about a minute
  bool no_wait = false; /// as fast as it goes, then the end
  int port = 0;         /// 0: any free one
};

/// `fairlead demo`: the service, embedded in a temporary folder, a sample
/// brokerage, and a busy morning that is posted over HTTP like by any client
/// and told line by line. It runs on a clock of its own: it is always Monday,
/// 15:30 UTC. Leaves the service up, unless `no_wait`, until Ctrl-C.
int demo(const demo_options& o, std::ostream& out);

} // namespace fairlead
