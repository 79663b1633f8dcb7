// Hashes on OpenSSL, free of V8.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace skerry::web {

enum class Hash : uint8_t { sha1, sha256, sha384, sha512, md5 };

// By name in any case of letters: "SHA-256". MD5 is no algorithm of the standard; Workers has it
// for checksums.
std::optional<Hash> find_hash(std::string_view name);
std::string_view hash_name(Hash hash);
std::string_view hash_digits(Hash hash);  // "256": how JWK algorithms name it
uint32_t block_bits(Hash hash);

// Raw bytes; none when the library refuses the algorithm.
std::optional<std::string> digest(Hash hash, std::span<const uint8_t> data);
// Takes the same time wherever the first difference is. Both have one size.
bool equal_in_constant_time(std::span<const uint8_t> a, std::span<const uint8_t> b);
void wipe(std::string& secret);

}  // namespace skerry::web
