#include "board/past/kept_form.hpp"

#include "actors/core/state/archive.hpp"

#include <map>
#include <utility>

namespace fairlead::board {
namespace {

template <class A, class T>
void word_or_field(A& a, T& x) {
  if constexpr (closed_word<T>)
    as_text(a, x);
  else
    field(a, x);
}

/// A map: each entry by its key, and by `one`.
template <class A, class Map, class F>
void entries(A& a, Map& m, F one) {
  if constexpr (A::writing) {
    a.unsigned_varint(m.size());
    for (auto& [k, v] : m) {
      auto key = k;
      word_or_field(a, key);
      one(v);
    }
  } else {
    m.clear();
    for (auto n = a.unsigned_varint(); n > 0; --n) {
      typename Map::key_type key{};
      word_or_field(a, key);
      one(m[std::move(key)]);
    }
  }
}

template <class A, class Map>
void map_of(A& a, Map& m) {
  entries(a, m, [&a](auto& v) { field(a, v); });
}

} // namespace

template <class A>
void fields(A& a, share& x) {
  auto parts = x.parts();
  map_of(a, parts);
  if constexpr (!A::writing)
    x = share{std::move(parts)};
}
template <class A>
void fields(A& a, member_sums& x) {
  all(a, x.weight, x.turns, x.should);
  map_of(a, x.left_out);
}
template <class A>
void fields(A& a, pool_sums& x) {
  field(a, x.choices);
  map_of(a, x.members);
}
template <class A>
void fields(A& a, agent_sums& x) {
  map_of(a, x.leads);
  all(a, x.answered, x.rung);
}
template <class A>
void fields(A& a, sums& x) {
  map_of(a, x.pools);
  map_of(a, x.agents);
  map_of(a, x.rules);
  map_of(a, x.sources);
  map_of(a, x.missed);
  all(a, x.assigned, x.unassigned, x.returning, x.connected);
  map_of(a, x.to_owner_s);
  map_of(a, x.to_answer_s);
}

template <class A>
void fields(A& a, transfer& x) {
  all(a, x.call_id, x.lead_id, x.started, x.ended, x.how);
  as_text(a, x.reason);
  all(a, x.answered_by, x.waited_ms, x.attempts, x.counted, x.counted_in);
}
template <class A>
void fields(A& a, task& x) {
  all(a, x.task_id, x.lead_id, x.kind, x.title, x.call_id, x.assignee,
      x.created, x.due, x.done, x.done_by, x.cancelled);
}
template <class A>
void fields(A& a, document_version& x) {
  all(a, x.version, x.at, x.source, x.json);
}
template <class A>
void fields(A& a, arrival& x) {
  all(a, x.at, x.source);
}
template <class A>
void fields(A& a, ownership& x) {
  all(a, x.at, x.cause);
}
template <class A>
void fields(A& a, totals& x) {
  all(a, x.since, x.weights_unknown, x.documents_seen, x.sequence);
}

namespace {

template <class A>
void body(A& a, pool_weights& x) {
  entries(a, x, [&a](weights& of) { map_of(a, of); });
}
template <class A, class T>
void body(A& a, T& x) {
  field(a, x);
}
template <class A, class T>
void whole(A& a, T& x) {
  if constexpr (requires { x.no; }) {
    field(a, x.no);
    body(a, x.it);
  } else {
    field(a, x);
  }
}

} // namespace

template <class T>
std::string kept_form(const T& x) {
  growing_text out{256};
  archive_writer a{out};
  // As snapshots: fields are named once for both directions.
  whole(a, const_cast<T&>(x)); // NOLINT(cppcoreguidelines-pro-type-const-cast)
  return out.take();
}

template <class T>
void read_kept(std::string_view bytes, T& x) {
  archive_reader a{bytes, 0};
  whole(a, x);
  require(a.left() == 0, "what was kept goes on behind its end");
}

template std::string kept_form(const std::int64_t&);
template std::string kept_form(const sums&);
template std::string kept_form(const totals&);
template std::string kept_form(const newest<transfer>::entry&);
template std::string kept_form(const newest<task>::entry&);
template std::string kept_form(const newest<document_version>::entry&);
template std::string kept_form(const newest<pool_weights>::entry&);
template std::string kept_form(const newest<arrival>::entry&);
template std::string kept_form(const newest<ownership>::entry&);
template std::string kept_form(const newest<std::string>::entry&);
template void read_kept(std::string_view, std::int64_t&);
template void read_kept(std::string_view, sums&);
template void read_kept(std::string_view, totals&);
template void read_kept(std::string_view, newest<transfer>::entry&);
template void read_kept(std::string_view, newest<task>::entry&);
template void read_kept(std::string_view, newest<document_version>::entry&);
template void read_kept(std::string_view, newest<pool_weights>::entry&);
template void read_kept(std::string_view, newest<arrival>::entry&);
template void read_kept(std::string_view, newest<ownership>::entry&);
template void read_kept(std::string_view, newest<std::string>::entry&);

} // namespace fairlead::board
