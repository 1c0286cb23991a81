#include "commands/version.hpp"

#include "connectors/kafka/settings.hpp"
#include "messages/json/writer.hpp"
#include "messages/reading/folding.hpp"
#include "messages/zones.hpp"

#include <nlohmann/json_fwd.hpp>

#include <utility>
#include <vector>

namespace fairlead {
namespace {

std::vector<std::pair<std::string, std::string>> versions() {
  return {{"fairlead", FAIRLEAD_VERSION},
          {"CAF", CAF_VERSION_TEXT},
          {"librdkafka", kafka::client_version()},
          {"nlohmann_json", std::to_string(NLOHMANN_JSON_VERSION_MAJOR) + "."
                              + std::to_string(NLOHMANN_JSON_VERSION_MINOR)
                              + "."
                              + std::to_string(NLOHMANN_JSON_VERSION_PATCH)},
          {"Unicode", unicode_version()},
          {"time zones", zone_database_version()}};
}

} // namespace

std::vector<std::pair<std::string, std::string>> build_labels() {
  return {{"version", FAIRLEAD_VERSION},
          {"librdkafka", kafka::client_version()},
          {"caf", CAF_VERSION_TEXT}};
}

std::string version_text() {
  std::string out;
  for (const auto& [name, version] : versions())
    out += (out.empty() ? "" : "\n") + name + " " + version;
  return out;
}

std::string version_json() {
  growing_text out{256};
  {
    json::object all{out};
    for (const auto& [name, version] : versions())
      all.text(name == "time zones" ? "time_zones" : name, version);
  }
  return out.take();
}

} // namespace fairlead
