#pragma once

#include "board/queries.hpp"
#include "connectors/http/exchange.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace fairlead {

class watched_question;

/// Questions that streams watch. However many watch the same one, it is asked
/// once for all of them: when something has changed, four times a second at
/// most, and every two seconds in any case. Any thread.
class live_views {
public:
  /// Throws nothing: what there is to say of a refusal, it says itself.
  using question = std::function<board::json()>;

  /// A stream of the whole answer, whenever it is another one. `name`: two
  /// questions of one name have one answer. `changes`: how often that which
  /// is asked about has changed.
  [[nodiscard]] std::unique_ptr<http::stream_source>
  open(const std::string& name, std::function<std::uint64_t()> changes,
       question ask);

private:
  std::mutex mutex_;
  std::map<std::string, std::weak_ptr<watched_question>> watched_;
};

} // namespace fairlead
