#include "connectors/http/client/request.hpp"

#include <httplib.h>

#include <chrono>
#include <stdexcept>

namespace fairlead::http {
namespace {

std::string without_slash(std::string url) {
  while (!url.empty() && url.back() == '/')
    url.pop_back();
  return url;
}

} // namespace

// httplib accepts an address without a scheme, too, and may then take the whole
// of it for the host.
std::unique_ptr<httplib::Client> client_for(const instance& other) {
  auto url = without_slash(other.url);
  if (!url.starts_with("http://") && !url.starts_with("https://"))
    throw std::invalid_argument("The address " + other.url
                                + " must look like http://127.0.0.1:8080.");
  auto c = std::make_unique<httplib::Client>(url);
  if (!c->is_valid())
    throw std::invalid_argument("The address " + other.url
                                + " must look like http://127.0.0.1:8080.");
  c->set_connection_timeout(std::chrono::seconds{5});
  c->set_read_timeout(std::chrono::seconds{35});
  c->set_keep_alive(true);
  c->set_tcp_nodelay(true);
  // httplib leaves the brackets of an IPv6 address out.
  c->set_default_headers({{"Host", url.substr(url.find("://") + 3)}});
  if (!other.token.empty())
    c->set_bearer_token_auth(other.token.c_str());
  return c;
}

std::string and_team(const instance& other) {
  return other.team.empty()
           ? std::string{}
           : "&team=" + httplib::detail::encode_query_param(other.team);
}

void throw_unreachable(const instance& other) {
  throw not_reachable("Nothing answers at " + other.url
                      + "; start `fairlead run` there, or give another "
                        "--url.");
}

} // namespace fairlead::http
