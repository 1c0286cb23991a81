#include "messages/reading/contact.hpp"

#include "messages/phone.hpp"
#include "messages/reading/email.hpp"
#include "messages/reading/note.hpp"
#include "messages/reading/placeholder.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace fairlead {
namespace {

using what = reading_note::what;

/// A lead keeps its last e-mails, and must fit into a snapshot (R15).
constexpr std::size_t email_bytes_max = 16 * 1024;

/// Where a field of the contact stands in the contract.
std::size_t place_of(const reading_note& n) {
  static constexpr std::array<std::string_view, 6> order{
    "/contact",           "/contact/name",  "/contact/first_name",
    "/contact/last_name", "/contact/phone", "/contact/email"};
  return static_cast<std::size_t>(
    std::find(order.begin(), order.end(), n.pointer) - order.begin());
}

bool listed(const std::vector<std::string>& sorted, std::string_view value) {
  return std::binary_search(sorted.begin(), sorted.end(), value);
}

/// What a typed text was read as, and what is to be said of it.
struct typed_reading {
  std::optional<std::string> value;
  std::optional<what> said;
};

typed_reading phone_of(const typed_text& typed, std::string_view region) {
  if (auto phone = read_phone(typed.text, region))
    return {std::move(phone),
            typed.was_number ? std::optional{what::read} : std::nullopt};
  if (auto phone = find_phone(typed.text, region))
    return {std::move(phone), what::read};
  return {std::nullopt, what::ignored};
}

typed_reading email_of(const typed_text& typed) {
  if (!typed.was_number && typed.text.size() <= email_bytes_max)
    if (auto email = read_email(typed.text))
      return {std::move(email->address),
              email->as_typed ? std::nullopt : std::optional{what::read}};
  return {std::nullopt, what::ignored};
}

class reader {
public:
  reader(const contact& c, std::string_view region, const never_matched& never)
    : contact_{c}, region_{region}, never_{never} {
    read_.name = c.name;
    read_.notes = c.notes;
  }

  contact_reading all() {
    if (const auto& typed = contact_.phone)
      read_.phone = reach(*typed, "/contact/phone", phone_of(*typed, region_),
                          phone_matches);
    if (const auto& typed = contact_.email)
      read_.email
        = reach(*typed, "/contact/email", email_of(*typed), email_matches);
    forget();
    if (read_.notes.size() != contact_.notes.size())
      std::stable_sort(read_.notes.begin(), read_.notes.end(),
                       [](const reading_note& x, const reading_note& y) {
                         return place_of(x) < place_of(y);
                       });
    return std::move(read_);
  }

private:
  using matching = bool(std::string_view, const never_matched&);

  void say(what kind, std::string pointer, std::string text) {
    read_.notes.push_back({kind, std::move(pointer), std::move(text)});
  }

  std::optional<reachable> reach(const typed_text& typed, const char* pointer,
                                 typed_reading read, matching* matches) {
    if (read.said)
      say(*read.said, pointer, shown(typed.text));
    if (!read.value)
      return std::nullopt;
    bool leads_on = matches(*read.value, never_);
    if (!leads_on)
      say(what::unmatched, pointer, shown(typed.text));
    return reachable{std::move(*read.value), leads_on};
  }

  /// Each is an e-mail, else a phone. What is neither is named, and if there is
  /// nothing else, the list is.
  void forget() {
    reading_notes said;
    for (std::size_t i = 0; i < contact_.forget.size(); ++i) {
      const auto& typed = contact_.forget[i];
      if (typed && typed->text.empty())
        continue;
      auto pointer = "/contact/forget/" + std::to_string(i);
      if (!typed) {
        said.push_back({what::ignored, std::move(pointer), {}});
        continue;
      }
      auto* to = &read_.forget_emails;
      auto read = email_of(*typed);
      if (!read.value) {
        to = &read_.forget_phones;
        read = phone_of(*typed, region_);
      }
      if (read.said)
        said.push_back({*read.said, std::move(pointer), shown(typed->text)});
      if (read.value)
        to->push_back(std::move(*read.value));
    }
    if (said.empty())
      return;
    if (read_.forget_emails.empty() && read_.forget_phones.empty())
      say(what::ignored, "/contact/forget", {});
    else
      std::move(said.begin(), said.end(), std::back_inserter(read_.notes));
  }

  const contact& contact_;
  std::string_view region_;
  const never_matched& never_;
  contact_reading read_;
};

} // namespace

contact_reading read_contact(const contact& c, std::string_view region,
                             const never_matched& never) {
  return reader{c, region, never}.all();
}

bool phone_matches(std::string_view phone, const never_matched& never) {
  return !is_placeholder(parts_of(phone).number)
         && !listed(never.phones, phone);
}

bool email_matches(std::string_view email, const never_matched& never) {
  return !listed(never.emails, email)
         && !listed(never.domains, email.substr(email.find('@') + 1));
}

} // namespace fairlead
