// What goes wrong and how often: the rates of a world, drawn from its seed, and
// what strikes at each boundary of its run.

#include "tests/simulation/instances.hpp"

#include <array>

namespace fairlead::test {

world_options world_options::of(std::uint64_t seed) {
  dice d{seed * 2 + 1};
  auto level = [&d](int low, int high) {
    return d.chance(350) ? 0 : d.chance(700) ? low : high;
  };
  world_options o;
  o.seed = seed;
  o.partitions = static_cast<std::int32_t>(d.between(1, 3));
  o.instances = static_cast<std::size_t>(d.between(1, 3));
  o.actors = d.chance(150);
  o.sky = {.crash = level(1, 10),
           .abort = level(1, 20),
           .fence = level(1, 10),
           .unknown = level(2, 20),
           .interleave = level(2, 20),
           .rebalance = level(4, 30),
           .deaf = d.pick({0, 200, 600}),
           .outage = level(1, 6),
           .jump = level(1, 3),
           .stranger = level(3, 20),
           .duplicate = level(30, 150),
           .late = level(50, 300),
           .misrouted = level(30, 150),
           .garbled = level(20, 80),
           .poison = level(3, 10)};
  return o;
}

blow world::draw(std::optional<memory::log_call> c) {
  if (one_batch_)
    return !calm_ && ++boundaries_ == blow_at_ ? how_ : blow::none;
  if (calm_)
    return blow::none;
  const auto& s = options_.sky;
  if (dice_.chance(s.crash))
    return blow::crash;
  if (depth_ < 2 && dice_.chance(s.rebalance / 4))
    return blow::rebalance;
  if (!c)
    return blow::none;
  // Once a call, not once a record, for the calls that are made often.
  int often = *c == memory::log_call::produce ? 5 : 1;
  if (dice_.chance(s.abort / often))
    return blow::abort;
  if (dice_.chance(s.fence / often))
    return blow::fence;
  if (*c == memory::log_call::commit && dice_.chance(s.unknown * 4))
    return dice_.chance(500) ? blow::unknown_done : blow::unknown_lost;
  return blow::none;
}

memory::log_fault world::at_boundary(worker& w,
                                     std::optional<memory::log_call> c) {
  static constexpr std::array names{"init",   "restore",      "offsets",
                                    "poll",   "produce",      "send_offsets",
                                    "commit", "after commit", "abort"};
  auto what = draw(c);
  if (what != blow::none)
    note([&] {
      static constexpr std::array blows{"",
                                        "crash",
                                        "abort",
                                        "fence",
                                        "no answer (done)",
                                        "no answer (lost)",
                                        "rebalance"};
      return std::string{blows[static_cast<std::size_t>(what)]} + " at "
             + (c ? names[static_cast<std::size_t>(*c)] : "a step")
             + " of partition " + std::to_string(w.part.config().number)
             + " on instance " + std::to_string(w.owner.number);
    });
  if (!calm_ && depth_ == 1 && dice_.chance(options_.sky.interleave))
    some_turn(&w.owner);
  switch (what) {
    case blow::none:
      return memory::log_fault::none;
    case blow::crash:
      throw crash{};
    case blow::abort:
      ++figures_.aborts;
      return memory::log_fault::abort;
    case blow::fence:
      ++figures_.fences;
      return memory::log_fault::fence;
    case blow::unknown_done:
      ++figures_.unknowns;
      return memory::log_fault::unknown_done;
    case blow::unknown_lost:
      ++figures_.unknowns;
      return memory::log_fault::unknown_lost;
    case blow::rebalance:
      rebalance();
      return memory::log_fault::none;
  }
  return memory::log_fault::none;
}

} // namespace fairlead::test
