#include "commands/command_line/help_format.hpp"

#include <CLI/CLI.hpp>

#include <cstddef>
#include <memory>
#include <sstream>
#include <string>
#include <utility>

namespace fairlead {
namespace {

constexpr std::size_t columns = 80;
constexpr std::size_t description_column = 30;

/// The text with line breaks, so that it fits beside the option's name.
std::string wrapped(const std::string& text) {
  std::string out;
  std::size_t used = 0;
  std::istringstream words{text};
  for (std::string word; words >> word; used += word.size()) {
    if (used > 0) {
      auto fits = used + 1 + word.size() <= columns - description_column;
      out += fits ? ' ' : '\n';
      used = fits ? used + 1 : 0;
    }
    out += word;
  }
  return out;
}

class formatter final : public CLI::Formatter {
public:
  std::string make_help(const CLI::App* app, std::string name,
                        CLI::AppFormatMode mode) const override {
    auto text = Formatter::make_help(app, std::move(name), mode);
    if (auto usage = text.find("Usage:"); usage != std::string::npos)
      text.insert(usage, "\n");
    for (auto i = text.find("\n\n\n"); i != std::string::npos;
         i = text.find("\n\n\n", i))
      text.erase(i, 1);
    if (text.ends_with("\n\n"))
      text.pop_back();
    return text;
  }
  std::string make_subcommand(const CLI::App* app) const override {
    std::ostringstream out;
    CLI::detail::format_help(out, app->get_name(),
                             wrapped(app->get_description()),
                             description_column);
    return out.str();
  }
  std::string make_option_desc(const CLI::Option* option) const override {
    return wrapped(option->get_description());
  }
  // The name of a positional argument says what it is.
  std::string make_option_opts(const CLI::Option* option) const override {
    if (!option->get_positional())
      return Formatter::make_option_opts(option);
    return option->get_expected_max() > 1 ? "..." : "";
  }
};

} // namespace

void format_help(CLI::App& app) {
  auto f = std::make_shared<formatter>();
  f->column_width(description_column);
  f->label("Positionals", "Arguments");
  f->label("SUBCOMMAND", "COMMAND");
  app.formatter(f);
  app.set_help_flag("-h,--help", "Print this help and exit");
}

} // namespace fairlead
