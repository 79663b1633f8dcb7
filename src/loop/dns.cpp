#include "loop/dns.h"

#include <netdb.h>
#include <sys/socket.h>

#include "loop/loop_impl.h"

namespace skerry::loop {

struct DnsLookup::Box {
  uv_getaddrinfo_t request;
  DnsLookup* owner = nullptr;
  Done done;
  std::string host;
  uint16_t port = 0;

  static void on_result(uv_getaddrinfo_t* request, int status, addrinfo* list) {
    std::unique_ptr<Box> box(static_cast<Box*>(request->data));
    std::vector<SocketAddress> addresses;
    for (addrinfo* item = list; item != nullptr; item = item->ai_next) {
      addresses.push_back(SocketAddress::from(item->ai_addr));
      addresses.back().port = box->port;
    }
    if (list != nullptr) uv_freeaddrinfo(list);
    if (box->owner == nullptr) return;
    box->owner->box_ = nullptr;
    if (status != 0) {
      box->done(fail(uv_failure(status, "look up " + box->host)));
    } else if (addresses.empty()) {
      box->done(fail(Code::not_found, "look up " + box->host + ": it has no address"));
    } else {
      box->done(std::move(addresses));
    }
  }
};

std::unique_ptr<DnsLookup> DnsLookup::start(Loop& loop, const std::string& host, uint16_t port,
                                            Done done) {
  auto* box = new Box;
  box->done = std::move(done);
  box->host = host;
  box->port = port;
  box->request.data = box;
  auto lookup = std::unique_ptr<DnsLookup>(new DnsLookup(box));
  box->owner = lookup.get();
  addrinfo hints = {};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  int status =
      uv_getaddrinfo(&loop.impl().uv, &box->request, Box::on_result, host.c_str(), nullptr, &hints);
  if (status != 0) {
    // The name itself is impossible (too long): told later, like every failure.
    loop.defer([box, status] {
      std::unique_ptr<Box> owned(box);
      if (box->owner == nullptr) return;
      box->owner->box_ = nullptr;
      box->done(fail(uv_failure(status, "look up " + box->host)));
    });
  }
  return lookup;
}

DnsLookup::~DnsLookup() {
  if (box_ == nullptr) return;
  box_->owner = nullptr;
  uv_cancel(reinterpret_cast<uv_req_t*>(&box_->request));
}

}  // namespace skerry::loop
