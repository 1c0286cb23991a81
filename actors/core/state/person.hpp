#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace fairlead {

// The index of people (R12), and what an opt-out is kept under (R18).

/// One phone or e-mail: its leads, the one received last at the end (R12). It
/// is stored once a second lead has joined; until then the lead itself says so.
struct person_state {
  std::vector<std::string> leads;
  /// There were too many (R15): those left out keep it, too, and don't count.
  bool oldest_left_out = false;
  friend bool operator==(const person_state&, const person_state&) = default;
};

struct lead_joined {
  std::string lead_id;
};
struct lead_left {
  std::string lead_id;
};

/// The lead is the one received last now; of too many, the oldest goes (R15).
void apply(person_state& s, const lead_joined& r);
void apply(person_state& s, const lead_left& r);

inline constexpr char phone_kind = 'p';
inline constexpr char email_kind = 'e';

/// What a person is found under: a phone or an e-mail, its kind in front.
struct person_key {
  std::string text;
};
[[nodiscard]] person_key phone_key(std::string_view e164);
[[nodiscard]] person_key email_key(std::string_view email);
/// What an opt-out is kept under: for ever, so not by what it is about (R15).
[[nodiscard]] std::string opt_out_hash(std::string_view team,
                                       const person_key& key);

} // namespace fairlead
