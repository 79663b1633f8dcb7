#include "geo/override.h"

#include <algorithm>
#include <string>

#include "geo/country_table.h"

namespace skerry::geo {
namespace {

constexpr size_t city_bytes_max = 128;

struct City {
  std::string_view country, name, region, region_code;
  double latitude, longitude;
  std::string_view timezone, postal_code;
};

constexpr City cities[] = {
    {"AE", "Dubai", "Dubai", "DU", 25.2048, 55.2708, "Asia/Dubai", ""},
    {"AR", "Buenos Aires", "Buenos Aires F.D.", "C", -34.6037, -58.3816,
     "America/Argentina/Buenos_Aires", "1000"},
    {"AT", "Vienna", "Vienna", "9", 48.2082, 16.3738, "Europe/Vienna", "1010"},
    {"AU", "Brisbane", "Queensland", "QLD", -27.4698, 153.0251, "Australia/Brisbane", "4000"},
    {"AU", "Melbourne", "Victoria", "VIC", -37.8136, 144.9631, "Australia/Melbourne", "3000"},
    {"AU", "Perth", "Western Australia", "WA", -31.9523, 115.8613, "Australia/Perth", "6000"},
    {"AU", "Sydney", "New South Wales", "NSW", -33.8688, 151.2093, "Australia/Sydney", "2000"},
    {"BE", "Brussels", "Brussels Capital", "BRU", 50.8503, 4.3517, "Europe/Brussels", "1000"},
    {"BR", "Rio de Janeiro", "Rio de Janeiro", "RJ", -22.9068, -43.1729, "America/Sao_Paulo",
     "20000"},
    {"BR", "São Paulo", "São Paulo", "SP", -23.5505, -46.6333, "America/Sao_Paulo", "01000"},
    {"CA", "Montreal", "Quebec", "QC", 45.5019, -73.5674, "America/Toronto", "H2Y"},
    {"CA", "Toronto", "Ontario", "ON", 43.6532, -79.3832, "America/Toronto", "M5H"},
    {"CA", "Vancouver", "British Columbia", "BC", 49.2827, -123.1207, "America/Vancouver", "V5K"},
    {"CH", "Zurich", "Zurich", "ZH", 47.3769, 8.5417, "Europe/Zurich", "8001"},
    {"CL", "Santiago", "Santiago Metropolitan", "RM", -33.4489, -70.6693, "America/Santiago",
     "8320000"},
    {"CN", "Beijing", "Beijing", "BJ", 39.9042, 116.4074, "Asia/Shanghai", "100000"},
    {"CN", "Shanghai", "Shanghai", "SH", 31.2304, 121.4737, "Asia/Shanghai", "200000"},
    {"CO", "Bogotá", "Bogota D.C.", "DC", 4.7110, -74.0721, "America/Bogota", "110111"},
    {"CZ", "Prague", "Prague", "10", 50.0755, 14.4378, "Europe/Prague", "110 00"},
    {"DE", "Berlin", "State of Berlin", "BE", 52.5200, 13.4050, "Europe/Berlin", "10115"},
    {"DE", "Cologne", "North Rhine-Westphalia", "NW", 50.9375, 6.9603, "Europe/Berlin", "50667"},
    {"DE", "Frankfurt am Main", "Hesse", "HE", 50.1109, 8.6821, "Europe/Berlin", "60311"},
    {"DE", "Hamburg", "Free and Hanseatic City of Hamburg", "HH", 53.5511, 9.9937, "Europe/Berlin",
     "20095"},
    {"DE", "Munich", "Bavaria", "BY", 48.1351, 11.5820, "Europe/Berlin", "80331"},
    {"DK", "Copenhagen", "Capital Region", "84", 55.6761, 12.5683, "Europe/Copenhagen", "1050"},
    {"EG", "Cairo", "Cairo Governorate", "C", 30.0444, 31.2357, "Africa/Cairo", "11511"},
    {"ES", "Barcelona", "Catalonia", "CT", 41.3874, 2.1686, "Europe/Madrid", "08001"},
    {"ES", "Madrid", "Madrid", "MD", 40.4168, -3.7038, "Europe/Madrid", "28001"},
    {"FI", "Helsinki", "Uusimaa", "18", 60.1699, 24.9384, "Europe/Helsinki", "00100"},
    {"FR", "Lyon", "Auvergne-Rhône-Alpes", "ARA", 45.7640, 4.8357, "Europe/Paris", "69001"},
    {"FR", "Marseille", "Provence-Alpes-Côte d'Azur", "PAC", 43.2965, 5.3698, "Europe/Paris",
     "13001"},
    {"FR", "Paris", "Île-de-France", "IDF", 48.8566, 2.3522, "Europe/Paris", "75001"},
    {"GB", "London", "England", "ENG", 51.5074, -0.1278, "Europe/London", "EC1A"},
    {"GB", "Manchester", "England", "ENG", 53.4808, -2.2426, "Europe/London", "M1"},
    {"GR", "Athens", "Attica", "I", 37.9838, 23.7275, "Europe/Athens", "105 57"},
    {"HK", "Hong Kong", "", "", 22.3193, 114.1694, "Asia/Hong_Kong", ""},
    {"HU", "Budapest", "Budapest", "BU", 47.4979, 19.0402, "Europe/Budapest", "1051"},
    {"ID", "Jakarta", "Jakarta", "JK", -6.2088, 106.8456, "Asia/Jakarta", "10110"},
    {"IE", "Dublin", "Leinster", "L", 53.3498, -6.2603, "Europe/Dublin", "D01"},
    {"IL", "Tel Aviv", "Tel Aviv", "TA", 32.0853, 34.7818, "Asia/Jerusalem", ""},
    {"IN", "Bengaluru", "Karnataka", "KA", 12.9716, 77.5946, "Asia/Kolkata", "560001"},
    {"IN", "Delhi", "National Capital Territory of Delhi", "DL", 28.7041, 77.1025, "Asia/Kolkata",
     "110001"},
    {"IN", "Mumbai", "Maharashtra", "MH", 19.0760, 72.8777, "Asia/Kolkata", "400001"},
    {"IT", "Milan", "Lombardy", "25", 45.4642, 9.1900, "Europe/Rome", "20121"},
    {"IT", "Rome", "Lazio", "62", 41.9028, 12.4964, "Europe/Rome", "00184"},
    {"JP", "Osaka", "Osaka", "27", 34.6937, 135.5023, "Asia/Tokyo", "530-0001"},
    {"JP", "Tokyo", "Tokyo", "13", 35.6762, 139.6503, "Asia/Tokyo", "100-0001"},
    {"KE", "Nairobi", "Nairobi County", "30", -1.2921, 36.8219, "Africa/Nairobi", "00100"},
    {"KR", "Seoul", "Seoul", "11", 37.5665, 126.9780, "Asia/Seoul", "04524"},
    {"MX", "Mexico City", "Mexico City", "CMX", 19.4326, -99.1332, "America/Mexico_City", "06000"},
    {"MY", "Kuala Lumpur", "Kuala Lumpur", "14", 3.1390, 101.6869, "Asia/Kuala_Lumpur", "50000"},
    {"NG", "Lagos", "Lagos", "LA", 6.5244, 3.3792, "Africa/Lagos", "100001"},
    {"NL", "Amsterdam", "North Holland", "NH", 52.3676, 4.9041, "Europe/Amsterdam", "1012"},
    {"NO", "Oslo", "Oslo", "03", 59.9139, 10.7522, "Europe/Oslo", "0150"},
    {"NZ", "Auckland", "Auckland", "AUK", -36.8509, 174.7645, "Pacific/Auckland", "1010"},
    {"PH", "Manila", "Metro Manila", "00", 14.5995, 120.9842, "Asia/Manila", "1000"},
    {"PL", "Warsaw", "Mazovia", "14", 52.2297, 21.0122, "Europe/Warsaw", "00-001"},
    {"PT", "Lisbon", "Lisbon", "11", 38.7223, -9.1393, "Europe/Lisbon", "1100"},
    {"RO", "Bucharest", "Bucharest", "B", 44.4268, 26.1025, "Europe/Bucharest", "010011"},
    {"SE", "Stockholm", "Stockholm County", "AB", 59.3293, 18.0686, "Europe/Stockholm", "111 20"},
    {"SG", "Singapore", "", "", 1.3521, 103.8198, "Asia/Singapore", "018989"},
    {"TH", "Bangkok", "Bangkok", "10", 13.7563, 100.5018, "Asia/Bangkok", "10200"},
    {"TR", "Istanbul", "Istanbul", "34", 41.0082, 28.9784, "Europe/Istanbul", "34000"},
    {"TW", "Taipei", "Taipei City", "TPE", 25.0330, 121.5654, "Asia/Taipei", "100"},
    {"UA", "Kyiv", "Kyiv City", "30", 50.4501, 30.5234, "Europe/Kyiv", "01001"},
    {"US", "Austin", "Texas", "TX", 30.2672, -97.7431, "America/Chicago", "78701"},
    {"US", "Boston", "Massachusetts", "MA", 42.3601, -71.0589, "America/New_York", "02108"},
    {"US", "Chicago", "Illinois", "IL", 41.8781, -87.6298, "America/Chicago", "60601"},
    {"US", "Dallas", "Texas", "TX", 32.7767, -96.7970, "America/Chicago", "75201"},
    {"US", "Denver", "Colorado", "CO", 39.7392, -104.9903, "America/Denver", "80202"},
    {"US", "Los Angeles", "California", "CA", 34.0522, -118.2437, "America/Los_Angeles", "90012"},
    {"US", "Miami", "Florida", "FL", 25.7617, -80.1918, "America/New_York", "33101"},
    {"US", "New York", "New York", "NY", 40.7128, -74.0060, "America/New_York", "10001"},
    {"US", "San Francisco", "California", "CA", 37.7749, -122.4194, "America/Los_Angeles", "94103"},
    {"US", "Seattle", "Washington", "WA", 47.6062, -122.3321, "America/Los_Angeles", "98101"},
    {"US", "Washington", "District of Columbia", "DC", 38.9072, -77.0369, "America/New_York",
     "20001"},
    {"ZA", "Johannesburg", "Gauteng", "GP", -26.2041, 28.0473, "Africa/Johannesburg", "2000"},
};

char fold(char c) {
  if (c == '_' || c == '-' || c == '+') return ' ';
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same_name(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return fold(x) == fold(y); });
}

bool is_control(char c) {
  const auto byte = static_cast<uint8_t>(c);
  return byte < 0x20 || byte == 0x7f;
}

}  // namespace

