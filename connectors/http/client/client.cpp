#include "connectors/http/client/client.hpp"

#include "connectors/http/client/read_records.hpp"
#include "connectors/http/client/request.hpp"

#include <utility>

namespace fairlead::http {
namespace {

class sink final : public event_sink {
public:
  explicit sink(instance other)
    : instance_{std::move(other)}, requests_{instance_} {}

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
      throw_unreachable(instance_, requests_.why());
    if (answer->status == 202)
      return verdict::durable;
    why = detail_of(answer->status, answer->body);
    return answer->status == 429 || answer->status == 503 ? verdict::busy
                                                          : verdict::failed;
  }

private:
  std::optional<reply> post(const std::string& body) {
    return requests_.post("/v1/events", body,
                          "application/cloudevents-batch+json");
  }

  instance instance_;
  requests requests_;
};

} // namespace

std::unique_ptr<event_sink> open_sink(const instance& other) {
  return std::make_unique<sink>(other);
}

std::optional<reply> get(const instance& other, const std::string& path) {
  return requests{other}.get(path);
}

} // namespace fairlead::http
