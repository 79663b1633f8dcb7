// Domain names to ASCII. https://url.spec.whatwg.org/#concept-domain-to-ascii,
// https://unicode.org/reports/tr46/
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace skerry::types {

// Longer non-ASCII names are refused (too_large): DNS allows 253 bytes, and Punycode takes
// quadratic time.
inline constexpr size_t idna_input_bytes_max = 4096;

// The URL Standard's domain parser on UTF-8. `be_strict` asks for DNS lengths, STD3 rules and
// hyphen checks too. An ASCII name never reaches ICU unless strict: it is only put in lower case
// and checked for forbidden code points. Any thread; fails with invalid or too_large.
Result<std::string> domain_to_ascii(std::string_view domain, bool be_strict);

// https://url.spec.whatwg.org/#forbidden-domain-code-point
bool is_forbidden_domain_byte(char c);

}  // namespace skerry::types