Result<GeoRecord> parse_geo_override(std::string_view text) {
  const size_t slash = text.find('/');
  std::string code(text.substr(0, slash));
  for (char& c : code) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  const bool special = code == "T1" || code == "XX";
  const std::string_view city = slash == std::string_view::npos ? "" : text.substr(slash + 1);
  const bool bad_city =
      slash != std::string_view::npos &&
      (city.empty() || city.size() > city_bytes_max || std::ranges::any_of(city, is_control));
  if ((!special && find_country(code) == nullptr) || bad_city ||
      (special && slash != std::string_view::npos)) {
    return fail(Code::invalid,
                "a location is written as DE, DE/Berlin, T1 (Tor) or XX (unknown): a country code "
                "of ISO 3166, and a "
                "city if wanted");
  }
  GeoRecord record;
  if (code != "XX") record.country = code;
  record.city = city;
  const auto known = std::ranges::find_if(
      cities, [&](const City& row) { return row.country == code && same_name(row.name, city); });
  if (known != std::end(cities)) {
    record.city = known->name;
    record.region = known->region;
    record.region_code = known->region_code;
    record.latitude = degrees_text(known->latitude);
    record.longitude = degrees_text(known->longitude);
    record.timezone = known->timezone;
    record.postal_code = known->postal_code;
  }
  add_country_defaults(record);
  return record;
}

}  // namespace skerry::geo
