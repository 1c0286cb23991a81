#include "commands/version.hpp"

#include <nlohmann/json.hpp>

#include "messages/zones.hpp"

namespace fairlead {

std::string version_text() {
  return "fairlead " FAIRLEAD_VERSION "\nCAF 0.17.6\nnlohmann_json "
         + std::to_string(NLOHMANN_JSON_VERSION_MAJOR) + "."
         + std::to_string(NLOHMANN_JSON_VERSION_MINOR) + "."
         + std::to_string(NLOHMANN_JSON_VERSION_PATCH)
         + "\ntime zones " + zone_database_version();
}

} // namespace fairlead
