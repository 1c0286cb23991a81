#include "connectors/http/access.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/crypto.h>
#include <strings.h>

#include <algorithm>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace fairlead::http {
namespace {

bool is_loopback(const std::string& address) {
  in_addr four{};
  if (::inet_pton(AF_INET, address.c_str(), &four) == 1)
    return (ntohl(four.s_addr) >> 24) == 127;
  in6_addr six{};
  if (::inet_pton(AF_INET6, address.c_str(), &six) == 1)
    return IN6_IS_ADDR_LOOPBACK(&six) != 0;
  return ::strcasecmp(address.c_str(), "localhost") == 0;
}

// Without the port, and without the brackets of an IPv6 address; empty if
// something else stands there.
std::string name_in(const std::string& host) {
  bool six = host.starts_with('[');
  auto end = six ? host.find(']') : std::min(host.find(':'), host.size());
  if (end == std::string::npos)
    return {};
  auto rest = host.substr(six ? end + 1 : end);
  if (!rest.empty()
      && (rest[0] != ':'
          || rest.find_first_not_of("0123456789", 1) != std::string::npos))
    return {};
  auto from = six ? 1U : 0U;
  return host.substr(from, end - from);
}

} // namespace

access_control::access_control(const std::string& address, std::string token)
  : token_{std::move(token)} {
  if (token_.empty() && !is_loopback(address))
    throw std::invalid_argument(
      "The address " + address
      + " can be reached from other machines; give a token file "
        "(--http-token-file), or listen on 127.0.0.1.");
}

bool access_control::allows(const std::string& authorization) const {
  if (token_.empty())
    return true;
  constexpr std::string_view scheme = "Bearer ";
  // A near miss takes as long as a far one.
  return authorization.size() == scheme.size() + token_.size()
         && ::strncasecmp(authorization.c_str(), scheme.data(), scheme.size())
              == 0
         && CRYPTO_memcmp(authorization.data() + scheme.size(), token_.data(),
                          token_.size())
              == 0;
}

bool access_control::serves(const std::string& host) const {
  return !token_.empty() || is_loopback(name_in(host));
}

bool access_control::trusts(const std::string& origin,
                            const std::string& site) const {
  if (!token_.empty())
    return true;
  if (!site.empty() && site != "same-origin" && site != "none")
    return false;
  auto at = origin.find("://");
  return origin.empty()
         || (at != std::string::npos
             && is_loopback(name_in(origin.substr(at + 3))));
}

} // namespace fairlead::http
