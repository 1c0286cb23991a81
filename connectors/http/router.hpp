#pragma once

#include "connectors/http/exchange.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::http {

/// The target of a request line, split and decoded. `path` stays as it came,
/// since a step may hold an escaped slash.
struct target {
  std::string path;
  text_pairs query;
  std::string authority; /// of the absolute form; empty: none
  bool valid = true;     /// false: a percent sign without two digits
};
[[nodiscard]] target target_of(std::string_view text);

/// The routes of a server. Threads: any, once they are all there.
class router {
public:
  /// Throws std::invalid_argument if two routes would answer the same.
  explicit router(std::vector<route> routes);

  /// What answers a path.
  struct match {
    const route* is = nullptr; /// null: no such path, or not that method
    text_pairs places;
    std::string allow;  /// methods that the path takes; empty: no such path
    std::string nearby; /// a path that may have been meant; or empty
    guard of = guard::token; /// the weakest guard of the path's routes
  };
  [[nodiscard]] match find(const std::string& method,
                           const std::string& path) const;

  /// The parameters of a query that the route does not know, as one sentence;
  /// empty if it knows all.
  [[nodiscard]] static std::string unknown(const route& r,
                                           const text_pairs& query);

  /// Paths for a program that looks around; not the files of pages.
  [[nodiscard]] std::string listed() const;

private:
  struct entry {
    route r;
    std::vector<std::string> steps;
  };
  // Literal steps before names.
  std::vector<entry> entries_;
};

} // namespace fairlead::http
