#include "commands/exit_codes.hpp"

#include "connectors/http/client/client.hpp"
#include "connectors/kafka/settings.hpp"
#include "messages/text/visible.hpp"

#include <ostream>
#include <sstream>

namespace fairlead {

std::string lines_of(const std::vector<std::string>& sentences) {
  std::string out;
  for (const auto& s : sentences)
    out += (out.empty() ? "" : "\n") + s;
  return out;
}

int run_command(const std::function<int()>& command, std::ostream& err) {
  auto say = [&err](const std::exception& e) {
    std::istringstream lines{e.what()};
    for (std::string line; std::getline(lines, line);)
      err << "fairlead: " << visible(line) << '\n';
  };
  try {
    return command();
  } catch (const wrong_use& e) {
    say(e);
    return exit_code::wrong_use;
  } catch (const kafka::settings_error& e) {
    say(e);
    return exit_code::wrong_use;
  } catch (const kafka::not_reachable& e) {
    say(e);
    return exit_code::not_reachable;
  } catch (const http::not_reachable& e) {
    say(e);
    return exit_code::not_reachable;
  } catch (const std::invalid_argument& e) {
    say(e);
    return exit_code::wrong_use;
  } catch (const std::exception& e) {
    say(e);
    return exit_code::failed;
  }
}

} // namespace fairlead
