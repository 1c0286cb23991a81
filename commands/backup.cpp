#include "commands/backup.hpp"

#include "commands/exit_codes.hpp"
#include "commands/words/counts.hpp"
#include "connectors/embedded/backup.hpp"

#include <iomanip>
#include <ostream>

namespace fairlead {
namespace {

std::ostream& mib(std::ostream& out, std::int64_t bytes) {
  return out << std::fixed << std::setprecision(1)
             << static_cast<double>(bytes) / (1024.0 * 1024.0) << " MiB";
}

} // namespace

int backup(const backup_options& o, std::ostream& out) {
  auto done = embedded::back_up(o.folder, o.to);
  out << o.folder << " is backed up in " << o.to << ": "
      << count_of(static_cast<std::uint64_t>(done.records), "record") << " and "
      << count_of(static_cast<std::uint64_t>(done.entities), "snapshot")
      << " in ";
  mib(out, done.copy_bytes) << " (the log's file has ";
  mib(out, done.log_bytes) << ").\n";
  return exit_code::fine;
}

} // namespace fairlead
