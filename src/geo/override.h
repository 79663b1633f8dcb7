// A location by hand, for development: the --geo option and the skerry-geo header.
#pragma once

#include <string_view>

#include "base/error.h"
#include "geo/geo_record.h"

namespace skerry::geo {

// "DE", "DE/Berlin", "US/New York" (case and the choice of blank, _ or - do not matter), "T1" for
// Tor, "XX" for unknown. About sixty well-known cities bring region, coordinates, timezone and
// postal code; of any other city only the name is set. Errors: invalid, saying what is accepted.
Result<GeoRecord> parse_geo_override(std::string_view text);

}  // namespace skerry::geo
