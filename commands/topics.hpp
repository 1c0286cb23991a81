#pragma once

#include "config/settings.hpp"

#include <cstdint>
#include <iosfwd>
#include <string>

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
/// `fairlead topics move`: copies a stopped prefix into a new one, with the
/// number of partitions of `o`.
int topics_move(const topics_options& o, const std::string& to_prefix,
                std::ostream& out, std::ostream& err);
/// `fairlead topics check`: returns 1 if the service could not start on them.
int topics_check(const topics_options& o, std::ostream& out, std::ostream& err);

} // namespace fairlead
