#pragma once

#include "commands/endpoints/endpoint.hpp"
#include "commands/simulated/phones.hpp"

#include <iosfwd>
#include <string>

namespace fairlead {

struct simulate_telephony_options {
  endpoint service;
  phone_habits habits;
  std::string script; /// a file of habits; empty: dice for every phone
  bool from_beginning = false;
};

/// `fairlead simulate-telephony`: plays the phones for tests and demos.
/// Consumes `rings` and publishes ring.* and call.ended until SIGINT or
/// SIGTERM.
int simulate_telephony(const simulate_telephony_options& o, std::ostream& out);

} // namespace fairlead
