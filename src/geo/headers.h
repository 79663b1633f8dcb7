// The location headers that a worker and the origin behind it see:
// https://developers.cloudflare.com/rules/transform/managed-transforms/reference/#add-visitor-location-headers
#pragma once

#include <string_view>
#include <vector>

#include "geo/geo_record.h"

namespace skerry::geo {

// Both views live as long as the record.
struct GeoHeader {
  std::string_view name;  // lower case
  std::string_view value;
};

// cf-ipcountry always ("XX" if unknown); cf-ipcity, cf-ipcontinent, cf-iplatitude, cf-iplongitude,
// cf-region, cf-region-code, cf-metro-code, cf-postal-code and cf-timezone where known. Values are
// raw UTF-8.
std::vector<GeoHeader> geo_headers(const GeoRecord& record);

// True for a name that geo_headers sets: what a client sends under it must be dropped first.
bool is_geo_header(std::string_view lower_case_name);

}  // namespace skerry::geo
