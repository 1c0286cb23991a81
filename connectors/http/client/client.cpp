#include "connectors/http/client/client.hpp"

#include "connectors/http/client/client_request.hpp"
#include "connectors/http/client/read_records.hpp"

#include <httplib.h>

#include <utility>

namespace fairlead {

using namespace http;

namespace {

class sink final : public event_sink {
public:
  explicit sink(http_place at) : at_{std::move(at)}, client_{client_for(at_)} {}

  verdict append(std::vector<new_record> records, std::string& why) override {
    std::string body = "[";
    for (const auto& r : records) {
      if (body.size() > 1)
        body += ',';
      body += r.value.value_or("null");
    }
    body += ']';
    // The server may have closed a connection that was silent.
    auto answer = post(body);
    if (!answer)
      answer = post(body);
    if (!answer)
      throw_unreachable(at_);
    if (answer->status == 202)
      return verdict::durable;
    why = detail_of(answer->status, answer->body);
    return answer->status == 429 || answer->status == 503 ? verdict::busy
                                                          : verdict::failed;
  }

private:
  httplib::Result post(const std::string& body) {
    return client_->Post("/v1/events", body,
                         "application/cloudevents-batch+json");
  }

  http_place at_;
  std::unique_ptr<httplib::Client> client_;
};

} // namespace

std::unique_ptr<event_sink> http_sink(const http_place& at) {
  return std::make_unique<sink>(at);
}

std::optional<http_answer> http_get(const http_place& at,
                                    const std::string& path) {
  auto answer = client_for(at)->Get(path);
  if (!answer)
    return std::nullopt;
  return http_answer{answer->status, answer->body};
}

} // namespace fairlead
