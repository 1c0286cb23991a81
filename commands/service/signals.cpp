#include "commands/service/signals.hpp"

#include "commands/exit_codes.hpp"
#include "connectors/log.hpp"

#include <pthread.h>

#include <condition_variable>
#include <csignal>
#include <cstdlib>
#include <ctime>
#include <mutex>
#include <thread>

namespace fairlead {
namespace {

// nohup ignores SIGHUP for its program, which must not hear it then.
bool hangs_up() {
  static const bool heard = [] {
    struct sigaction now {};
    return sigaction(SIGHUP, nullptr, &now) == 0 && now.sa_handler != SIG_IGN;
  }();
  return heard;
}

sigset_t stop_signal_set() {
  sigset_t s;
  sigemptyset(&s);
  sigaddset(&s, SIGINT);
  sigaddset(&s, SIGTERM);
  if (hangs_up())
    sigaddset(&s, SIGHUP);
  return s;
}

} // namespace

stop_signals::stop_signals() {
  auto s = stop_signal_set();
  pthread_sigmask(SIG_BLOCK, &s, nullptr);
  // A write tells that its reader has left.
  ::signal(SIGPIPE, SIG_IGN);
  // So does a write to a file that has come to its limit (ulimit -f).
  ::signal(SIGXFSZ, SIG_IGN);
}

bool stop_signals::came(std::chrono::milliseconds within) const {
  auto s = stop_signal_set();
  auto ms = within.count();
  timespec t{.tv_sec = ms / 1000, .tv_nsec = (ms % 1000) * 1'000'000};
  return sigtimedwait(&s, nullptr, &t) > 0;
}

struct stop_deadline::impl {
  std::mutex mutex;
  std::condition_variable changed;
  bool done = false;
  std::thread thread;
};

stop_deadline::stop_deadline(std::chrono::milliseconds limit)
  : impl_{new impl} {
  impl_->thread = std::thread{[i = impl_, limit] {
    std::unique_lock lock{i->mutex};
    if (i->changed.wait_for(lock, limit, [i] { return i->done; }))
      return;
    log_error("stopping takes too long; exiting at once, the next start "
              "recovers");
    std::_Exit(exit_code::failed);
  }};
}

stop_deadline::~stop_deadline() {
  {
    std::lock_guard guard{impl_->mutex};
    impl_->done = true;
  }
  impl_->changed.notify_all();
  impl_->thread.join();
  delete impl_;
}

} // namespace fairlead
