// A listening socket on a loop. Accepts in bounded batches; when the process is out of descriptors
// or memory it waits 100 ms instead of spinning. Loop thread only.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "loop/address.h"
#include "loop/loop.h"
#include "loop/stream.h"

namespace skerry::loop {

class ListenerUser {
 public:
  // `peer` is all zero for a Unix socket.
  virtual void on_accept(std::unique_ptr<Stream> stream, const SocketAddress& peer) = 0;

 protected:
  ~ListenerUser() = default;
};

enum class SharePort : uint8_t { no, yes };  // yes: SO_REUSEPORT, one listener per loop

class Listener {
 public:
  // `host` is a literal address ("0.0.0.0", "::1"); port 0 lets the system choose. "::" takes IPv6
  // only.
  static Result<std::unique_ptr<Listener>> tcp(Loop& loop, std::string_view host, uint16_t port,
                                               SharePort share, ListenerUser& user);
  // A socket file that nobody answers on is removed first; one that is in use is an error. Removed
  // again at the end.
  static Result<std::unique_ptr<Listener>> unix_socket(Loop& loop, const std::string& path,
                                                       ListenerUser& user);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  // The address in use, with the port that was chosen.
  const SocketAddress& address() const;

  struct Box;

 private:
  explicit Listener(Box* box) : box_(box) {}
  static Result<std::unique_ptr<Listener>> start(Loop& loop, int fd, Stream::Kind kind,
                                                 ListenerUser& user);
  Box* box_;
};

}  // namespace skerry::loop
