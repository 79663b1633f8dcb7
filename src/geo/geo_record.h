// Where an address is, with the fields of request.cf:
// https://developers.cloudflare.com/workers/runtime-apis/request/#incomingrequestcfproperties
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace skerry::geo {

// An empty text and asn 0 mean: not known. All texts are free of control characters, so they fit
// into headers.
struct GeoRecord {
  std::string country;  // ISO 3166-1 alpha-2, or "T1" for Tor
  bool is_eu_country = false;
  std::string continent;  // AF AN AS EU NA OC SA
  std::string city;
  std::string region;       // name of the first subdivision
  std::string region_code;  // ISO 3166-2 without the country: "BE", "TX"
  std::string postal_code;
  std::string metro_code;
  std::string latitude;  // degrees with five decimals, as text
  std::string longitude;
  std::string timezone;  // IANA name
  uint32_t asn = 0;
  std::string as_organization;
  std::string colo;  // set by the server: the node's own name
};
using GeoRecordPtr = std::shared_ptr<const GeoRecord>;

// "52.52000"; empty for what is no degree.
std::string degrees_text(double degrees);

// Sets what follows from the country alone and is not set yet: continent, EU membership, and the
// country's centre if there are no coordinates.
void add_country_defaults(GeoRecord& record);

}  // namespace skerry::geo
