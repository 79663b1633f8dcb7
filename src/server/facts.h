// What the node knows about a request: the client's address and its place, as `request.cf` and as
// headers.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "geo/geo_database.h"
#include "types/ip_address.h"
#include "web/fetch/header_data.h"

namespace skerry::server {

struct FactsOptions {
  std::string colo = "LOCAL";
  std::vector<types::CidrBlock> trusted_proxies;  // whose x-forwarded-for counts
  geo::GeoRecordPtr fixed_place;                  // --geo: stands for every client
  enum class Override : uint8_t {
    ignored,
    believed
  } skerry_geo = Override::ignored;  // the header, in dev
};

class NodeFacts final : public web::RequestFacts {
 public:
  // `database` may be null, and outlives this.
  NodeFacts(FactsOptions options, const geo::GeoDatabase* database);
  std::string cf_json(const types::RequestHead& head) const override;
  void adjust_headers(const types::RequestHead& head, types::HeaderList& list) const override;
  bool adjusts(std::string_view lower_name) const override;
  std::string_view scheme(const types::RequestHead& head) const override;

 private:
  geo::GeoRecordPtr place(const types::RequestHead& head) const;
  types::IpAddress client(const types::RequestHead& head) const;
  bool trusts(const types::IpAddress& address) const;
  FactsOptions options_;
  mutable std::unique_ptr<geo::GeoCache> cache_;  // of one loop
};

}  // namespace skerry::server
