// fetch() of workers over the HTTP client, with the rule which addresses may be reached.
#pragma once

#include "net/http_client.h"
#include "net/tls_client.h"
#include "web/fetch/outbound.h"

namespace skerry::server {

enum class PrivateOrigins : uint8_t { refused, allowed };

class ClientOutbound final : public web::Outbound {
 public:
  // `tls` outlives this.
  ClientOutbound(loop::Loop& loop, PrivateOrigins private_origins, net::TlsClient& tls);
  std::unique_ptr<web::OutboundCall> start(web::OutboundRequest request,
                                           std::unique_ptr<ByteSource> body,
                                           std::optional<uint64_t> length,
                                           web::OutboundObserver& observer) override;

 private:
  net::HttpClient client_;
};

}  // namespace skerry::server
