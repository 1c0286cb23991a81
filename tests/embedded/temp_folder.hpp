#pragma once

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <system_error>

namespace fairlead::test {

/// A folder of its own that is deleted with the object.
class temp_folder {
public:
  temp_folder() {
    std::string name
      = (std::filesystem::temp_directory_path() / "fairlead-XXXXXX").string();
    if (!::mkdtemp(name.data()))
      throw std::runtime_error("no temporary folder");
    path_ = name;
  }
  ~temp_folder() {
    std::error_code ec;
    std::filesystem::remove_all(path_, ec);
  }
  temp_folder(const temp_folder&) = delete;
  temp_folder& operator=(const temp_folder&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string log() const { return path_ + "/log"; }

private:
  std::string path_;
};

} // namespace fairlead::test
