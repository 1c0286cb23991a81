#include "connectors/http/transport.hpp"
#include "connectors/http/workers.hpp"
#include "tests/web/client.hpp"

#include <gtest/gtest.h>
#include <pthread.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <thread>

namespace fairlead::http {
namespace {

using namespace std::chrono_literals;
using test::client;

const std::string question = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

transport_calls answering(std::function<response()> fill) {
  static const route everything{"GET", "/", {}, {}, guard::token};
  return {.admit = [](request&) { return admitted{.to = &everything}; },
          .answer
          = [fill = std::move(fill)](const route&, request&) { return fill(); },
          .fault =
            [](int status, const std::string& why) {
              response a;
              a.status = status;
              a.body = why;
              return a;
            },
          .done = [](const request&, const route*, int) {}};
}

response empty() {
  return {};
}

transport_settings here() {
  transport_settings s;
  s.address = "127.0.0.1";
  return s;
}

std::chrono::microseconds time_on_cpu() {
  rusage r{};
  ::getrusage(RUSAGE_SELF, &r);
  auto of = [](const timeval& t) {
    return std::chrono::seconds{t.tv_sec}
           + std::chrono::microseconds{t.tv_usec};
  };
  return of(r.ru_utime) + of(r.ru_stime);
}

// Goal: a client that breaks off costs nothing while a worker has its request.
// Method: the I/O thread is held until the request is there, so that it never
// waits for it; then the socket is reset and the process should sleep.
TEST(HttpTransport, AClientThatBreaksOffCostsNoTime) {
  std::promise<void> held, go, working, end;
  auto calls = answering([&] {
    working.set_value();
    end.get_future().wait();
    return empty();
  });
  calls.fault = [&](int, const std::string&) {
    held.set_value();
    go.get_future().wait();
    return empty();
  };
  transport t{here(), calls};
  client nonsense{t.port()};
  nonsense.say("GET / HTTP/1.1\r\nno colon\r\n\r\n");
  held.get_future().wait();
  auto c = std::make_unique<client>(t.port());
  c->say(question);
  go.set_value();
  working.get_future().wait();
  c->reset_when_closed();
  c.reset();
  auto before = time_on_cpu();
  std::this_thread::sleep_for(1s);
  EXPECT_LT(time_on_cpu() - before, 100ms);
  end.set_value();
}

// The time for an answer grows with it.
TEST(HttpTransport, ASlowClientIsWaitedForAsLongAsItTakesSome) {
  constexpr std::size_t bytes = 64 * 1024 * 1024;
  auto settings = here();
  settings.write_timeout = 1s;
  transport t{settings, answering([] {
                response a;
                a.body = std::string(bytes, 'x');
                return a;
              })};
  client c{t.port()};
  c.say(question);
  ASSERT_TRUE(c.hear("\r\n\r\n"));
  c.heard.erase(0, c.heard.find("\r\n\r\n") + 4);
  while (c.heard.size() < bytes) {
    auto next = std::min(bytes, c.heard.size() + 1024 * 1024);
    ASSERT_TRUE(c.hear_bytes(next)) << c.heard.size();
    std::this_thread::sleep_for(50ms);
  }
}

TEST(HttpTransport, TheRestOfARequestHasTheTimeOfARequest) {
  auto settings = here();
  settings.request_timeout = 300ms;
  transport t{settings, answering(empty)};
  client c{t.port()};
  c.say(question + "GET / HT");
  EXPECT_EQ(test::answer_to(c).status, 200);
  EXPECT_TRUE(c.closed(10s));
}

// But not for ever: a byte a second would hold a place for months.
TEST(HttpTransport, AnAnswerHasADeadline) {
  auto settings = here();
  settings.write_timeout = 300ms;
  transport t{settings, answering([] {
                response a;
                a.body = std::string(16 * 1024, 'x');
                return a;
              })};
  client c{t.port()};
  std::string many;
  for (int i = 0; i < 2'000; ++i)
    many += question;
  c.say(many);
  auto until = std::chrono::steady_clock::now() + 20s;
  while (t.seen().timed_out == 0 && std::chrono::steady_clock::now() < until)
    std::this_thread::sleep_for(20ms);
  EXPECT_EQ(t.seen().timed_out, 1U);
  EXPECT_EQ(t.seen().open, 0U);
}

TEST(HttpWorkers, WithoutAnotherThreadTheJobsWait) {
  workers w{4};
  std::promise<void> begun, end;
  std::atomic<int> done = 0;
  w.add([&] {
    begun.set_value();
    end.get_future().wait();
    ++done;
  });
  begun.get_future().wait();
  // The machine has no room for a stack like that.
  pthread_attr_t usual{}, huge{};
  ASSERT_EQ(::pthread_getattr_default_np(&usual), 0);
  ASSERT_EQ(::pthread_attr_init(&huge), 0);
  ASSERT_EQ(::pthread_attr_setstacksize(&huge, std::size_t{1} << 47), 0);
  ASSERT_EQ(::pthread_setattr_default_np(&huge), 0);
  EXPECT_NO_THROW(w.add([&] { ++done; }));
  ::pthread_setattr_default_np(&usual);
  end.set_value();
  w.stop();
  EXPECT_EQ(done, 2);
}

} // namespace
} // namespace fairlead::http
