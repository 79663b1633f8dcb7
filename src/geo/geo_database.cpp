#include "geo/geo_database.h"

#include <arpa/inet.h>
#include <maxminddb.h>
#include <netinet/in.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

#include "geo/record_mapping.h"

namespace skerry::geo {
namespace {

class MmdbFields final : public GeoFields {
 public:
  explicit MmdbFields(MMDB_entry_s entry) : entry_(entry) {}

  std::optional<GeoField> find(const char* const* path) const override {
    MMDB_entry_data_s data;
    MMDB_entry_s entry = entry_;
    if (MMDB_aget_value(&entry, &data, path) != MMDB_SUCCESS || !data.has_data) return std::nullopt;
    switch (data.type) {
      case MMDB_DATA_TYPE_UTF8_STRING: return std::string_view(data.utf8_string, data.data_size);
      case MMDB_DATA_TYPE_DOUBLE: return data.double_value;
      case MMDB_DATA_TYPE_FLOAT: return static_cast<double>(data.float_value);
      case MMDB_DATA_TYPE_UINT16: return uint64_t{data.uint16};
      case MMDB_DATA_TYPE_UINT32: return uint64_t{data.uint32};
      case MMDB_DATA_TYPE_UINT64: return data.uint64;
      case MMDB_DATA_TYPE_INT32: return static_cast<double>(data.int32);
      case MMDB_DATA_TYPE_BOOLEAN: return data.boolean;
      default: return std::nullopt;
    }
  }

 private:
  MMDB_entry_s entry_;
};

constexpr uint32_t no_record = UINT32_MAX;

// Peers may choose addresses that share a slot: then each costs a lookup, which is cheap too.
uint64_t mix(const void* sixteen_bytes) {
  uint64_t words[2];
  std::memcpy(words, sixteen_bytes, sizeof words);
  return (words[0] ^ words[1] * 0x9e3779b97f4a7c15U) * 0xbf58476d1ce4e5b9U >> 40;
}

bool is_mapped_ipv4(const uint8_t address[16]) {
  static constexpr uint8_t prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  return std::memcmp(address, prefix, sizeof prefix) == 0;
}

MMDB_lookup_result_s look_up(const MMDB_s& db, const uint8_t address[16], int& error) {
  if (is_mapped_ipv4(address)) {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    std::memcpy(&v4.sin_addr, address + 12, 4);
    return MMDB_lookup_sockaddr(&db, reinterpret_cast<const sockaddr*>(&v4), &error);
  }
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  std::memcpy(&v6.sin6_addr, address, 16);
  return MMDB_lookup_sockaddr(&db, reinterpret_cast<const sockaddr*>(&v6), &error);
}

Error open_error(const std::string& path, int status, int error_number) {
  const bool missing = status == MMDB_FILE_OPEN_ERROR && error_number == ENOENT;
  const bool system_failed = status == MMDB_FILE_OPEN_ERROR || status == MMDB_IO_ERROR ||
                             status == MMDB_OUT_OF_MEMORY_ERROR;
  const std::string advice =
      ". Without it requests carry no location: name a file in the MaxMind DB format, or leave it "
      "out";
  if (missing) return Error(Code::not_found, "the geo database " + path + " is missing" + advice);
  if (system_failed) {
    return Error(Code::io, "the geo database " + path + " cannot be read (" +
                               std::strerror(error_number) + ")" + advice);
  }
  return Error(Code::corrupt, "the geo database " + path +
                                  " is not a whole file in the MaxMind DB format (" +
                                  MMDB_strerror(status) + ")" + advice);
}

}  // namespace

struct GeoDatabase::File {
  File() = default;
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (is_open) MMDB_close(&db);
  }
  MMDB_s db{};
  bool is_open = false;
};

GeoDatabase::GeoDatabase() = default;
GeoDatabase::~GeoDatabase() = default;

Result<std::unique_ptr<GeoDatabase>> GeoDatabase::open(std::span<const std::string> paths) {
  if (paths.size() > files_max) {
    return fail(Code::invalid,
                "at most " + std::to_string(files_max) + " geo databases can be used at once");
  }
  std::unique_ptr<GeoDatabase> database(new GeoDatabase);
  for (const std::string& path : paths) {
    auto file = std::make_unique<File>();
    errno = 0;
    const int status = MMDB_open(path.c_str(), MMDB_MODE_MMAP, &file->db);
    if (status != MMDB_SUCCESS) return fail(open_error(path, status, errno));
    file->is_open = true;
    database->files_.push_back(std::move(file));
  }
  return database;
}

GeoDatabase::Place GeoDatabase::find(const uint8_t address[16]) const {
  Place place;
  place.fill(no_record);
  for (size_t i = 0; i < files_.size(); ++i) {
    int error = MMDB_SUCCESS;
    const MMDB_lookup_result_s found = look_up(files_[i]->db, address, error);
    if (error == MMDB_SUCCESS && found.found_entry) place[i] = found.entry.offset;
  }
  return place;
}

int64_t GeoDatabase::built_unix_s() const {
  uint64_t oldest = UINT64_MAX;
  for (const auto& file : files_) oldest = std::min(oldest, file->db.metadata.build_epoch);
  return static_cast<int64_t>(oldest);
}

GeoRecord GeoDatabase::read(const Place& place) const {
  GeoRecord record;
  for (size_t i = 0; i < files_.size(); ++i) {
    if (place[i] == no_record) continue;
    map_record(MmdbFields({.mmdb = &files_[i]->db, .offset = place[i]}), record);
  }
  add_country_defaults(record);
  return record;
}

GeoCache::GeoCache(const GeoDatabase& database)
    : database_(database), addresses_(slot_count), places_(slot_count) {}

GeoRecordPtr GeoCache::lookup(const uint8_t address[16]) {
  auto& slot = addresses_[mix(address) % slot_count];
  if (!slot.record || std::memcmp(slot.key.data(), address, 16) != 0) {
    slot.record = record_of(database_.find(address));
    std::memcpy(slot.key.data(), address, 16);
  }
  return slot.record;
}

GeoRecordPtr GeoCache::record_of(const GeoDatabase::Place& place) {
  auto& slot = places_[mix(place.data()) % slot_count];
  if (!slot.record || slot.key != place) {
    slot.record = std::make_shared<GeoRecord>(database_.read(place));
    slot.key = place;
  }
  return slot.record;
}

}  // namespace skerry::geo
