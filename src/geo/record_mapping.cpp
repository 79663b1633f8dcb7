#include "geo/record_mapping.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <string>

#include "geo/country_table.h"

namespace skerry::geo {
namespace {

constexpr size_t text_bytes_max = 256;  // longer is no name of a place

// Paths one after the other, each ended by null, all ended by one more.
constexpr const char* country_paths[] = {
    "country",  "iso_code", nullptr,   "country_code", nullptr, "registered_country",
    "iso_code", nullptr,    "country", nullptr,        nullptr};
constexpr const char* continent_paths[] = {"continent",      "code",  nullptr,
                                           "continent_code", nullptr, nullptr};
constexpr const char* eu_paths[] = {"country", "is_in_european_union", nullptr, nullptr};
constexpr const char* city_paths[] = {"city",  "names",     "en",    nullptr, "city",
                                      nullptr, "city_name", nullptr, nullptr};
constexpr const char* region_paths[] = {
    "subdivisions", "0",     "names",       "en",    nullptr,     "state1", nullptr,
    "region",       nullptr, "region_name", nullptr, "stateprov", nullptr,  nullptr};
constexpr const char* region_code_paths[] = {"subdivisions", "0",     "iso_code", nullptr,
                                             "region_code",  nullptr, nullptr};
constexpr const char* postal_paths[] = {"postal",      "code",  nullptr,    "postcode", nullptr,
                                        "postal_code", nullptr, "zip_code", nullptr,    nullptr};
constexpr const char* metro_paths[] = {"location",   "metro_code", nullptr,
                                       "metro_code", nullptr,      nullptr};
constexpr const char* latitude_paths[] = {"location", "latitude", nullptr, "latitude",
                                          nullptr,    "lat",      nullptr, nullptr};
constexpr const char* longitude_paths[] = {"location", "longitude", nullptr, "longitude", nullptr,
                                           "lng",      nullptr,     "lon",   nullptr,     nullptr};
constexpr const char* timezone_paths[] = {"location", "time_zone", nullptr, "timezone",
                                          nullptr,    "time_zone", nullptr, nullptr};
constexpr const char* asn_paths[] = {"autonomous_system_number",
                                     nullptr,
                                     "traits",
                                     "autonomous_system_number",
                                     nullptr,
                                     "asn",
                                     nullptr,
                                     nullptr};
constexpr const char* as_organization_paths[] = {"autonomous_system_organization",
                                                 nullptr,
                                                 "traits",
                                                 "autonomous_system_organization",
                                                 nullptr,
                                                 "as_organization",
                                                 nullptr,
                                                 "as_name",
                                                 nullptr,
                                                 "organization",
                                                 nullptr,
                                                 nullptr};

template <class Kind>
std::optional<Kind> as(const GeoField& field) {
  const Kind* value = std::get_if<Kind>(&field);
  return value != nullptr ? std::optional<Kind>(*value) : std::nullopt;
}

// The first of the paths at which there is something that `convert` takes.
template <class Convert>
auto first_of(const GeoFields& fields, const char* const* paths, Convert convert)
    -> decltype(convert(GeoField())) {
  while (*paths != nullptr) {
    if (const auto field = fields.find(paths)) {
      if (auto value = convert(*field)) return value;
    }
    while (*paths != nullptr) ++paths;
    ++paths;
  }
  return {};
}

std::string clean(std::string_view text) {
  std::string out;
  for (const char c : text.substr(0, text_bytes_max)) {
    const auto byte = static_cast<uint8_t>(c);
    if (byte >= 0x20 && byte != 0x7f) out.push_back(c);
  }
  return out;
}

std::optional<std::string> text_value(const GeoField& field) {
  if (const auto number = as<uint64_t>(field)) return std::to_string(*number);
  const auto text = as<std::string_view>(field);
  if (!text || text->empty() || *text == "-") return std::nullopt;
  std::string out = clean(*text);
  return out.empty() ? std::nullopt : std::optional(std::move(out));
}

std::optional<std::string> two_letters(const GeoField& field) {
  auto text = text_value(field);
  if (!text || text->size() != 2) return std::nullopt;
  for (char& c : *text) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (c < 'A' || c > 'Z') return std::nullopt;
  }
  return text;
}

std::optional<double> number_value(const GeoField& field) {
  if (const auto number = as<double>(field)) return number;
  if (const auto number = as<uint64_t>(field)) return static_cast<double>(*number);
  const auto text = as<std::string_view>(field);
  double value = 0;
  if (!text) return std::nullopt;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (error != std::errc() || end != text->data() + text->size()) return std::nullopt;
  return value;
}

std::optional<uint32_t> asn_value(const GeoField& field) {
  if (const auto number = as<uint64_t>(field)) {
    return *number <= UINT32_MAX ? std::optional(static_cast<uint32_t>(*number)) : std::nullopt;
  }
  auto text = as<std::string_view>(field).value_or("");
  if (text.starts_with("AS")) text.remove_prefix(2);
  uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

void set_text(const GeoFields& fields, const char* const* paths, std::string& to) {
  if (!to.empty()) return;
  if (auto text = first_of(fields, paths, text_value)) to = std::move(*text);
}

}  // namespace

std::string degrees_text(double degrees) {
  if (!(std::abs(degrees) <= 180)) return {};
  char text[32];
  std::snprintf(text, sizeof text, "%.5f", degrees);
  return text;
}

void add_country_defaults(GeoRecord& record) {
  const Country* country = find_country(record.country);
  if (country == nullptr) return;
  if (record.continent.empty()) record.continent = country->continent;
  record.is_eu_country = record.is_eu_country || country->in_eu;
  if (record.latitude.empty() || record.longitude.empty()) {
    record.latitude = degrees_text(country->latitude);
    record.longitude = degrees_text(country->longitude);
  }
}

void map_record(const GeoFields& fields, GeoRecord& record) {
  if (record.country.empty()) {
    record.country = first_of(fields, country_paths, two_letters).value_or("");
    if (record.country == "XX") record.country.clear();
  }
  if (record.continent.empty()) {
    record.continent = first_of(fields, continent_paths, two_letters).value_or("");
  }
  record.is_eu_country =
      record.is_eu_country || first_of(fields, eu_paths, as<bool>).value_or(false);
  set_text(fields, city_paths, record.city);
  set_text(fields, region_paths, record.region);
  set_text(fields, region_code_paths, record.region_code);
  set_text(fields, postal_paths, record.postal_code);
  set_text(fields, metro_paths, record.metro_code);
  set_text(fields, timezone_paths, record.timezone);
  set_text(fields, as_organization_paths, record.as_organization);
  if (record.asn == 0) record.asn = first_of(fields, asn_paths, asn_value).value_or(0);
  if (record.latitude.empty()) {
    const auto latitude = first_of(fields, latitude_paths, number_value);
    const auto longitude = first_of(fields, longitude_paths, number_value);
    if (latitude && longitude && std::abs(*latitude) <= 90 && std::abs(*longitude) <= 180) {
      record.latitude = degrees_text(*latitude);
      record.longitude = degrees_text(*longitude);
    }
  }
}

}  // namespace skerry::geo
