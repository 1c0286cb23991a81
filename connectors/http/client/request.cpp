#include "connectors/http/client/request.hpp"

#include <curl/curl.h>

#include <array>
#include <cstddef>
#include <stdexcept>

namespace fairlead::http {
namespace {

constexpr long connect_timeout_s = 5;
constexpr long answer_timeout_s = 35;
// A stream has a comment every 10 s.
constexpr long silence_max_s = 45;
constexpr int poll_ms = 1'000;
constexpr std::size_t body_bytes_max = 64 * 1024 * 1024;
constexpr std::size_t head_bytes_max = 64 * 1024;

struct easy_deleter {
  void operator()(CURL* c) const { ::curl_easy_cleanup(c); }
};
struct multi_deleter {
  void operator()(CURLM* m) const { ::curl_multi_cleanup(m); }
};
struct list_deleter {
  void operator()(curl_slist* l) const { ::curl_slist_free_all(l); }
};
struct url_deleter {
  void operator()(CURLU* u) const { ::curl_url_cleanup(u); }
};
struct text_deleter {
  void operator()(char* t) const { ::curl_free(t); }
};
using text = std::unique_ptr<char, text_deleter>;

void init_once() {
  static const CURLcode done = ::curl_global_init(CURL_GLOBAL_DEFAULT);
  if (done != CURLE_OK)
    throw std::runtime_error(::curl_easy_strerror(done));
}

std::string without_slash(std::string url) {
  while (!url.empty() && url.back() == '/')
    url.pop_back();
  return url;
}

// The host of an address; empty if it is not one of ours.
std::string host_of(const std::string& url) {
  if (!url.starts_with("http://") && !url.starts_with("https://"))
    return {};
  std::unique_ptr<CURLU, url_deleter> u{::curl_url()};
  if (!u || ::curl_url_set(u.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK)
    return {};
  char* host = nullptr;
  if (::curl_url_get(u.get(), CURLUPART_HOST, &host, 0) != CURLUE_OK)
    return {};
  return text{host}.get();
}

bool is_this_machine(const std::string& host) {
  return host == "localhost" || host == "[::1]" || host.starts_with("127.");
}

} // namespace

struct requests::impl {
  explicit impl(const instance& other) : url{without_slash(other.url)} {
    auto host = host_of(url);
    if (host.empty())
      throw std::invalid_argument("The address " + other.url
                                  + " must look like http://127.0.0.1:8080.");
    if (auto path = url.find("/v1"); path != std::string::npos)
      throw std::invalid_argument("The address " + other.url
                                  + " must be that of the service alone: "
                                  + url.substr(0, path) + '.');
    init_once();
    easy.reset(::curl_easy_init());
    multi.reset(::curl_multi_init());
    if (!easy || !multi)
      throw std::runtime_error("libcurl has no memory.");
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    set(CURLOPT_CONNECTTIMEOUT, connect_timeout_s);
    set(CURLOPT_TCP_NODELAY, 1L);
    set(CURLOPT_USERAGENT, "fairlead");
    set(CURLOPT_ERRORBUFFER, said.data());
    set(CURLOPT_WRITEFUNCTION, &impl::take_body);
    set(CURLOPT_WRITEDATA, this);
    set(CURLOPT_HEADERFUNCTION, &impl::take_head);
    set(CURLOPT_HEADERDATA, this);
    if (is_this_machine(host))
      set(CURLOPT_PROXY, "");
    if (!other.token.empty())
      authorization = "Authorization: Bearer " + other.token;
  }

  template <class T>
  void set(CURLoption option, T value) {
    ::curl_easy_setopt(easy.get(), option, value);
  }

  // Headers of ours, and libcurl's own `Expect` not, which would only wait.
  void prepare(const std::string& path, const std::string& more) {
    curl_slist* list = ::curl_slist_append(nullptr, "Expect:");
    if (!authorization.empty())
      list = ::curl_slist_append(list, authorization.c_str());
    if (!more.empty())
      list = ::curl_slist_append(list, more.c_str());
    headers.reset(list);
    set(CURLOPT_HTTPHEADER, headers.get());
    set(CURLOPT_URL, (url + path).c_str());
    head_bytes = 0;
    body.clear();
    said[0] = '\0';
  }

