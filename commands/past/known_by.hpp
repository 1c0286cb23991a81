#pragma once

#include "messages/documents.hpp"
#include "messages/inputs.hpp"
#include "messages/position.hpp"
#include "messages/reading/contact.hpp"
#include "messages/time.hpp"
#include "messages/wire/read_outputs.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace fairlead {

/// By what the people of one team are known, and what the team's documents said
/// at a time: read from the inputs, beside the outputs that tell who owned whom
/// (R12, R53). What retention has deleted it does not know. Keeps the phones,
/// e-mails and owners of all leads of the team.
class known_by {
public:
  /// An output of the team.
  void output(const published_output& o);
  /// An input of the team; `where` it was first written.
  void input(const input_event& e, const position& where, instant at);
  /// After the last of both.
  void all_read();

  /// What led to an owner whom a person had already.
  struct lead_to_owner {
    bool by_phone = false;
    std::string value;
    std::string lead_id; /// the lead that has it, too
  };
  /// `found`: the decision for that owner.
  [[nodiscard]] std::optional<lead_to_owner>
  why_known(const published_output& found, const std::string& owner) const;

  /// A phone or an e-mail of a lead, and the other leads that have it.
  struct trait {
    bool is_phone = false;
    std::string value;
    std::vector<std::string> also;
  };
  [[nodiscard]] std::vector<trait> traits_of(const std::string& lead) const;

  /// Nothing: nobody said.
  [[nodiscard]] std::string name_of(const std::string& lead) const;

  /// The document in force then; null: not known.
  [[nodiscard]] const team_document* document_at(instant t) const;

private:
  /// What a lead was given at a time: first as it came, then as it is read.
  struct given {
    instant at;
    position where;
    bool by_transfer = false; /// counts only while the lead has no owner (R32)
    struct contact typed;
    contact_reading read;
  };
  struct owned {
    std::uint64_t sequence = 0;
    instant at;
    std::string owner; /// empty: it lost its owner
  };
  /// The phones and e-mails of a lead, the latest last.
  struct reach {
    std::vector<std::string> phones, emails;
  };

  void keep(const std::string& lead, given g);
  [[nodiscard]] bool counts(const std::string& lead, const given& g) const;
  [[nodiscard]] reach reach_of(const std::string& lead, instant until) const;
  [[nodiscard]] const owned* owner_of(const std::string& lead,
                                      std::uint64_t before) const;

  std::map<std::string, std::vector<given>> given_;  /// by lead
  std::map<std::string, std::vector<owned>> owners_; /// by lead
  std::map<std::string, std::string> names_;         /// by lead
  std::map<instant, team_document> documents_;
  /// Who was ever given a phone or an e-mail.
  std::map<std::string, std::set<std::string>> leads_with_;
};

} // namespace fairlead
