// `skerry dev` and `skerry serve`, with their options as plain values. Each returns the exit code
// of the process.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace skerry::server {

struct LogChoice {
  std::string level = "debug";  // or "info", "warn", "error"
  bool json = false;
};

struct DevOptions {
  std::string path = ".";
  // --config; empty: found in the path. The first worker answers requests, the others are reached
  // through service bindings, and by host <name>.localhost.
  std::vector<std::string> configs;
  std::string host = "127.0.0.1";
  std::optional<uint16_t> port;  // empty: 8787, or the next that is free
  std::string geo;               // "DE/Berlin"
  std::string geo_db;            // empty: the default
  std::string environment;
  int inspect = -1;              // port of the inspector; -1: none
  bool inspect_default = false;  // no port was named: the next free one will do
  LogChoice log;
  std::string persist_to;               // empty: .skerry in the project
  std::string local_protocol = "http";  // or "https"
  std::vector<std::string> ca;          // PEM files
};
int run_dev(const DevOptions& options);

struct ServeOptions {
  std::string workers;
  std::vector<std::string> listen;
  std::string data = "/var/lib/skerry";
  std::string geo_db;
  std::string colo = "LOCAL";
  std::vector<std::string> trusted_proxies;
  bool allow_private_origins = false;
  std::vector<std::string> allow_origins;  // CIDR blocks
  LogChoice log;
  uint32_t max_body_mb = 100;  // of a request
  std::vector<std::string> listen_tls;
  std::vector<std::string> tls_cert;  // PEM files, each with the key at its place in tls_key
  std::vector<std::string> tls_key;
  std::vector<std::string> ca;  // PEM files
};
int run_serve(const ServeOptions& options);

// The geo database that is named, else the one beside the binary; empty where there is none.
std::string default_geo_path(const std::string& named);

}  // namespace skerry::server
