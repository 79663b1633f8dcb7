// fetch() of workers over the HTTP client, with the rule which addresses may be reached.
#pragma once

#include <vector>

#include "net/http_client.h"
#include "net/tls_client.h"
#include "types/ip_address.h"
#include "web/fetch/outbound.h"

namespace skerry::server {

enum class PrivateOrigins : uint8_t { refused, allowed };

// Which addresses workers may reach. The operator of the node grants this, never the worker's own
// configuration: whoever writes that may be who is kept out.
struct OriginRules {
  PrivateOrigins private_origins = PrivateOrigins::refused;
  std::vector<types::CidrBlock> also;  // private ones that may be reached all the same
  bool allow(const types::IpAddress& address) const;
};

class ClientOutbound final : public web::Outbound {
 public:
  // `tls` outlives this.
  ClientOutbound(loop::Loop& loop, OriginRules rules, net::TlsClient& tls);
  std::unique_ptr<web::OutboundCall> start(web::OutboundRequest request,
                                           std::unique_ptr<ByteSource> body,
                                           std::optional<uint64_t> length,
                                           web::OutboundObserver& observer) override;

 private:
  net::HttpClient client_;
};

}  // namespace skerry::server
