// What one look-up of a client address costs: addresses never seen before, drawn evenly from all of
// IPv4 and from 2000::/8, through the cache that requests use.
//   bench_geo_lookup DATABASE [COUNT]      prints one JSON object
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "geo/geo_database.h"

namespace {

double now_ns() {
  return std::chrono::duration<double, std::nano>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 2) return 2;
  const std::string path = arguments[1];
  const int wanted = count > 2 ? std::atoi(arguments[2]) : 200'000;
  auto database = skerry::geo::GeoDatabase::open({&path, 1});
  if (!database) {
    std::fprintf(stderr, "%s\n", database.error().chain().c_str());
    return 1;
  }
  skerry::geo::GeoCache cache(**database);
  uint64_t state = 88172645463325252;
  auto random = [&state] {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
  };
  auto run = [&](bool v6, int times) {
    const double begin = now_ns();
    for (int i = 0; i < times; ++i) {
      uint8_t address[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
      const uint64_t bits = random();
      if (v6) {
        std::memcpy(address + 1, &bits, 8);
        address[0] = 0x20;
      } else {
        std::memcpy(address + 12, &bits, 4);
      }
      cache.lookup(address);
    }
    return (now_ns() - begin) / times;
  };
  const double first = run(false, 1000), v4 = run(false, wanted), v6 = run(true, wanted);
  std::printf("{\"first_thousand_ns\": %.0f, \"v4_ns\": %.0f, \"v6_ns\": %.0f}\n", first, v4, v6);
  return 0;
}
