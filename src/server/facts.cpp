#include "server/facts.h"

#include <cstring>

#include "base/json.h"
#include "geo/client_address.h"
#include "geo/headers.h"
#include "geo/override.h"

namespace skerry::server {

namespace {

// The platform names the three ciphers of TLS 1.3 as BoringSSL once did.
std::string_view cipher_name(std::string_view openssl_name) {
  if (openssl_name == "TLS_AES_128_GCM_SHA256") return "AEAD-AES128-GCM-SHA256";
  if (openssl_name == "TLS_AES_256_GCM_SHA384") return "AEAD-AES256-GCM-SHA384";
  if (openssl_name == "TLS_CHACHA20_POLY1305_SHA256") return "AEAD-CHACHA20-POLY1305-SHA256";
  return openssl_name;
}

}  // namespace

NodeFacts::NodeFacts(FactsOptions options, const geo::GeoDatabase* database)
    : options_(std::move(options)) {
  if (database != nullptr) cache_ = std::make_unique<geo::GeoCache>(*database);
}

bool NodeFacts::trusts(const types::IpAddress& address) const {
  for (const types::CidrBlock& block : options_.trusted_proxies)
    if (block.contains(address)) return true;
  return false;
}

types::IpAddress NodeFacts::client(const types::RequestHead& head) const {
  types::IpAddress peer;
  std::memcpy(&peer, head.peer_address, sizeof peer);
  if (options_.trusted_proxies.empty()) return peer;
  std::vector<std::string_view> values;
  for (const types::HeaderSlice& slice : head.headers)
    if (types::equals_ignoring_case(head.name(slice), "x-forwarded-for"))
      values.push_back(head.value(slice));
  return geo::client_address(peer, values,
                             [this](const types::IpAddress& address) { return trusts(address); });
}

geo::GeoRecordPtr NodeFacts::place(const types::RequestHead& head) const {
  if (options_.skerry_geo == FactsOptions::Override::believed) {
    std::string_view text = head.header("skerry-geo");
    if (!text.empty())
      if (Result<geo::GeoRecord> record = geo::parse_geo_override(text))
        return std::make_shared<const geo::GeoRecord>(std::move(*record));
  }
  if (options_.fixed_place) return options_.fixed_place;
  static const geo::GeoRecordPtr nowhere = std::make_shared<const geo::GeoRecord>();
  if (!cache_) return nowhere;
  types::IpAddress address = client(head);
  return cache_->lookup(reinterpret_cast<const uint8_t*>(&address));
}

std::string NodeFacts::cf_json(const types::RequestHead& head) const {
  geo::GeoRecordPtr record = place(head);
  std::string out = "{\"colo\":";
  append_json_string(out, options_.colo);
  auto text = [&out](const char* key, std::string_view value) {
    if (value.empty()) return;
    out += std::string(",\"") + key + "\":";
    append_json_string(out, value);
  };
  text("country", record->country);
  if (record->is_eu_country) text("isEUCountry", "1");
  text("continent", record->continent);
  text("city", record->city);
  text("region", record->region);
  text("regionCode", record->region_code);
  text("postalCode", record->postal_code);
  text("metroCode", record->metro_code);
  text("latitude", record->latitude);
  text("longitude", record->longitude);
  text("timezone", record->timezone);
  if (record->asn != 0) out += ",\"asn\":" + std::to_string(record->asn);
  text("asOrganization", record->as_organization);
  text("httpProtocol", head.http_minor == 0 ? "HTTP/1.0" : "HTTP/1.1");
  text("clientAcceptEncoding", head.header("accept-encoding"));
  // The platform has these two always: empty without TLS.
  out += ",\"requestPriority\":\"\",\"tlsVersion\":";
  append_json_string(out, head.tls == nullptr ? "" : head.tls->version);
  out += ",\"tlsCipher\":";
  append_json_string(out, head.tls == nullptr ? "" : cipher_name(head.tls->cipher));
  out += ",\"edgeRequestKeepAliveStatus\":1}";
  return out;
}

bool NodeFacts::adjusts(std::string_view name) const {
  return name.starts_with("cf-") || name == "x-real-ip" || name == "x-forwarded-for" ||
         name == "x-forwarded-proto" || name == "skerry-geo";
}

std::string_view NodeFacts::scheme(const types::RequestHead& head) const {
  if (head.tls != nullptr) return "https";
  types::IpAddress peer;
  std::memcpy(&peer, head.peer_address, sizeof peer);
  // A trusted proxy ends TLS for us and says so.
  if (!options_.trusted_proxies.empty() && trusts(peer) &&
      head.header("x-forwarded-proto") == "https")
    return "https";
  return "http";
}

void NodeFacts::adjust_headers(const types::RequestHead& head, types::HeaderList& list) const {
  geo::GeoRecordPtr record = place(head);
  types::IpAddress peer;
  std::memcpy(&peer, head.peer_address, sizeof peer);
  std::string_view proto = scheme(head);
  // What the client claims about itself goes first: none of these names can be sent from outside.
  for (const char* name :
       {"cf-connecting-ip", "cf-visitor", "cf-ray", "cf-worker", "x-real-ip", "skerry-geo"})
    list.remove(name);
  std::vector<std::string> claimed;
  for (const types::Header& header : list.entries()) {
    std::string lower = types::lower_case(header.name);
    if (geo::is_geo_header(lower)) claimed.push_back(std::move(lower));
  }
  for (const std::string& name : claimed) list.remove(name);
  std::string address = types::format_ip_address(client(head));
  std::string forwarded = types::format_ip_address(peer);
  if (std::optional<std::string> before = list.get("x-forwarded-for"); before && trusts(peer))
    forwarded = *before + ", " + forwarded;
  list.set("cf-connecting-ip", address);
  list.set("x-real-ip", address);
  list.set("x-forwarded-for", forwarded);
  list.set("x-forwarded-proto", proto);
  list.set("cf-visitor", std::string("{\"scheme\":\"") + std::string(proto) + "\"}");
  for (const geo::GeoHeader& header : geo::geo_headers(*record))
    list.set(header.name, header.value);
}

}  // namespace skerry::server
