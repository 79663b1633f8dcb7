// Calls of one worker by another in this process: an HTTP request and its response as objects,
// without a socket. Two isolates never meet on the stack: whatever goes from one to the other is
// handed over by the loop.
// https://developers.cloudflare.com/workers/runtime-apis/bindings/service-bindings/
#pragma once

#include <memory>
#include <string>

#include "loop/loop.h"
#include "web/fetch/outbound.h"
#include "worker/worker.h"

namespace skerry::server {

// Workers that may have called each other in a row, as on the platform. Passed: the call rejects.
inline constexpr uint32_t service_hops_max = 16;

// Who knows the workers by name.
class ServiceDirectory {
 public:
  // The worker, loaded; or why there is none, in words for the caller.
  virtual Result<worker::Worker*> service_worker(const std::string& name) = 0;

 protected:
  ~ServiceDirectory() = default;
};

class LocalService final : public web::Outbound {
 public:
  // `loop` and `directory` outlive this and every call.
  LocalService(loop::Loop& loop, ServiceDirectory& directory, std::string service,
               std::string entrypoint, std::string props);
  std::unique_ptr<web::OutboundCall> start(web::OutboundRequest request,
                                           std::unique_ptr<ByteSource> body,
                                           std::optional<uint64_t> length,
                                           web::OutboundObserver& observer) override;

 private:
  loop::Loop& loop_;
  ServiceDirectory& directory_;
  std::string service_;
  std::string entrypoint_;
  std::shared_ptr<const std::string> props_;
};

}  // namespace skerry::server
