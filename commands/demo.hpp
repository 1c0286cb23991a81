#pragma once

#include <iosfwd>

namespace fairlead {

struct demo_options {
  double speed = 1;     /// 1: the morning takes about a minute
  bool no_wait = false; /// as fast as possible, then exit
  int port = 0;         /// 0: any free one
};

/// `fairlead demo`: the service, embedded in a temporary folder, with a sample
/// brokerage and a busy morning. Its events are posted over HTTP, as any client
/// would, and told line by line. It runs on a clock of its own, so it is always
/// Monday, 15:30 UTC. The service stays up until Ctrl-C, unless `no_wait`.
int demo(const demo_options& o, std::ostream& out);

} // namespace fairlead
