#pragma once

#include "actors/core/invariant.hpp"
#include "messages/growing_text.hpp"
#include "messages/time.hpp"
#include "messages/words.hpp"

#include <array>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

namespace fairlead {

// The stored form of an entity: its fields one after another, integers as
// zigzag varints, texts with their length. A struct takes part by a function
// `fields(archive, struct)` that names them once, for both directions.

/// Appends the stored form to a text.
class archive_writer {
public:
  static constexpr bool writing = true;
  explicit archive_writer(growing_text& out) : out_(out) {}

  void unsigned_varint(std::uint64_t x) {
    while (x >= 0x80) {
      out_.put(static_cast<char>(x | 0x80));
      x >>= 7;
    }
    out_.put(static_cast<char>(x));
  }
  void integer(std::int64_t& x) {
    auto u = static_cast<std::uint64_t>(x);
    unsigned_varint((u << 1) ^ static_cast<std::uint64_t>(x >> 63));
  }
  void word(std::uint64_t& x) {
    auto* to = out_.room(sizeof x);
    std::memcpy(to, &x, sizeof x);
    out_.wrote(to + sizeof x);
  }
  void text(std::string_view s) {
    unsigned_varint(s.size());
    out_.put(s);
  }

private:
  growing_text& out_;
};

/// Reads it back; throws invariant_error on anything that a writer of this
/// format did not write.
class archive_reader {
public:
  static constexpr bool writing = false;
  /// `format`: of the snapshot that the bytes are of (snapshot.hpp).
  archive_reader(std::string_view in, int format) : in_(in), format_(format) {}

  [[nodiscard]] int format() const { return format_; }

  std::uint64_t unsigned_varint() {
    std::uint64_t x = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      require(!in_.empty(), "snapshot ends inside a number");
      auto byte = static_cast<unsigned char>(in_.front());
      in_.remove_prefix(1);
      x |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if ((byte & 0x80) == 0)
        return x;
    }
    throw invariant_error{"snapshot has a number that is too long"};
  }
  void integer(std::int64_t& x) {
    auto u = unsigned_varint();
    x = static_cast<std::int64_t>((u >> 1) ^ (~(u & 1) + 1));
  }
  void word(std::uint64_t& x) {
    require(in_.size() >= 8, "snapshot ends inside a word");
    std::memcpy(&x, in_.data(), 8);
    in_.remove_prefix(8);
  }
  void text(std::string& s) { s = view(); }
  std::string_view view() {
    auto size = unsigned_varint();
    require(size <= in_.size(), "snapshot ends inside a text");
    auto v = in_.substr(0, size);
    in_.remove_prefix(size);
    return v;
  }
  [[nodiscard]] std::size_t left() const { return in_.size(); }

private:
  std::string_view in_;
  int format_;
};

/// True if what is written or read has the fields that came with a format: of
/// what was written before, they keep their defaults.
template <class A>
[[nodiscard]] bool has_fields_of(const A& a, int format) {
  if constexpr (A::writing)
    return true;
  else
    return a.format() >= format;
}

// -- how the field types are stored -------------------------------------------

template <class A>
void field(A& a, std::string& s) {
  a.text(s);
}

template <class A, class T>
requires(std::is_integral_v<T> || std::is_enum_v<T>) void field(A& a, T& x) {
  auto wide = static_cast<std::int64_t>(x);
  a.integer(wide);
  x = static_cast<T>(wide);
}

template <class A>
void field(A& a, instant& t) {
  auto ms = ms_of(t);
  a.integer(ms);
  t = at_ms(ms);
}

template <class A, class T>
requires requires(A& a, T& x) {
  fields(a, x);
}
void field(A& a, T& x) {
  fields(a, x);
}

/// A word that is stored as its text.
template <class A, closed_word Word>
void as_text(A& a, Word& w) {
  if constexpr (A::writing) {
    a.text(to_string(w));
  } else {
    auto known = read<Word>(a.view());
    require(known.has_value(), "snapshot has an unknown word");
    w = *known;
  }
}

template <class A, class Word>
void fields(A& a, word_or_text<Word>& x) {
  if constexpr (A::writing)
    a.text(x.text());
  else
    x = word_or_text<Word>{std::string{a.view()}};
}

template <class A, class T>
void field(A& a, std::optional<T>& x);
template <class A, class T>
void field(A& a, std::vector<T>& xs);
template <class A, class... Ts>
void field(A& a, std::variant<Ts...>& x);
template <class A>
void field(A& a, std::vector<bool>& xs) = delete;

template <class A, std::size_t N>
void field(A& a, std::array<bool, N>& xs) {
  for (auto& x : xs)
    field(a, x);
}

/// Whether there is something, before what it is.
template <class A, class T>
bool presence(A& a, std::optional<T>& x) {
  bool there = x.has_value();
  field(a, there);
  if constexpr (!A::writing) {
    if (there)
      x.emplace();
    else
      x.reset();
  }
  return there;
}

template <class A, class T>
void field(A& a, std::optional<T>& x) {
  if (presence(a, x))
    field(a, *x);
}

template <class A, closed_word Word>
void as_text(A& a, std::optional<Word>& w) {
  if (presence(a, w))
    as_text(a, *w);
}

template <class A, class T>
void field(A& a, std::vector<T>& xs) {
  if constexpr (A::writing) {
    a.unsigned_varint(xs.size());
  } else {
    auto n = a.unsigned_varint();
    require(n <= a.left(), "snapshot has a list that is too long");
    xs.clear();
    xs.resize(n);
  }
  for (auto& x : xs)
    field(a, x);
}

template <class A, class... Ts>
void field(A& a, std::variant<Ts...>& x) {
  auto which = static_cast<std::int64_t>(x.index());
  a.integer(which);
  if constexpr (!A::writing) {
    require(which >= 0 && which < static_cast<std::int64_t>(sizeof...(Ts)),
            "snapshot has an unknown alternative");
    std::int64_t i = 0;
    ((i++ == which ? void(x.template emplace<Ts>()) : void()), ...);
  }
  std::visit([&a](auto& alternative) { field(a, alternative); }, x);
}

/// All of a struct's fields in one line.
template <class A, class... Ts>
void all(A& a, Ts&... xs) {
  (field(a, xs), ...);
}

} // namespace fairlead
