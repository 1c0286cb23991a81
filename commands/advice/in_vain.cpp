#include "commands/advice/in_vain.hpp"

#include "messages/json/pointer.hpp"
#include "messages/reading/nearest.hpp"
#include "messages/wire/known_names.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace fairlead {
namespace {

using document = nlohmann::json;

/// Calls `each(value, pointer)` for what stands at a place; `*` is each element
/// of a list.
template <class Each>
void at_place(const document& value, const std::string& pointer,
              std::string_view place, Each each) {
  if (place.empty()) {
    each(value, pointer);
    return;
  }
  auto end = std::min(place.find('/', 1), place.size());
  auto step = place.substr(1, end - 1);
  auto rest = place.substr(end);
  if (step == "*" && value.is_array()) {
    for (std::size_t i = 0; i < value.size(); ++i)
      at_place(value[i], pointer + "/" + std::to_string(i), rest, each);
  } else if (value.is_object()) {
    if (auto member = value.find(std::string{step}); member != value.end())
      at_place(*member, pointer + "/" + std::string{step}, rest, each);
  }
}

bool has(const document& object, const char* name) {
  auto it = object.find(name);
  return it != object.end() && !it->is_null();
}

class reader {
public:
  explicit reader(const document& data) : data_{data} {}

  void unknown_names(const known_object& o) {
    at_place(data_, "/data", o.place,
             [&](const document& object, const std::string& pointer) {
               if (!object.is_object())
                 return;
               for (const auto& [name, value] : object.items())
                 if (!name.starts_with("x_")
                     && std::find(o.names.begin(), o.names.end(), name)
                          == o.names.end())
                   tell(pointer + "/" + json::pointer_step(name),
                        not_known(name, o.names));
             });
  }

  void hours_beside_closed(std::string_view schedule) {
    at_place(data_, "/data", std::string{schedule} + "/overrides/*",
             [&](const document& day, const std::string& pointer) {
               if (!day.is_object() || day.value("closed", document{}) != true)
                 return;
               for (const auto* name : {"from", "to"})
                 if (has(day, name))
                   tell(pointer + "/" + name, "has no effect beside closed");
             });
  }

  void zone_without_schedule(std::string_view numbers) {
    at_place(data_, "/data", numbers,
             [&](const document& entry, const std::string& pointer) {
               if (entry.is_object() && has(entry, "time_zone")
                   && !has(entry, "schedule"))
                 tell(pointer + "/time_zone",
                      "has no effect without a schedule");
             });
  }

  std::vector<fault> told() { return std::move(told_); }

private:
  void tell(std::string pointer, std::string what) {
    told_.push_back({std::move(pointer), std::move(what)});
  }

  const document& data_;
  std::vector<fault> told_;
};

} // namespace

std::vector<fault> said_in_vain(const document& data, std::string_view type) {
  reader r{data};
  for (const auto& o : known_objects_of(type))
    r.unknown_names(o);
  r.hours_beside_closed("/schedule");
  for (std::string numbers :
       {"/fallback_numbers/*", "/transfer/fallback_numbers/*"}) {
    r.zone_without_schedule(numbers);
    r.hours_beside_closed(numbers + "/schedule");
  }
  return r.told();
}

} // namespace fairlead
