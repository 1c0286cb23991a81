#pragma once

#include "messages/topics.hpp"

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::test {

/// Chance from a seed, the same on every machine and library (SplitMix64).
class dice {
public:
  explicit dice(std::uint64_t seed) : state_{seed} {}
  std::uint64_t next();
  /// 0 … n-1; n > 0.
  std::size_t below(std::size_t n) {
    return static_cast<std::size_t>(next() % n);
  }
  std::int64_t between(std::int64_t low, std::int64_t high) {
    return low
           + static_cast<std::int64_t>(
             below(static_cast<std::size_t>(high - low + 1)));
  }
  /// True in so many of a thousand cases.
  bool chance(int per_mille) {
    return per_mille > 0 && below(1000) < static_cast<std::size_t>(per_mille);
  }
  template <class T>
  T pick(std::initializer_list<T> of) {
    return *(of.begin() + below(of.size()));
  }
  template <class T>
  const T& pick(const std::vector<T>& of) {
    return of[below(of.size())];
  }

private:
  std::uint64_t state_;
};

/// A JSON object under way, as text.
class json_object {
public:
  json_object& text(std::string_view name, std::string_view value);
  json_object& number(std::string_view name, std::int64_t value);
  json_object& flag(std::string_view name, bool value);
  /// A value that is JSON already.
  json_object& json(std::string_view name, std::string_view value);
  [[nodiscard]] std::string str() const { return "{" + body_ + "}"; }

private:
  void name(std::string_view n);
  std::string body_;
};

/// `["a","b"]`.
std::string json_list(const std::vector<std::string>& values, bool as_text);

/// An input that somebody wants to publish.
struct wish {
  topic on = topic::leads;
  std::string team;
  std::string id; /// of the event
  std::string type;
  std::string value; /// the structured CloudEvent
};

/// How large a generated world is. Few ids, so that histories meet.
struct shape {
  std::vector<std::string> teams{"acme", "bolt", "crux"};
  std::int64_t agents = 5, leads = 25, calls = 20, outreach = 10;
};

/// Random rosters, rules and histories for them. A new type of event is a
/// line in the table of `generate.cpp` and a function that writes its data.
class history {
public:
  history(dice& chance, shape s) : dice_{chance}, shape_{std::move(s)} {}

  /// What a team's admins publish before anything else: document and agents.
  std::vector<wish> roster(const std::string& team);
  /// Any event of any team.
  wish next();
  /// One of a given type.
  wish make(std::string_view type, const std::string& team);
  /// One with given data.
  wish make(topic on, std::string_view type, const std::string& team,
            const std::string& data);

  // -- parts, for tests that want only some of it -----------------------------

  std::string team_document(const std::string& team, bool sound);
  std::string agent_document(const std::string& agent, bool sound);
  std::string contact();
  std::string fallbacks();
  static std::string phone_of(const std::string& agent);
  std::string agent() { return id("a", shape_.agents); }
  std::string lead() { return id("l", shape_.leads); }
  std::string call() { return id("c", shape_.calls); }

  // -- the data of each type --------------------------------------------------

  std::string team_configured();
  std::string agent_configured();
  std::string availability_changed();
  std::string agent_removed();
  std::string lead_received();
  std::string assignment_requested();
  std::string lead_closed();
  std::string outreach_requested();
  std::string task_completed();
  std::string transfer_requested();
  std::string ring_reported();
  std::string call_named();
  std::string call_outcome();

private:
  std::string id(const char* prefix, std::int64_t of) {
    return prefix + std::to_string(dice_.between(1, of));
  }
  bool often() { return dice_.chance(600); }
  bool seldom() { return dice_.chance(150); }
  std::string pool() { return dice_.pick({"buyers", "sellers", "closers"}); }
  std::string lead_of(const std::string& call_id);
  std::string window();
  std::string target();

  dice& dice_;
  shape shape_;
  std::string team_; // whose data is written
  std::uint64_t events_ = 0;
  std::int64_t versions_ = 0;
};

} // namespace fairlead::test
