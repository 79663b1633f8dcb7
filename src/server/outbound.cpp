#include "server/outbound.h"

#include <algorithm>
#include <cstring>

#include "types/ip_address.h"
#include "types/url.h"

namespace skerry::server {

namespace {

class Call final : public web::OutboundCall, public net::ClientObserver {
 public:
  explicit Call(web::OutboundObserver& observer) : observer_(observer) {}
  void begin(std::unique_ptr<net::ClientRequest> request) { request_ = std::move(request); }
  // The observer may delete this: nothing is touched after it.
  void on_response(net::ClientResponse response) override {
    web::OutboundResponse out;
    out.status = response.status;
    out.status_text = std::move(response.reason);
    out.headers = std::move(response.headers);
    out.body = std::move(response.body);
    out.web_socket = std::move(response.web_socket);
    observer_.on_response(std::move(out));
  }
  void on_error(Error error) override { observer_.on_error(std::move(error)); }

 private:
  web::OutboundObserver& observer_;
  std::unique_ptr<net::ClientRequest> request_;
};

net::HttpClientOptions client_options(OriginRules rules, net::TlsClient& tls) {
  net::HttpClientOptions options;
  options.tls = &tls;
  if (rules.private_origins == PrivateOrigins::allowed) return options;
  options.address_filter = [rules =
                                std::move(rules)](const loop::SocketAddress& address) -> Result<> {
    types::IpAddress ip;
    static_assert(sizeof ip == sizeof address.ip);
    std::memcpy(&ip, address.ip, sizeof ip);
    if (rules.allow(ip)) return {};
    return fail(Code::refused,
                address.text() +
                    " is a private address, which workers may not reach; the node's operator can "
                    "allow it with --allow-origin CIDR, or all with --allow-private-origins");
  };
  return options;
}

}  // namespace

bool OriginRules::allow(const types::IpAddress& address) const {
  if (private_origins == PrivateOrigins::allowed || !types::is_private_address(address))
    return true;
  return std::any_of(also.begin(), also.end(),
                     [&](const types::CidrBlock& block) { return block.contains(address); });
}

ClientOutbound::ClientOutbound(loop::Loop& loop, OriginRules rules, net::TlsClient& tls)
    : client_(loop, client_options(std::move(rules), tls)) {}

std::unique_ptr<web::OutboundCall> ClientOutbound::start(web::OutboundRequest request,
                                                         std::unique_ptr<ByteSource> body,
                                                         std::optional<uint64_t> length,
                                                         web::OutboundObserver& observer) {
  net::ClientRequestHead head;
  head.method = std::move(request.method);
  // The caller has parsed it before; what is not a URL fails to resolve.
  if (std::optional<types::Url> url = types::parse_url(request.url)) {
    if (url->scheme() == "https") head.scheme = net::ClientScheme::https;
    head.host = std::string(url->hostname());
    head.port = url->port_or_default();
    head.target = std::string(url->path_and_query());
  }
  head.headers = std::move(request.headers);
  head.web_socket = request.web_socket;
  auto call = std::make_unique<Call>(observer);
  call->begin(client_.start(std::move(head), std::move(body), length, *call));
  return call;
}

}  // namespace skerry::server
