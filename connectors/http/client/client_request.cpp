#include "connectors/http/client/client_request.hpp"

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

// httplib takes a host without a scheme for one with a path in it.
std::unique_ptr<httplib::Client> client_for(const http_place& at) {
  auto url = without_slash(at.url);
  if (!url.starts_with("http://") && !url.starts_with("https://"))
    throw std::invalid_argument("The address " + at.url
                                + " must look like http://127.0.0.1:8080.");
  auto c = std::make_unique<httplib::Client>(url);
  if (!c->is_valid())
    throw std::invalid_argument("The address " + at.url
                                + " must look like http://127.0.0.1:8080.");
  c->set_connection_timeout(std::chrono::seconds{5});
  c->set_read_timeout(std::chrono::seconds{35});
  c->set_keep_alive(true);
  c->set_tcp_nodelay(true);
  // httplib leaves the brackets of an IPv6 address out.
  c->set_default_headers({{"Host", url.substr(url.find("://") + 3)}});
  if (!at.token.empty())
    c->set_bearer_token_auth(at.token.c_str());
  return c;
}

std::string and_team(const http_place& at) {
  return at.team.empty()
           ? std::string{}
           : "&team=" + httplib::detail::encode_query_param(at.team);
}

void throw_unreachable(const http_place& at) {
  throw http_not_reachable("Nobody answers at " + at.url
                           + "; start `fairlead run` there, or give another "
                             "--url.");
}

} // namespace fairlead::http
