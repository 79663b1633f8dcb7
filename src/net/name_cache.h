// Host names to addresses, remembered for a while and asked for once at a time. Private to net; one
// loop thread. The system's resolver tells no times to live, so they are bounded ones of our own.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/error.h"
#include "loop/address.h"
#include "loop/dns.h"
#include "loop/loop.h"

namespace skerry::net {

class NameCache {
 public:
  using Addresses = std::vector<loop::SocketAddress>;  // with port 0
  using Done = std::move_only_function<void(const Result<Addresses>&)>;

  explicit NameCache(loop::Loop& loop) : loop_(loop) {}

  // Somebody who waits for an answer; destroying it gives up.
  class Waiter {
   public:
    Waiter(NameCache& cache, std::string host, Done done);
    ~Waiter();
    Waiter(const Waiter&) = delete;
    Waiter& operator=(const Waiter&) = delete;

   private:
    friend class NameCache;
    NameCache* cache_;  // null once it was answered
    std::string host_;
    Done done_;
  };

  // What is known of the name and fresh, good or bad; null else. Valid until the loop goes on.
  const Result<Addresses>* find(const std::string& host);
  // Asks the resolver, or joins those who have. `done` is called once, later; the waiter may be
  // destroyed in it.
  std::unique_ptr<Waiter> look_up(const std::string& host, Done done);
  // No address of it answered: it may have moved.
  void forget(const std::string& host);

 private:
  struct Entry {
    std::optional<Result<Addresses>> answer;
    uint64_t expires_ms = 0;
    std::unique_ptr<loop::DnsLookup> lookup;
    std::list<Waiter*> waiters;
  };
  void answered(const std::string& host, Result<Addresses> answer);
  void make_room();

  loop::Loop& loop_;
  std::unordered_map<std::string, Entry> entries_;
  std::list<Waiter*> telling_;  // of the answer that is being told
};

// The families in turns, beginning with that of the first address, so that a dead one costs one
// attempt. https://www.rfc-editor.org/rfc/rfc8305#section-4
NameCache::Addresses interleave_families(const NameCache::Addresses& addresses);

}  // namespace skerry::net
