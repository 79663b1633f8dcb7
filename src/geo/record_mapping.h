// From the fields of one database record to a GeoRecord, whatever the maker of the database calls
// them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <variant>

#include "geo/geo_record.h"

namespace skerry::geo {

using GeoField = std::variant<std::string_view, double, uint64_t, bool>;

// One record of a database.
class GeoFields {
 public:
  virtual ~GeoFields() = default;
  // A path of map keys and, as decimal text, array positions; ends with null. Nothing if there is
  // no such field, or it is of another kind. Texts stay valid as long as the database.
  virtual std::optional<GeoField> find(const char* const* path) const = 0;
};

// Sets every field of `record` that is still empty and that `fields` knows. Understands the MaxMind
// layout (City, Country, ASN; also DB-IP's files) and the flat ones of ip-location-db, IPinfo and
// IP2Location exports. Never fails: nonsense counts as unknown.
void map_record(const GeoFields& fields, GeoRecord& record);

}  // namespace skerry::geo
