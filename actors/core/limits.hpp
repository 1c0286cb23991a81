#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

/// What is kept, how much and how long (R15), and the times that the rules fix.
/// Every bound of the core stands here; those that are settings are in config/.
namespace fairlead::limits {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

inline constexpr auto closed_lead_kept = days{180};
inline constexpr auto open_lead_kept = days{730};
inline constexpr auto ended_call_kept = hours{24};
inline constexpr auto call_id_kept = days{30};
/// Until when a missed call may be routed once more (R44), and how many legs of
/// its earlier routings stay known.
inline constexpr auto routed_again_within = hours{1};
inline constexpr std::size_t earlier_legs_per_call = 500;
/// Routings of one team that wait for somebody (R52); one more is missed.
inline constexpr std::size_t waiting_per_team = 1000;
inline constexpr auto task_kept_after_due = days{90};
inline constexpr std::size_t tasks_per_lead = 50;
inline constexpr auto outreach_held = days{7};
inline constexpr std::size_t outreach_per_lead = 100;
inline constexpr std::size_t outreach_bytes_per_lead = 256 * 1024;
inline constexpr std::size_t leads_per_person_key = 1000;
/// Phones that a lead keeps, and e-mails (R15, R53).
inline constexpr std::size_t reaches_per_lead = 5;
/// What is said of a lead's fields (R46): of one with more faults, the first.
inline constexpr std::size_t warnings_per_lead = 100;
inline constexpr std::size_t unread_per_lead = 10;
/// A person (R54): the leads that go along, those of one phone or e-mail that
/// are looked at, and how many are looked for at most.
inline constexpr std::size_t leads_per_person = 50;
inline constexpr std::size_t person_leads_per_key = 50;
inline constexpr std::size_t person_leads_found = 1000;
inline constexpr auto parked = seconds{60};
inline constexpr std::size_t parked_per_call = 64;
inline constexpr std::size_t parked_per_team = 1000;
/// All parked records of one call, so that no snapshot passes 900 KiB.
inline constexpr std::size_t parked_bytes_per_call = 512 * 1024;
inline constexpr std::size_t leads_of_unknown_team = 10'000;
inline constexpr std::size_t agents_per_team = 2000;
inline constexpr std::size_t leads_per_mass_step = 200;
/// Members and pools that were taken out of a document (R9, R10), and how many
/// of them a team remembers.
inline constexpr auto gone_kept = days{7};
inline constexpr std::size_t gone_per_team = 2000;
/// All ids of members that one pool remembers, so that no snapshot passes 900
/// KiB: those of its members fill a record at most.
inline constexpr std::size_t gone_bytes_per_pool = 384 * 1024;
inline constexpr std::size_t passed_over_listed = 20; /// R19
inline constexpr auto retry_every = seconds{60};
inline constexpr auto re_inquiry_every = minutes{15}; /// R40
inline constexpr auto transfer_age_max = hours{24};
inline constexpr auto next_window_within = days{14};
inline constexpr std::int64_t task_due_in_s
  = 300; /// R41, unless an action says

} // namespace fairlead::limits
