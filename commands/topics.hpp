#pragma once

#include "config/settings.hpp"

#include <cstdint>
#include <iosfwd>

namespace fairlead {

struct topics_options {
  settings config;
  std::int32_t partitions = 12;
  std::int32_t replication_factor = -1; /// -1: the broker's default
};

/// `fairlead topics create`: creates the topics that are missing, then checks
/// all of them.
int topics_create(const topics_options& o, std::ostream& out,
                  std::ostream& err);
/// `fairlead topics check`: returns 1 if the service could not start on them.
int topics_check(const topics_options& o, std::ostream& out, std::ostream& err);

} // namespace fairlead
