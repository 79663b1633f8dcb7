// Base64 as the web has it. Bytes travel in std::string.
// https://infra.spec.whatwg.org/#forgiving-base64, RFC 4648.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace skerry::types {

std::string base64_encode(std::string_view bytes);
std::string base64url_encode(std::string_view bytes);  // "-" and "_", without padding

// Forgiving: ASCII white space anywhere, padding right or absent, spare bits ignored. Null
// otherwise.
std::optional<std::string> base64_decode(std::string_view text);
// The URL alphabet; no white space, padding right or absent.
std::optional<std::string> base64url_decode(std::string_view text);

}  // namespace skerry::types
