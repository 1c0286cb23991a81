#include "connectors/metrics.hpp"
#include "connectors/process.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <string>

namespace fairlead {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

double value_of(const metrics& m, const std::string& name) {
  std::smatch found;
  auto text = m.text();
  return std::regex_search(text, found, std::regex{"\n" + name + " ([^\n]+)"})
           ? std::stod(found[1])
           : -1;
}

TEST(metrics, a_gauge_ends_alone) {
  metrics m;
  m.gauge("depth", "Deep.", {{"partition", "1"}}).set(3);
  m.gauge("depth", "Deep.", {{"partition", "2"}}).set(4);
  m.drop("depth", {{"partition", "1"}});
  m.drop("depth", {{"partition", "7"}});
  m.drop("width", {});
  EXPECT_THAT(m.text(), HasSubstr("depth{partition=\"2\"} 4"));
  EXPECT_THAT(m.text(), Not(HasSubstr("partition=\"1\"")));
  m.gauge("depth", "Deep.", {{"partition", "1"}}).set(5);
  EXPECT_THAT(m.text(), HasSubstr("depth{partition=\"1\"} 5"));
}

TEST(metrics, of_the_process) {
  metrics m;
  measure_process(m);
  auto cpu = value_of(m, "process_cpu_seconds_total");
  EXPECT_GE(cpu, 0);
  EXPECT_GT(value_of(m, "process_resident_memory_bytes"), 1e6);
  EXPECT_GE(value_of(m, "process_virtual_memory_bytes"),
            value_of(m, "process_resident_memory_bytes"));
  EXPECT_GE(value_of(m, "process_threads"), 1);
  EXPECT_GE(value_of(m, "process_open_fds"), 3);
  EXPECT_GE(value_of(m, "process_max_fds"), value_of(m, "process_open_fds"));
  // After 2020.
  EXPECT_GT(value_of(m, "process_start_time_seconds"), 1.5e9);
  measure_process(m);
  EXPECT_GE(value_of(m, "process_cpu_seconds_total"), cpu);
}

} // namespace
} // namespace fairlead
