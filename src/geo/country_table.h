// What is known of a country without any database.
#pragma once

#include <string_view>

namespace skerry::geo {

struct Country {
  std::string_view code;
  std::string_view continent;
  bool in_eu;
  double latitude;  // of a point near its middle
  double longitude;
  std::string_view name;  // in English
};

// By ISO 3166-1 alpha-2 in capitals (and XK); null for anything else.
const Country* find_country(std::string_view code);

}  // namespace skerry::geo