  std::optional<reply> perform() {
    set(CURLOPT_TIMEOUT, answer_timeout_s);
    set(CURLOPT_LOW_SPEED_LIMIT, 0L);
    part = nullptr;
    auto done = ::curl_easy_perform(easy.get());
    if (done != CURLE_OK) {
      explain(done);
      return std::nullopt;
    }
    return reply{status(), std::move(body)};
  }

  int status() {
    long n = 0;
    ::curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &n);
    return static_cast<int>(n);
  }

  void explain(CURLcode code) {
    why = said[0] != '\0' ? said.data() : ::curl_easy_strerror(code);
  }

  static std::size_t take_body(char* data, std::size_t, std::size_t n,
                               void* self) {
    auto* me = static_cast<impl*>(self);
    if (me->part)
      return (*me->part)(me->status(), {data, n}) ? n : 0;
    if (me->body.size() + n > body_bytes_max)
      return 0;
    me->body.append(data, n);
    return n;
  }

  static std::size_t take_head(char* data, std::size_t, std::size_t n,
                               void* self) {
    auto* me = static_cast<impl*>(self);
    me->head_bytes += n;
    if (me->head_bytes > head_bytes_max)
      return 0;
    // The empty line: the answer has begun.
    if (me->part && std::string_view{data, n} == "\r\n"
        && !(*me->part)(me->status(), {}))
      return 0;
    return n;
  }

  const std::string url;
  std::unique_ptr<CURL, easy_deleter> easy;
  std::unique_ptr<CURLM, multi_deleter> multi;
  std::unique_ptr<curl_slist, list_deleter> headers;
  std::string authorization;
  std::array<char, CURL_ERROR_SIZE> said{};
  std::string body;
  std::size_t head_bytes = 0;
  const std::function<bool(int, std::string_view)>* part = nullptr;
  std::string why;
  std::atomic<bool> stopped{false};
};

requests::requests(const instance& other)
  : impl_{std::make_unique<impl>(other)} {
}

requests::~requests() = default;

std::optional<reply> requests::get(const std::string& path) {
  impl_->prepare(path, {});
  impl_->set(CURLOPT_HTTPGET, 1L);
  return impl_->perform();
}

std::optional<reply> requests::post(const std::string& path,
                                    const std::string& body, const char* type) {
  impl_->prepare(path, std::string{"Content-Type: "} + type);
  impl_->set(CURLOPT_POST, 1L);
  impl_->set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
  impl_->set(CURLOPT_POSTFIELDS, body.data());
  return impl_->perform();
}

int requests::follow(const std::string& path, const std::string& last_event_id,
                     const std::function<bool(int, std::string_view)>& part) {
  auto& i = *impl_;
  i.prepare(path, last_event_id.empty() ? std::string{}
                                        : "Last-Event-ID: " + last_event_id);
  i.set(CURLOPT_HTTPGET, 1L);
  i.set(CURLOPT_TIMEOUT, 0L);
  i.set(CURLOPT_LOW_SPEED_LIMIT, 1L);
  i.set(CURLOPT_LOW_SPEED_TIME, silence_max_s);
  i.part = &part;
  ::curl_multi_add_handle(i.multi.get(), i.easy.get());
  int running = 1;
  while (running > 0 && !i.stopped
         && ::curl_multi_perform(i.multi.get(), &running) == CURLM_OK
         && running > 0)
    ::curl_multi_poll(i.multi.get(), nullptr, 0, poll_ms, nullptr);
  int left = 0;
  CURLcode done = CURLE_OK;
  while (const auto* m = ::curl_multi_info_read(i.multi.get(), &left))
    if (m->msg == CURLMSG_DONE)
      done = m->data.result;
  auto status = i.status();
  ::curl_multi_remove_handle(i.multi.get(), i.easy.get());
  i.part = nullptr;
  if (done != CURLE_OK)
    i.explain(done);
  return status;
}

void requests::stop() {
  impl_->stopped = true;
  ::curl_multi_wakeup(impl_->multi.get());
}

const std::string& requests::why() const {
  return impl_->why;
}

std::string and_team(const instance& other) {
  if (other.team.empty())
    return {};
  text escaped{::curl_easy_escape(nullptr, other.team.data(),
                                  static_cast<int>(other.team.size()))};
  return std::string{"&team="} + escaped.get();
}

void throw_unreachable(const instance& other, const std::string& why) {
  throw not_reachable("Nothing answers at " + other.url
                      + (why.empty() ? "" : " (" + why + ")")
                      + "; start `fairlead run` there, or give another "
                        "--url.");
}

} // namespace fairlead::http
