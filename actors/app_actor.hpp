#pragma once

#include <caf/event_based_actor.hpp>

namespace fairlead {

/// The base of all our actors. The library is not instrumented for TSan, so
/// there it has to be told when one thread hands an actor to another.
#if defined(__SANITIZE_THREAD__)
extern "C" void __tsan_acquire(void*);
extern "C" void __tsan_release(void*);
class app_actor : public caf::event_based_actor {
  using super = caf::event_based_actor;
  struct scope {
    void* p;
    explicit scope(void* x) : p(x) { __tsan_acquire(p); }
    ~scope() { __tsan_release(p); }
  };

public:
  using super::super;
  ~app_actor() override { __tsan_acquire(this); }
  void launch(caf::execution_unit* eu, bool lazy, bool hide) override {
    __tsan_release(this);
    super::launch(eu, lazy, hide);
  }
  void enqueue(caf::mailbox_element_ptr x, caf::execution_unit* eu) override {
    __tsan_release(this);
    super::enqueue(std::move(x), eu);
  }
  caf::invoke_message_result consume(caf::mailbox_element& x) override {
    scope s{this};
    return super::consume(x);
  }
  bool cleanup(caf::error&& e, caf::execution_unit* eu) override {
    scope s{this};
    return super::cleanup(std::move(e), eu);
  }
  void initialize() override {
    scope s{this};
    super::initialize();
  }
};
#else
using app_actor = caf::event_based_actor;
#endif

} // namespace fairlead
