#include "messages/derive.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <memory>
#include <stdexcept>

namespace fairlead {
namespace {

using uuid = std::array<unsigned char, 16>;

constexpr char separator = '\x1f';

/// SHA-1, fetched once for all: OpenSSL's one-shot call looks it up each time,
/// which costs more than the hash itself and takes a lock that all threads
/// share. One for each thread.
class sha_1 {
public:
  using digest = std::array<unsigned char, 20>;

  digest of(const uuid& space, std::string_view name) {
    digest out{};
    if (EVP_DigestInit_ex2(context_.get(), algorithm(), nullptr) != 1
        || EVP_DigestUpdate(context_.get(), space.data(), space.size()) != 1
        || EVP_DigestUpdate(context_.get(), name.data(), name.size()) != 1
        || EVP_DigestFinal_ex(context_.get(), out.data(), nullptr) != 1)
      throw std::runtime_error("OpenSSL can't compute SHA-1");
    return out;
  }

private:
  static const EVP_MD* algorithm() {
    static const std::unique_ptr<EVP_MD, decltype(&EVP_MD_free)> fetched{
      EVP_MD_fetch(nullptr, "SHA1", nullptr), EVP_MD_free};
    return fetched.get();
  }

  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_{
    EVP_MD_CTX_new(), EVP_MD_CTX_free};
};

/// RFC 4122, 4.3: SHA-1 of namespace and name, cut to 16 bytes, version 5.
uuid version_5(const uuid& space, std::string_view name) {
  thread_local sha_1 hash;
  const auto digest = hash.of(space, name);
  uuid id{};
  std::copy_n(digest.begin(), id.size(), id.begin());
  id[6] = static_cast<unsigned char>((id[6] & 0x0f) | 0x50);
  id[8] = static_cast<unsigned char>((id[8] & 0x3f) | 0x80);
  return id;
}

const uuid& fairlead_namespace() {
  // RFC 4122, appendix C: the namespace of URLs.
  static const uuid url{0x6b, 0xa7, 0xb8, 0x11, 0x9d, 0xad, 0x11, 0xd1,
                        0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8};
  static const uuid ours = version_5(url, "fairlead");
  return ours;
}

/// With a separator between the parts.
std::string joined(std::initializer_list<std::string_view> parts) {
  std::size_t size = 0;
  for (auto p : parts)
    size += p.size() + 1;
  std::string text;
  text.reserve(size);
  for (auto p : parts) {
    text += p;
    text += separator;
  }
  text.pop_back();
  return text;
}

} // namespace

std::string derived_id(std::string_view name) {
  constexpr std::string_view hex = "0123456789abcdef";
  auto id = version_5(fairlead_namespace(), name);
  std::string text(36, '-');
  auto* to = text.data();
  for (std::size_t i = 0; i < id.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10)
      ++to;
    *to++ = hex[id[i] >> 4];
    *to++ = hex[id[i] & 15];
  }
  return text;
}

std::string output_id(const output_name& of) {
  return derived_id(joined({of.team, of.cause, std::to_string(of.ordinal)}));
}

std::string leg_id(const leg_name& of) {
  return derived_id(joined(
    {of.team, of.call, std::to_string(of.attempt), std::to_string(of.index)}));
}

std::string input_cause(std::string_view source, std::string_view id) {
  return joined({source, id});
}

} // namespace fairlead
