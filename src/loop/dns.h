// Host names to addresses, with the system's resolver on libuv's threads.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "loop/address.h"
#include "loop/loop.h"

namespace skerry::loop {

// One look-up. Destroying it gives up silently.
class DnsLookup {
 public:
  using Done = std::move_only_function<void(Result<std::vector<SocketAddress>>)>;
  // `done` is called once on the loop's thread, never from inside this call, with at least one
  // address, in the resolver's order of preference. `host` may be a literal address, without
  // brackets.
  static std::unique_ptr<DnsLookup> start(Loop& loop, const std::string& host, uint16_t port,
                                          Done done);
  ~DnsLookup();
  DnsLookup(const DnsLookup&) = delete;
  DnsLookup& operator=(const DnsLookup&) = delete;
  struct Box;

 private:
  explicit DnsLookup(Box* box) : box_(box) {}
  Box* box_;
};

}  // namespace skerry::loop
