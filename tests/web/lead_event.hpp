#pragma once

#include <string>

namespace fairlead::test {

/// An event that the contract accepts.
inline std::string lead(const std::string& id,
                        const std::string& team = "acme") {
  return R"({"specversion":"1.0","id":")" + id
         + R"(","source":"/test","type":"lead.received","partitionkey":")"
         + team + R"(","data":{"lead_id":")" + id + R"("}})";
}

} // namespace fairlead::test
