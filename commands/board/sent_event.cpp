#include "commands/board/sent_event.hpp"

#include "messages/wire/decode.hpp"

#include <utility>
#include <variant>

namespace fairlead {

std::optional<input_event> event_in(const new_record& sent) {
  raw_record r;
  r.on = sent.on;
  r.key = sent.key;
  r.value = sent.value;
  r.headers = sent.headers;
  auto read = json_decoder().decode(r);
  if (auto* e = std::get_if<input_event>(&read))
    return std::move(*e);
  return std::nullopt;
}

} // namespace fairlead
