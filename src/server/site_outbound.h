// The assets of a worker as env.ASSETS: fetch() without the network, with the rules of a site that
// stands alone. https://developers.cloudflare.com/workers/static-assets/binding/
#pragma once

#include <memory>

#include "assets/site.h"
#include "loop/loop.h"
#include "web/fetch/outbound.h"

namespace skerry::server {

class SiteOutbound final : public web::Outbound {
 public:
  // `loop` outlives this.
  SiteOutbound(loop::Loop& loop, std::shared_ptr<assets::Site> site)
      : loop_(loop), site_(std::move(site)) {}
  std::unique_ptr<web::OutboundCall> start(web::OutboundRequest request,
                                           std::unique_ptr<ByteSource> body,
                                           std::optional<uint64_t> length,
                                           web::OutboundObserver& observer) override;

 private:
  class Call;
  loop::Loop& loop_;
  std::shared_ptr<assets::Site> site_;
};

}  // namespace skerry::server
