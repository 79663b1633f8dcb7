// `skerry doctor`: what this machine lacks to run skerry well, and the command that mends each.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace skerry::server {

struct DoctorOptions {
  std::string data = ".skerry";  // whose speed of writing is measured; made if it is not there
  std::string host = "127.0.0.1";
  uint16_t port = 8787;
  std::string geo_db;  // empty: the default
  bool json = false;
};

struct Finding {
  enum class Level : uint8_t { info, ok, warning, missing } level;
  std::string name;  // "open files"
  std::string text;  // what was found, and what it means
  std::string fix;   // a command, or what to do; empty where nothing is to be done
};

// What can be judged from a number alone; each is a finding of its own. Pure, for tests.
Finding judge_open_files(uint64_t soft, uint64_t hard);
Finding judge_mappings(uint64_t max_map_count, uint64_t in_use);
Finding judge_v8_age(int64_t now_unix_s);
Finding judge_write_speed(const std::string& folder, double median_ms, bool in_memory);

std::vector<Finding> examine(const DoctorOptions& options);
// Prints the findings; 1 when something is missing, else 0.
int run_doctor(const DoctorOptions& options);

}  // namespace skerry::server
