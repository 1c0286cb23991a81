#pragma once

#include "messages/outputs.hpp"
#include "messages/words.hpp"

#include <string>
#include <string_view>

namespace fairlead {

// The contract's words in English, each as it fits into a told line.

[[nodiscard]] std::string_view in_words(assign_reason r);
[[nodiscard]] std::string_view in_words(unassigned_reason r);
[[nodiscard]] std::string_view in_words(failure_reason r);
[[nodiscard]] std::string_view in_words(ring_step s);
[[nodiscard]] std::string_view in_words(cancel_reason r);
[[nodiscard]] std::string_view in_words(miss_reason r);
[[nodiscard]] std::string_view in_words(refusal_reason r);
[[nodiscard]] std::string_view in_words(task_cancel_reason r);
[[nodiscard]] std::string_view in_words(outcome o);
/// With its verb: `is off duty`.
[[nodiscard]] std::string_view in_words(exclusion e);

/// A tag of the team's own stands for itself.
[[nodiscard]] std::string in_words(const outcome_tag& tag);

/// Why a rule was passed over, as it follows the rule's name: `asks for another
/// price`, or `asks for a price, and the lead gives none`.
[[nodiscard]] std::string in_words(const rule_passed_over& r);

/// A number or an endpoint as people write it: `+15125550101 ext. 12`.
[[nodiscard]] std::string in_words(const dialled& d);

/// A warning of an assignment or a transfer (contract). One that is not known
/// stands for itself.
[[nodiscard]] std::string warning_in_words(std::string_view warning);

} // namespace fairlead
