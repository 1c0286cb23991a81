#include "commands/what_if.hpp"

#include "commands/check.hpp"
#include "commands/exit_codes.hpp"
#include "commands/files/json_file.hpp"
#include "commands/what_if/comparison.hpp"
#include "commands/words/counts.hpp"
#include "commands/words/terminal.hpp"
#include "messages/text/visible.hpp"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <ostream>
#include <string>
#include <utility>

namespace fairlead {
namespace {

using json = nlohmann::ordered_json;

/// The document in a file, bare or as the event that carries it.
json document_in(const std::string& file, const char* id) {
  auto f = read_json_file(file);
  if (f.values.size() != 1)
    throw wrong_use(f.name + " must hold one document, and holds "
                    + std::to_string(f.values.size()) + ".");
  auto d = json::parse(f.text_of(f.values.front()));
  if (d.contains("specversion") && d.contains("data"))
    d = d["data"];
  if (!d.contains(id))
    throw wrong_use(f.name + " has no " + id + ".");
  return d;
}

/// An id, as R53 reads it.
std::string id_in(const json& d, const char* key) {
  return d[key].is_string() ? d[key].get<std::string>() : d[key].dump();
}

what_if::question question_of(const what_if_options& o) {
  what_if::question q{.team = o.team,
                      .document = std::nullopt,
                      .agents = {},
                      .from = o.from,
                      .to = o.to};
  if (!o.document.empty()) {
    auto d = document_in(o.document, "team_id");
    if (id_in(d, "team_id") != o.team)
      throw wrong_use(o.document + " is of the team " + id_in(d, "team_id")
                      + ", not of " + o.team + ".");
    q.document = d.dump();
  }
  for (const auto& file : o.agents) {
    auto d = document_in(file, "agent_id");
    q.agents[id_in(d, "agent_id")] = d.dump();
  }
  return q;
}

/// What is wrong with the files goes to `err`, each fault with its line.
bool faulty(const what_if_options& o, std::ostream& err) {
  bool any = false;
  std::string region = "US";
  auto look = [&](const std::string& file) {
    auto f = read_json_file(file);
    each_value(f, [&](const std::string& text, std::size_t line) {
      for (const auto& found : faults_of(text, region)) {
        err << f.name << ':'
            << line + line_at(text, find_pointer(text, found.is.pointer)) - 1
            << ": " << (found.warning ? "warning: " : "")
            << visible(sentence(found.is)) << '\n';
        any = any || !found.warning;
      }
      auto d = json::parse(text, nullptr, false);
      if (d.is_object() && d.contains("data"))
        d = d["data"];
      if (d.is_object() && d.contains("team_id") && d.contains("region")
          && d["region"].is_string())
        region = d["region"].get<std::string>();
    });
  };
  if (!o.document.empty())
    look(o.document);
  for (const auto& file : o.agents)
    look(file);
  return any;
}

// -- for people ---------------------------------------------------------------

std::string text_of(const json& j) {
  return j.is_string() ? j.get<std::string>() : j.dump();
}

std::string in_seconds(const json& ms) {
  if (ms.is_null())
    return "-";
  auto n = ms.get<std::int64_t>();
  return n == 0 ? "at once" : std::to_string((n + 999) / 1000) + " s";
}

/// `12   → 18    +6`
std::string change_of(std::int64_t before, std::int64_t after) {
  auto out = padded(std::to_string(before), 5) + "→ ";
  if (before == after)
    return out + std::to_string(after);
  return out + padded(std::to_string(after), 6) + (after > before ? "+" : "")
         + std::to_string(after - before);
}
std::string change_of(const json& pair) {
  return change_of(pair["control"].get<std::int64_t>(),
                   pair["candidate"].get<std::int64_t>());
}

void print_agreement(const json& r, std::ostream& out) {
  const auto& c = r["control"];
  auto all = c["choices"].get<std::int64_t>();
  if (!c["trusted"].get<bool>())
    out << "NOT TO BE TRUSTED: decided again under the documents as they "
           "were,\nthe past comes out differently.\n";
  out << "The control agrees with the past in " << c["agree"] << " of "
      << count_of(static_cast<std::uint64_t>(all), "choice") << " ("
      << c["agree_percent"] << " %)";
  if (auto more = c["further"].get<std::int64_t>(); more > 0)
    out << ", and makes " << more << " that the past did not";
  out << ".\n";
  if (r["cut"].get<bool>())
    out << "What is kept begins in the middle"
        << (r["kept_from"].is_null() ? "" : ", at " + text_of(r["kept_from"]))
        << ": retention has deleted what\ncame before, and the runs know "
           "nothing of it.\n";
  if (!r["document_kept"].get<bool>())
    out << "No document of the team is kept: the control has no rules to go "
           "by.\n";
  if (auto lost = c["lost_steps"].get<std::int64_t>(); lost > 0)
    out << count_of(static_cast<std::uint64_t>(lost), "step")
        << " could not be made.\n";
}

void print_who(const json& r, std::ostream& out) {
  out << "\n" << padded("", 24) << padded("leads", 18) << "turns\n";
  for (const auto& a : r["agents"]) {
    out << padded(text_of(a["name"]), 24) << padded(change_of(a["leads"]), 18)
        << change_of(a["turns"]);
    if (auto n = a["assumed"].get<std::int64_t>(); n > 0)
      out << "  (" << n << " assumed)";
    out << '\n';
  }
  for (const auto& p : r["pools"]) {
    out << "\nturns of pool " << visible(text_of(p["pool_id"])) << '\n';
    for (const auto& m : p["members"])
      out << "  " << padded(text_of(m["name"]), 22) << change_of(m) << '\n';
  }
}

void print_leads(const json& r, std::ostream& out) {
  constexpr std::size_t shown_max = 40;
  const auto& l = r["leads"];
  out << "\nleads that would have gone to somebody else: " << l["different"]
      << " (" << l["came"] << " new ones came)\n";
  auto who = [](const json& got) {
    return got.is_null() ? std::string{"nobody yet"} : text_of(got["name"]);
  };
  std::size_t n = 0;
  for (const auto& d : l["list"]) {
    if (n++ == shown_max)
      break;
    auto name = text_of(d["name"]);
    out << "  " << text_of(d["at"]) << "  "
        << padded(name.empty() ? text_of(d["lead_id"]) : name, 20) << ' '
        << visible(who(d["control"])) << " → " << visible(who(d["candidate"]));
    if (!d["assumes"].empty()) {
      out << "  assumes:";
      for (const auto& a : d["assumes"])
        out << ' ' << text_of(a);
    }
    out << '\n';
  }
  if (auto all = l["different"].get<std::size_t>(); all > shown_max)
    out << "  … and " << all - shown_max << " more (--json lists up to "
        << what_if::leads_listed_max << ")\n";
  if (auto n_assumed = l["assumed"].get<std::int64_t>(); n_assumed > 0)
    out << "Assumed: " << n_assumed
        << (n_assumed == 1 ? " lead rests" : " leads rest")
        << " on what a person did who would not have been\nthe owner, or on "
           "a call whose end is unknown.\n";
}

void print_rest(const json& r, std::ostream& out) {
  const auto& w = r["waiting"];
  out << "\nwaited for an owner     "
      << change_of(w["control"]["ever"].get<std::int64_t>(),
                   w["candidate"]["ever"].get<std::int64_t>())
      << "\n  still at the end      "
      << change_of(w["control"]["at_end"].get<std::int64_t>(),
                   w["candidate"]["at_end"].get<std::int64_t>())
      << '\n';
  const auto& t = r["time_to_owner"];
  for (auto [name, key] : {std::pair{"time to owner, median  ", "median_ms"},
                           std::pair{"  95 of 100 within      ", "p95_ms"},
                           std::pair{"  longest               ", "longest_ms"}})
    out << name << in_seconds(t["control"][key]) << " → "
        << in_seconds(t["candidate"][key]) << '\n';
  const auto& x = r["transfers"];
  auto some = x["candidate"]["unknown"] != 0 || x["control"]["unknown"] != 0;
  // Where some are unknown, fewer that are known are no fewer.
  auto row = [&](const char* name, const char* key) {
    auto was = x["control"][key].get<std::int64_t>();
    auto would = x["candidate"][key].get<std::int64_t>();
    out << name
        << (some ? padded(std::to_string(was), 5) + "→ " + std::to_string(would)
                     + " known"
                 : change_of(was, would))
        << '\n';
  };
  row("transfers connected     ", "connected");
  row("  missed                ", "missed");
  row("  still open            ", "open");
  if (!some)
    return;
  out << "  unknown               " << padded(x["control"]["unknown"].dump(), 5)
      << "→ " << x["candidate"]["unknown"]
      << "\nUnknown: other people would have rung, or at another time; who "
         "would have\nanswered, nobody can know.\n";
}

} // namespace

int run_what_if(const what_if_options& o, std::ostream& out,
                std::ostream& err) {
  if (o.document.empty() && o.agents.empty())
    throw wrong_use("Specify what would be different: --document FILE, or "
                    "--agent FILE.");
  if (faulty(o, err))
    return exit_code::failed;
  auto r = what_if::ask(question_of(o), o.source, {});
  bool trusted = r["control"]["trusted"].get<bool>();
  if (o.json) {
    out << r.dump(2, ' ', false, json::error_handler_t::replace) << '\n';
  } else {
    print_agreement(r, out);
    if (trusted || o.anyway) {
      out << "\nTeam " << visible(o.team) << ", " << text_of(r["from"])
          << " to " << text_of(r["to"])
          << ": as it was → as it would have been\n";
      print_who(r, out);
      print_leads(r, out);
      print_rest(r, out);
    } else {
      out << "Nothing is said about what would have been different; --anyway "
             "says it.\n";
    }
  }
  return trusted || o.anyway ? exit_code::fine : exit_code::failed;
}

} // namespace fairlead
