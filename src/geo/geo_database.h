// Address to place, from files in the MaxMind DB format, https://maxmind.github.io/MaxMind-DB/
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "geo/geo_record.h"

namespace skerry::geo {

// The files are mapped, not read: replace one by renaming a new one over it, never by writing into
// it. Lookups are const and may run on any number of threads.
class GeoDatabase {
 public:
  // Several files add up, for example a city and an ASN file: the first that knows a field wins.
  // Errors, each naming the file: not_found, corrupt (not in this format), io; invalid for more
  // than four files.
  static Result<std::unique_ptr<GeoDatabase>> open(std::span<const std::string> paths);
  ~GeoDatabase();
  GeoDatabase(const GeoDatabase&) = delete;
  GeoDatabase& operator=(const GeoDatabase&) = delete;

  // 16 bytes in network order, IPv4 as ::ffff:a.b.c.d. An address that no file knows gives an empty
  // record.
  GeoRecord lookup(const uint8_t address[16]) const { return read(find(address)); }

  // The two halves of a lookup: which record each file has for an address (a short walk), and what
  // those records say (the expensive part, but networks of one place share them).
  static constexpr size_t files_max = 4;
  using Place = std::array<uint32_t, files_max>;
  Place find(const uint8_t address[16]) const;
  GeoRecord read(const Place& place) const;

  // When the oldest of the files was made.
  int64_t built_unix_s() const;

 private:
  struct File;
  GeoDatabase();
  std::vector<std::unique_ptr<File>> files_;
};

// The last addresses and places looked up, for one thread: a client sends many requests, many
// clients are in one place, and they all share one record.
class GeoCache {
 public:
  // `database` outlives the cache.
  explicit GeoCache(const GeoDatabase& database);
  GeoRecordPtr lookup(const uint8_t address[16]);

 private:
  static constexpr size_t slot_count = 1024;
  template <class Key>
  struct Slot {
    Key key;
    GeoRecordPtr record;
  };
  GeoRecordPtr record_of(const GeoDatabase::Place& place);

  const GeoDatabase& database_;
  std::vector<Slot<std::array<uint8_t, 16>>> addresses_;
  std::vector<Slot<GeoDatabase::Place>> places_;
};

}  // namespace skerry::geo
