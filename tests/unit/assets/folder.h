// A temporary folder with files, for the tests of this folder.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>

#include <stdlib.h>

class Folder {
 public:
  Folder() {
    char name[] = "/tmp/skerry-assets-XXXXXX";
    path_ = mkdtemp(name);
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  const std::string& path() const { return path_; }
  void write(const std::string& name, const std::string& content) const {
    std::error_code ignored;
    std::filesystem::create_directories(std::filesystem::path(path_ + "/" + name).parent_path(),
                                        ignored);
    std::ofstream(path_ + "/" + name, std::ios::binary) << content;
  }
  void link(const std::string& target, const std::string& name) const {
    std::error_code ignored;
    std::filesystem::create_symlink(target, path_ + "/" + name, ignored);
  }

 private:
  std::string path_;
};
