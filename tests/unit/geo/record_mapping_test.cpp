#include "geo/record_mapping.h"

#include <doctest/doctest.h>

#include <map>
#include <string>

#include "geo/country_table.h"
#include "geo/headers.h"
#include "geo/override.h"

namespace skerry::geo {
namespace {

// A record as {"path/of/keys": value}.
class FakeFields final : public GeoFields {
 public:
  explicit FakeFields(std::map<std::string, GeoField> fields) : fields_(std::move(fields)) {}
  std::optional<GeoField> find(const char* const* path) const override {
    std::string joined;
    for (; *path != nullptr; ++path) joined += (joined.empty() ? "" : "/") + std::string(*path);
    const auto at = fields_.find(joined);
    return at == fields_.end() ? std::nullopt : std::optional(at->second);
  }

 private:
  std::map<std::string, GeoField> fields_;
};

std::string_view text(const char* value) {
  return value;
}

GeoRecord map(std::map<std::string, GeoField> fields) {
  GeoRecord record;
  map_record(FakeFields(std::move(fields)), record);
  return record;
}

TEST_CASE("flat layouts") {
  const GeoRecord record = map({{"country_code", text("us")},
                                {"state1", text("Texas")},
                                {"city", text("Austin")},
                                {"postcode", text("78701")},
                                {"latitude", 30.2672},
                                {"longitude", text("-97.7431")},
                                {"timezone", text("America/Chicago")},
                                {"asn", text("AS7018")},
                                {"as_name", text("AT&T")}});
  CHECK(record.country == "US");
  CHECK(record.region == "Texas");
  CHECK(record.city == "Austin");
  CHECK(record.postal_code == "78701");
  CHECK(record.latitude == "30.26720");
  CHECK(record.longitude == "-97.74310");
  CHECK(record.timezone == "America/Chicago");
  CHECK(record.asn == 7018);
  CHECK(record.as_organization == "AT&T");
}

TEST_CASE("nonsense is unknown") {
  const GeoRecord record = map({{"country_code", text("Germany")},
                                {"city", text("-")},
                                {"latitude", 95.0},
                                {"longitude", 10.0},
                                {"asn", text("ASxy")},
                                {"postcode", true},
                                {"region", text("a\r\nb")}});
  CHECK(record.country.empty());
  CHECK(record.city.empty());
  CHECK(record.latitude.empty());
  CHECK(record.longitude.empty());
  CHECK(record.asn == 0);
  CHECK(record.postal_code.empty());
  CHECK(record.region == "ab");
  CHECK(map({{"country", text("XX")}}).country.empty());
  CHECK(map({{"registered_country/iso_code", text("FR")}}).country == "FR");
}

TEST_CASE("what is set stays") {
  GeoRecord record;
  record.country = "DE";
  record.latitude = "1.00000";
  record.longitude = "2.00000";
  map_record(FakeFields({{"country_code", text("US")}, {"latitude", 9.0}, {"longitude", 9.0}}),
             record);
  add_country_defaults(record);
  CHECK(record.country == "DE");
  CHECK(record.latitude == "1.00000");
  CHECK(record.continent == "EU");
  CHECK(record.is_eu_country);
}

TEST_CASE("degrees have five decimals") {
  CHECK(degrees_text(52.52) == "52.52000");
  CHECK(degrees_text(-0.1278) == "-0.12780");
  CHECK(degrees_text(181) == "");
  CHECK(degrees_text(0.0 / 0.0 * 1) == "");
}

TEST_CASE("the country table") {
  REQUIRE(find_country("DE") != nullptr);
  CHECK(find_country("DE")->name == "Germany");
  CHECK(!find_country("GB")->in_eu);
  CHECK(!find_country("CH")->in_eu);
  CHECK(find_country("CY")->in_eu);
  CHECK(find_country("ZW")->continent == "AF");
  CHECK(find_country("AD") != nullptr);
  for (const char* code : {"", "D", "de", "DEU", "ZZ", "XX", "T1"})
    CHECK(find_country(code) == nullptr);
}

TEST_CASE("overrides") {
  auto record = parse_geo_override("DE/Berlin");
  REQUIRE(record);
  CHECK(record->country == "DE");
  CHECK(record->city == "Berlin");
  CHECK(record->region_code == "BE");
  CHECK(record->latitude == "52.52000");
  CHECK(record->timezone == "Europe/Berlin");
  CHECK(record->continent == "EU");
  CHECK(record->is_eu_country);
  CHECK(parse_geo_override("us/new_york")->city == "New York");
  CHECK(parse_geo_override("us/new_york")->region_code == "NY");
  record = parse_geo_override("DE/Castrop-Rauxel");
  REQUIRE(record);
  CHECK(record->city == "Castrop-Rauxel");
  CHECK(record->region.empty());
  CHECK(record->latitude == "51.20000");
  CHECK(parse_geo_override("US")->continent == "NA");
  CHECK(parse_geo_override("US")->city.empty());
  CHECK(parse_geo_override("T1")->country == "T1");
  CHECK(parse_geo_override("T1")->continent.empty());
  CHECK(parse_geo_override("XX")->country.empty());
  for (const std::string bad :
       {"", "D", "Germany", "ZZ", "/Berlin", "DE/", "DE/a\nb", "XX/Berlin", "D\0E"}) {
    CAPTURE(bad);
    const auto refused = parse_geo_override(bad);
    CHECK(!refused);
    if (!refused) CHECK(refused.error().code == Code::invalid);
  }
  CHECK(!parse_geo_override("DE/" + std::string(129, 'x')));
}

TEST_CASE("headers") {
  std::string all;
  const auto record = parse_geo_override("FR/Paris");
  for (const auto& [name, value] : geo_headers(*record))
    all += std::string(name) + "=" + std::string(value) + ";";
  CHECK(
      all ==
      "cf-ipcountry=FR;cf-ipcity=Paris;cf-ipcontinent=EU;cf-iplatitude=48.85660;cf-iplongitude=2."
      "35220;"
      "cf-region=Île-de-France;cf-region-code=IDF;cf-postal-code=75001;cf-timezone=Europe/Paris;");
  const GeoRecord nowhere;
  const auto unknown = geo_headers(nowhere);
  REQUIRE(unknown.size() == 1);
  CHECK(unknown[0].name == "cf-ipcountry");
  CHECK(unknown[0].value == "XX");
  CHECK(is_geo_header("cf-region-code"));
  CHECK(!is_geo_header("cf-ray"));
}

}  // namespace
}  // namespace skerry::geo
