#include "messages/wire/encode.hpp"

#include "messages/json/writer.hpp"
#include "messages/phone.hpp"

#include <array>

namespace fairlead {
namespace {

using json::object;

void append_percent_encoded(growing_text& out, std::string_view s) {
  constexpr std::string_view hex = "0123456789ABCDEF";
  for (char c : s) {
    auto u = static_cast<unsigned char>(c);
    bool plain = (u >= 'a' && u <= 'z') || (u >= 'A' && u <= 'Z')
                 || (u >= '0' && u <= '9') || u == '-' || u == '.' || u == '_'
                 || u == '~';
    if (plain)
      out.put(c);
    else
      for (char x : {'%', hex[u >> 4], hex[u & 15]})
        out.put(x);
  }
}

void append_time(object& o, std::string_view key, instant t) {
  o.text(key, rfc3339_text{t}.view());
}

template <class List, class Each>
void append_list(object& o, std::string_view key, const List& items,
                 Each each) {
  auto& out = o.member(key);
  out.put('[');
  bool first = true;
  for (const auto& item : items) {
    if (!first)
      out.put(',');
    first = false;
    each(out, item);
  }
  out.put(']');
}

void append_texts(object& o, std::string_view key,
                  const std::vector<std::string>& texts) {
  append_list(o, key, texts, [](growing_text& out, const std::string& s) {
    json::append_string(out, s);
  });
}

template <closed_word Word>
void append_word(object& o, std::string_view key, Word w) {
  o.text(key, to_string(w));
}

template <class Word>
void append_word(object& o, std::string_view key, const word_or_text<Word>& w) {
  o.text(key, w.text());
}

/// Left out if there is nothing.
template <class Word>
void append_word(object& o, std::string_view key,
                 const std::optional<Word>& w) {
  if (w)
    append_word(o, key, *w);
}

void append_phone(object& o, std::string_view phone) {
  auto parts = parts_of(phone);
  o.text("phone", parts.number);
  if (!parts.extension.empty())
    o.text("extension", parts.extension);
}

void append_dialled(object& o, const dialled& d) {
  if (!d.phone.empty())
    append_phone(o, d.phone);
  else
    o.text("endpoint", d.endpoint);
}

/// The number without its extension; null if there is none.
void append_number_or_null(object& o, std::string_view key,
                           const std::optional<std::string>& phone) {
  if (phone)
    o.text(key, parts_of(*phone).number);
  else
    o.null(key);
}

void append_legs(object& o, const std::vector<rung_leg>& legs) {
  append_list(o, "legs", legs, [](growing_text& out, const rung_leg& l) {
    object leg{out};
    leg.text("leg_id", l.leg_id);
    leg.text("agent_id", l.agent_id);
    leg.text("name", l.name);
    append_dialled(leg, l.number);
    append_word(leg, "reason", l.reason);
  });
}

/// Left out if there are none.
void append_warnings(object& o, const std::vector<std::string>& warnings) {
  if (!warnings.empty())
    append_texts(o, "warnings", warnings);
}

/// What the writers of the bodies need besides the body.
struct writing {
  object& o;
  const std::string& id;
  const output_frame& frame;
};

void write(const writing& w, const lead_assigned& b) {
  {
    object agent{w.o.member("agent")};
    agent.text("agent_id", b.agent.agent_id);
    agent.text("name", b.agent.name);
  }
  w.o.text("previous_owner", b.previous_owner);
  append_word(w.o, "reason", b.reason);
  w.o.text("rule_id", b.rule_id);
  w.o.text("pool_id", b.pool_id);
  w.o.integer("turn", b.turn);
  w.o.text("with", b.with);
  w.o.text("decision_id", b.decision_id);
  append_warnings(w.o, b.warnings);
}

void write(const writing& w, const lead_unassigned& b) {
  append_word(w.o, "reason", b.reason);
}

void write(const writing& w, const lead_stage_changed& b) {
  w.o.text("from", b.from);
  w.o.text("to", b.to);
}

void write(const writing& w, const lead_conflict& b) {
  w.o.text("kept_owner", b.kept_owner);
  w.o.text("other_owner", b.other_owner);
  append_number_or_null(w.o, "phone", b.phone);
  w.o.text_or_null("email", b.email);
}

void write(const writing& w, const action_failed& b) {
  append_word(w.o, "action", b.action);
  append_word(w.o, "reason", b.reason);
  w.o.text("call_id", b.call_id);
  w.o.text("agent_id", b.agent_id);
}

void write(const writing& w, const agent_auto_unavailable& b) {
  w.o.text("agent_id", b.agent_id);
  w.o.integer("misses", b.misses);
}

void write(const writing& w, const ring_requested& b) {
  w.o.text("call_id", b.call_id);
  w.o.integer("attempt", b.attempt);
  append_word(w.o, "step", b.step);
  append_legs(w.o, b.legs);
  {
    object lead{w.o.member("lead")};
    lead.text("name", b.lead_name);
    if (b.lead_phone)
      lead.text("phone", parts_of(*b.lead_phone).number);
  }
  w.o.integer("ring_timeout_s", b.ring_timeout_s);
  append_time(w.o, "expires_at", b.expires_at);
  w.o.boolean("confirm", b.confirm);
  w.o.raw("context", b.context);
  append_warnings(w.o, b.warnings);
}

void write(const writing& w, const transfer_waiting& b) {
  w.o.text("call_id", b.call_id);
  append_time(w.o, "until", b.until);
}

void write(const writing& w, const ring_cancelled& b) {
  w.o.text("call_id", b.call_id);
  append_legs(w.o, b.legs);
}

void write(const writing& w, const transfer_connected& b) {
  w.o.text("call_id", b.call_id);
  w.o.integer("attempt", b.attempt);
  w.o.text("leg_id", b.leg_id);
  {
    object by{w.o.member("answered_by")};
    append_word(by, "kind", b.kind);
    by.text("agent_id", b.agent_id);
    by.text("name", b.name);
    append_dialled(by, b.number);
  }
  w.o.integer("waited_ms", b.waited_ms);
}

void write(const writing& w, const transfer_missed& b) {
  w.o.text("call_id", b.call_id);
  append_word(w.o, "reason", b.reason);
  w.o.integer("attempts", b.attempts);
  append_warnings(w.o, b.warnings);
}

void write(const writing& w, const outcome_corrected& b) {
  w.o.text("call_id", b.call_id);
  append_word(w.o, "from", b.from);
  append_word(w.o, "to", b.to);
}

void write(const writing& w, const notification_requested& b) {
  w.o.text("notification_id", w.id);
  append_word(w.o, "kind", b.kind);
  {
    object to{w.o.member("recipient")};
    to.text("agent_id", b.agent_id);
    to.text("name", b.name);
    to.text("email", b.email);
    if (b.phone)
      append_phone(to, *b.phone);
  }
  w.o.text("title", b.title);
  w.o.text("text", b.text);
  w.o.text("call_id", b.call_id);
  w.o.text("task_id", b.task_id);
  append_word(w.o, "outcome", b.outcome);
  w.o.integer("count", b.count);
}

void write(const writing& w, const task_created& b) {
  w.o.text("task_id", w.id);
  append_word(w.o, "kind", b.kind);
  w.o.text_or_null("assignee", b.assignee);
  append_time(w.o, "due_at", b.due_at);
  w.o.text("title", b.title);
  w.o.text("call_id", b.call_id);
}

void write(const writing& w, const task_moved& b) {
  w.o.text("task_id", b.task_id);
  w.o.text_or_null("from", b.from);
  w.o.text_or_null("to", b.to);
}

void write(const writing& w, const task_repeated& b) {
  w.o.text("task_id", b.task_id);
  w.o.text_or_null("assignee", b.assignee);
  w.o.text("call_id", b.call_id);
  w.o.integer("misses", b.misses);
}

void write(const writing& w, const task_cancelled& b) {
  w.o.text("task_id", b.task_id);
  append_word(w.o, "reason", b.reason);
}

void write(const writing& w, const outreach_gated& b) {
  w.o.text("outreach_id", b.outreach_id);
  w.o.text("channel", b.channel);
  w.o.raw("payload", b.payload);
  append_word(w.o, "reason", b.reason);
}

void write(const writing& w, const cadence_cancelled& b) {
  append_word(w.o, "reason", b.reason);
  w.o.text("call_id", b.call_id);
}

void write(const writing& w, const cadence_resumed& b) {
  append_word(w.o, "reason", task_cancel_reason::outcome_corrected);
  w.o.text("call_id", b.call_id);
}

void write(const writing& w, const cadence_paused& b) {
  if (b.until)
    append_time(w.o, "until", *b.until);
  append_word(w.o, "reason", b.reason);
  w.o.text("call_id", b.call_id);
}

void write(const writing& w, const decision_recorded& b) {
  w.o.text("decision_id", w.id);
  append_word(w.o, "kind", b.kind);
  append_time(w.o, "at", w.frame.now);
  {
    object cause{w.o.member("cause")};
    if (w.frame.cause) {
      cause.text("topic", name_of(w.frame.cause->on));
      cause.integer("partition", w.frame.cause->partition);
      cause.integer("offset", w.frame.cause->offset);
    } else {
      cause.text("timer", w.frame.timer);
    }
  }
  w.o.integer("config_version", b.config_version);
  w.o.text("rule_id", b.rule_id);
  w.o.text("pool_id", b.pool_id);
  if (!b.passed_over.empty())
    append_list(w.o, "passed_over", b.passed_over,
                [](growing_text& out, const rule_passed_over& p) {
                  object rule{out};
                  rule.text("rule_id", p.rule_id);
                  append_word(rule, "because", p.because);
                  if (p.missing)
                    rule.boolean("missing", true);
                });
  w.o.integer("v_before", b.v_before);
  append_list(w.o, "candidates", b.candidates,
              [](growing_text& out, const decision_candidate& c) {
                object candidate{out};
                candidate.text("agent_id", c.agent_id);
                candidate.integer("pass", c.pass);
                append_word(candidate, "excluded", c.excluded);
              });
  bool ring = b.kind == decision_kind::ring_attempt;
  if (ring && b.attempt)
    append_texts(w.o, "chosen", b.chosen);
  else if (!ring && !b.chosen.empty())
    w.o.text("chosen", b.chosen.front());
  else
    w.o.null("chosen");
  append_word(w.o, "tie_break", b.tie_break);
  w.o.integer("pass_after", b.pass_after);
  w.o.text("call_id", b.call_id);
  w.o.integer("attempt", b.attempt);
}

void append_sequence(object& o, std::uint64_t sequence) {
  std::array<char, 20> digits{};
  for (auto to = digits.rbegin(); to != digits.rend(); ++to, sequence /= 10)
    *to = static_cast<char>('0' + sequence % 10);
  o.text("sequence", {digits.data(), digits.size()});
}

} // namespace

std::string encode(const output& x, const output_frame& f,
                   std::uint64_t sequence, const output_owner& owner) {
  growing_text out{640};
  {
    object event{out};
    event.text("specversion", "1.0");
    event.text("id", x.id);
    {
      auto& source = event.member("source");
      source.put("\"/fairlead/");
      append_percent_encoded(source, f.team);
      source.put('"');
    }
    event.text("type", type_of(x.body));
    event.text("subject", x.subject);
    append_time(event, "time", f.now);
    event.text("datacontenttype", "application/json");
    event.text("partitionkey", f.team);
    event.text("causationid", f.causation_id);
    append_sequence(event, sequence);
    if (!f.traceparent.empty())
      event.text("traceparent", f.traceparent);
    object data{event.member("data")};
    data.text("team_id", f.team);
    if (x.about_lead) {
      data.text("lead_id", x.subject);
      data.text_or_null("owner", owner.owner);
      data.integer("owner_epoch", static_cast<std::int64_t>(owner.epoch));
    }
    std::visit([&](const auto& body) { write({data, x.id, f}, body); }, x.body);
  }
  return out.take();
}

} // namespace fairlead
