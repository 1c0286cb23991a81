// The names that inputs may have are those of the published schemas.

#include "messages/wire/known_names.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace fairlead::test {
namespace {

using nlohmann::json;
using testing::UnorderedElementsAreArray;

/// What is said of a value itself, not that it may be null.
const json& itself(const json& schema) {
  if (schema.contains("anyOf") && !schema.contains("properties"))
    for (const auto& one : schema["anyOf"])
      if (one.contains("properties") || one.contains("items")
          || one.contains("anyOf"))
        return itself(one);
  return schema;
}

/// The object at a place of `data`.
const json& object_at(const json& schema, std::string place) {
  const auto* at = &itself(schema.at("/properties/data"_json_pointer));
  while (!place.empty()) {
    auto end = std::min(place.find('/', 1), place.size());
    auto step = place.substr(1, end - 1);
    place.erase(0, end);
    at = &itself(step == "*" ? at->at("items") : at->at("properties").at(step));
  }
  return *at;
}

std::vector<std::string> names_in(const json& object) {
  std::vector<std::string> names;
  for (const auto& [name, value] : object.at("properties").items())
    names.push_back(name);
  return names;
}

TEST(KnownNames, R46AreThoseOfTheSchemas) {
  namespace fs = std::filesystem;
  std::size_t inputs = 0;
  for (const auto& file :
       fs::directory_iterator{FAIRLEAD_SOURCE_DIR "/docs/schemas"}) {
    std::ifstream in{file.path()};
    auto schema = json::parse(in);
    auto type = schema.at("title").get<std::string>();
    auto objects = known_objects_of(type);
    inputs += objects.empty() ? 0 : 1;
    for (const auto& o : objects)
      EXPECT_THAT(names_in(object_at(schema, std::string{o.place})),
                  UnorderedElementsAreArray(o.names.begin(), o.names.end()))
        << type << o.place;
  }
  EXPECT_EQ(inputs, 21U);
  EXPECT_TRUE(known_objects_of("lead.assigned").empty());
}

} // namespace
} // namespace fairlead::test
