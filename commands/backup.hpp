#pragma once

#include <iosfwd>
#include <string>

namespace fairlead {

struct backup_options {
  std::string folder; /// of the embedded log
  std::string to;     /// a new folder
};

/// `fairlead backup`: copies an embedded log, while the service runs or not.
int backup(const backup_options& o, std::ostream& out);

} // namespace fairlead
