#include "commands/exit_codes.hpp"

#include "connectors/http/client.hpp"
#include "connectors/kafka/kafka_settings.hpp"

#include <ostream>

namespace fairlead {

int run_command(const std::function<int()>& command, std::ostream& err) {
  auto say = [&err](const std::exception& e) {
    err << "fairlead: " << e.what() << '\n';
  };
  try {
    return command();
  } catch (const wrong_use& e) {
    say(e);
    return exit_code::wrong_use;
  } catch (const kafka_settings_error& e) {
    say(e);
    return exit_code::wrong_use;
  } catch (const kafka_not_reachable& e) {
    say(e);
    return exit_code::not_reachable;
  } catch (const http_not_reachable& e) {
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
