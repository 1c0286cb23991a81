#include "messages/reading/fallback.hpp"

#include "messages/phone.hpp"

#include <iterator>
#include <string>
#include <utility>

namespace fairlead {

fallback_reading read_fallback_numbers(const transfer_requested& e,
                                       std::string_view region) {
  constexpr auto ignored = reading_note::what::ignored;
  fallback_reading r{std::nullopt, e.notes};
  if (!e.fallback_numbers)
    return r;
  std::vector<fallback_entry> usable;
  reading_notes said;
  for (std::size_t i = 0; i < e.fallback_numbers->size(); ++i) {
    auto entry = (*e.fallback_numbers)[i];
    if (entry && !entry->phone.empty()) {
      auto phone = read_phone(entry->phone, region);
      if (phone)
        entry->phone = std::move(*phone);
      else
        entry.reset();
    }
    if (entry)
      usable.push_back(std::move(*entry));
    else
      said.push_back({ignored, "/fallback_numbers/" + std::to_string(i), {}});
  }
  if (usable.empty() && !said.empty()) {
    r.notes.push_back({ignored, "/fallback_numbers", {}});
    return r;
  }
  r.numbers = std::move(usable);
  std::move(said.begin(), said.end(), std::back_inserter(r.notes));
  return r;
}

} // namespace fairlead
