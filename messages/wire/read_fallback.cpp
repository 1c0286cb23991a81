#include "messages/wire/read_fallback.hpp"

#include "messages/phone.hpp"
#include "messages/utf8.hpp"
#include "messages/wire/read_hours.hpp"

#include <algorithm>
#include <cstddef>

namespace fairlead {
namespace {

constexpr std::size_t endpoint_characters_max = 256;

/// The same text where its region is not known yet.
std::string read_number(const field_reader& r, const std::string& text,
                        const std::string& where, std::string_view region) {
  auto phone
    = region == as_it_came ? std::optional{text} : read_phone(text, region);
  if (!phone || phone->empty()) {
    r.faults().invalid(where, "is not a phone number");
    return {};
  }
  return *phone;
}

} // namespace

std::optional<std::string> read_endpoint(const field_reader& r) {
  auto endpoint = r.text("endpoint");
  if (!endpoint)
    return std::nullopt;
  std::size_t characters = 0;
  for (std::string_view rest = *endpoint; !rest.empty(); ++characters)
    rest.remove_prefix(std::max<std::size_t>(1, utf8_length(rest)));
  if (characters < 1 || characters > endpoint_characters_max)
    r.faults().invalid(r.at("endpoint"), "must have 1 to 256 characters");
  return endpoint;
}

fallback_entry read_fallback_entry(const field_reader& r,
                                   const json_node& entry,
                                   std::string_view region) {
  fallback_entry e;
  if (entry.is == json_node::kind::text) {
    e.phone = read_number(r, entry.text, r.pointer(), region);
    return e;
  }
  if (entry.is != json_node::kind::object) {
    r.faults().wrong(r.pointer(), "must be a phone or an object");
    return e;
  }
  r.only({"phone", "endpoint", "lines", "schedule", "time_zone"});
  if ((r.find("phone") == nullptr) == (r.find("endpoint") == nullptr))
    r.faults().invalid(r.pointer(), "must have a phone or an endpoint");
  if (auto phone = r.text("phone"))
    e.phone = read_number(r, *phone, r.at("phone"), region);
  e.endpoint = read_endpoint(r).value_or("");
  e.lines = r.integer("lines", 1, INT64_MAX);
  e.hours = read_schedule(r);
  e.time_zone = read_zone(r);
  return e;
}

} // namespace fairlead
