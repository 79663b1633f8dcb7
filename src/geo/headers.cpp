#include "geo/headers.h"

#include <algorithm>
#include <string>

namespace skerry::geo {
namespace {

struct Row {
  std::string_view name;
  std::string GeoRecord::* field;
};
constexpr Row rows[] = {
    {"cf-ipcountry", &GeoRecord::country},       {"cf-ipcity", &GeoRecord::city},
    {"cf-ipcontinent", &GeoRecord::continent},   {"cf-iplatitude", &GeoRecord::latitude},
    {"cf-iplongitude", &GeoRecord::longitude},   {"cf-region", &GeoRecord::region},
    {"cf-region-code", &GeoRecord::region_code}, {"cf-metro-code", &GeoRecord::metro_code},
    {"cf-postal-code", &GeoRecord::postal_code}, {"cf-timezone", &GeoRecord::timezone},
};

}  // namespace

std::vector<GeoHeader> geo_headers(const GeoRecord& record) {
  std::vector<GeoHeader> headers;
  headers.reserve(std::size(rows));
  for (const Row& row : rows) {
    const std::string& value = record.*row.field;
    if (!value.empty()) {
      headers.push_back({row.name, value});
    } else if (row.field == &GeoRecord::country) {
      headers.push_back({row.name, "XX"});
    }
  }
  return headers;
}

bool is_geo_header(std::string_view lower_case_name) {
  return std::ranges::find(rows, lower_case_name, &Row::name) != std::end(rows);
}

}  // namespace skerry::geo
