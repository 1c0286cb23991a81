#pragma once

#include "connectors/embedded/log.hpp"
#include "connectors/http/server.hpp"
#include "tests/embedded/support.hpp"
#include "tests/web/client.hpp"

#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace fairlead::test {

/// A server over a log in a folder of its own.
class service {
public:
  explicit service(http::settings s = {}, std::int64_t pages_max = 0)
    : settings_{std::move(s)} {
    settings_.port = 0;
    log_settings_.folder = dir_.log();
    log_settings_.pages_max = pages_max;
    start();
  }

  void restart() {
    server_.reset();
    log_.reset();
    start();
  }

  [[nodiscard]] std::uint16_t port() const { return server_->port(); }
  [[nodiscard]] embedded::log& log() { return *log_; }
  [[nodiscard]] const std::string& folder() const { return dir_.path(); }

  void not_ready(std::optional<std::string> why) {
    std::lock_guard lock{mutex_};
    why_ = std::move(why);
  }

private:
  void start() {
    log_ = std::make_unique<embedded::log>(log_settings_);
    http::parts parts;
    parts.sink = log_.get();
    parts.events = &json_decoder();
    parts.past = log_.get();
    parts.counts = &metrics_;
    parts.version_json = R"({"fairlead":"test"})";
    parts.not_ready = [this] {
      std::lock_guard lock{mutex_};
      return why_;
    };
    server_ = std::make_unique<http::server>(settings_, std::move(parts));
  }

  temp_folder dir_;
  http::settings settings_;
  embedded::settings log_settings_;
  metrics metrics_;
  std::mutex mutex_;
  std::optional<std::string> why_;
  std::unique_ptr<embedded::log> log_;
  std::unique_ptr<http::server> server_;
};

} // namespace fairlead::test
