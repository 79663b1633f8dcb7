#include "types/idna.h"

#include <icu_idna.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "types/ascii.h"

namespace skerry::types {
namespace {

consteval std::array<bool, 256> make_forbidden_table() {
  std::array<bool, 256> table{};
  for (unsigned c = 0; c <= 0x20; ++c) table[c] = true;
  for (const char c : std::string_view("#/:<>?@[\\]^|%\x7f"))
    table[static_cast<unsigned char>(c)] = true;
  return table;
}

constexpr std::array<bool, 256> forbidden_bytes = make_forbidden_table();

constexpr uint32_t lax_options = UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ |
                                 UIDNA_NONTRANSITIONAL_TO_ASCII | UIDNA_NONTRANSITIONAL_TO_UNICODE;
// What ICU reports whether asked or not, and the URL Standard ignores: CheckHyphens and
// VerifyDnsLength are false.
constexpr uint32_t lax_errors = UIDNA_ERROR_EMPTY_LABEL | UIDNA_ERROR_LABEL_TOO_LONG |
                                UIDNA_ERROR_DOMAIN_NAME_TOO_LONG | UIDNA_ERROR_LEADING_HYPHEN |
                                UIDNA_ERROR_TRAILING_HYPHEN | UIDNA_ERROR_HYPHEN_3_4;

// An ICU processor is immutable and serves all threads; it is opened on first need and kept for
// good.
const UIDNA* open_processor(uint32_t options) {
  UErrorCode status = U_ZERO_ERROR;
  const UIDNA* processor = uidna_openUTS46(options, &status);
  return U_FAILURE(status) ? nullptr : processor;
}

const UIDNA* lax_processor() {
  static const UIDNA* const processor = open_processor(lax_options);
  return processor;
}

const UIDNA* strict_processor() {
  static const UIDNA* const processor = open_processor(lax_options | UIDNA_USE_STD3_RULES);
  return processor;
}

// https://unicode.org/reports/tr46/#ToASCII
Result<std::string> unicode_to_ascii(std::string_view domain, bool be_strict) {
  if (domain.size() > idna_input_bytes_max) return fail(Code::too_large, "domain name too long");
  const UIDNA* processor = be_strict ? strict_processor() : lax_processor();
  if (processor == nullptr) return fail(Code::internal, "ICU has no IDNA data");
  std::string out(std::max<size_t>(domain.size() * 2, 256), '\0');
  for (int attempt = 0; attempt < 2; ++attempt) {
    UIDNAInfo info = UIDNA_INFO_INITIALIZER;
    UErrorCode status = U_ZERO_ERROR;
    const int32_t size =
        uidna_nameToASCII_UTF8(processor, domain.data(), static_cast<int32_t>(domain.size()),
                               out.data(), static_cast<int32_t>(out.size()), &info, &status);
    if (status == U_BUFFER_OVERFLOW_ERROR && size > 0 && attempt == 0) {
      out.resize(static_cast<size_t>(size));
      continue;
    }
    const uint32_t errors = be_strict ? info.errors : info.errors & ~lax_errors;
    if (U_FAILURE(status) || errors != 0 || size < 0) break;
    out.resize(static_cast<size_t>(size));
    return out;
  }
  return fail(Code::invalid, "not a valid domain name");
}

}  // namespace

bool is_forbidden_domain_byte(char c) {
  return forbidden_bytes[static_cast<unsigned char>(c)];
}

Result<std::string> domain_to_ascii(std::string_view domain, bool be_strict) {
  // 1. Strict: ICU decides alone.
  if (be_strict) return unicode_to_ascii(domain, true);
  std::string ascii;
  // 2. An ASCII domain is put in lower case, whatever its xn-- labels decode to.
  if (std::ranges::all_of(domain, [](char c) { return static_cast<unsigned char>(c) < 0x80; })) {
    ascii.resize(domain.size());
    std::ranges::transform(domain, ascii.begin(), to_ascii_lower);
  } else {
    // 3. Any other goes through ToASCII.
    auto converted = unicode_to_ascii(domain, false);
    if (!converted) return converted;
    ascii = std::move(*converted);
  }
  // 4. Neither may be empty or hold a forbidden code point.
  if (ascii.empty()) return fail(Code::invalid, "empty domain name");
  if (std::ranges::any_of(ascii, is_forbidden_domain_byte)) {
    return fail(Code::invalid, "forbidden character in domain name");
  }
  return ascii;
}

}  // namespace skerry::types
