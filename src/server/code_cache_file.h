// The compiled code of one worker's modules in one file, with our own header: V8 trusts what it is
// given, so nothing reaches it that we have not checked byte for byte. A file of another version,
// or a damaged one, is ignored and replaced.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "js/modules.h"
#include "observe/log.h"

namespace skerry::server {

class CodeCacheFile final : public js::CodeCache {
 public:
  // Reads the file if it is there. `log` outlives this.
  CodeCacheFile(std::string path, observe::Log& log);

  std::span<const uint8_t> find(std::string_view path, std::string_view source) override;
  void keep(std::string_view path, std::string_view source, std::span<const uint8_t> data) override;
  void drop(std::string_view path) override;
  // Writes what is new; a failure is logged once and costs nothing but speed.
  void save();

 private:
  struct Entry {
    std::string source_hash;
    std::vector<uint8_t> data;
  };
  bool parse(std::string_view content);
  std::string path_;
  observe::Log& log_;
  std::map<std::string, Entry, std::less<>> entries_;
  bool changed_ = false;
  bool failed_ = false;
};

}  // namespace skerry::server
