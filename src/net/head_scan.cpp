#include "net/head_scan.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace skerry::net {

namespace {

bool is_control(unsigned char c) {
  return (c < 0x20 && c != '\t') || c == 0x7f;
}

// The first control byte other than a tab at or after `at`; the size if there is none.
size_t find_control(const char* text, size_t at, size_t size) {
#if defined(__SSE2__)
  const __m128i last_control = _mm_set1_epi8(0x1f);
  const __m128i tab = _mm_set1_epi8('\t');
  const __m128i del = _mm_set1_epi8(0x7f);
  for (; at + 16 <= size; at += 16) {
    __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text + at));
    __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(bytes, last_control), bytes);
    low = _mm_andnot_si128(_mm_cmpeq_epi8(bytes, tab), low);
    int mask = _mm_movemask_epi8(_mm_or_si128(low, _mm_cmpeq_epi8(bytes, del)));
    if (mask != 0) return at + static_cast<size_t>(__builtin_ctz(static_cast<unsigned>(mask)));
  }
#endif
  while (at < size && !is_control(static_cast<unsigned char>(text[at]))) ++at;
  return at;
}

}  // namespace

HeadScan HeadScanner::scan(std::string_view text) {
  const char* data = text.data();
  size_t size = text.size();
  for (;;) {
    size_t at = find_control(data, position_, size);
    position_ = at;
    if (at == size) return HeadScan::more;
    if (data[at] == '\n') return HeadScan::bare_lf;
    if (data[at] != '\r') return HeadScan::control;
    if (at + 1 == size) return HeadScan::more;
    if (data[at + 1] != '\n') return HeadScan::bare_cr;
    if (first_line_ == SIZE_MAX) first_line_ = at;
    // What the next line begins with decides; until then the scan comes back to this CR.
    if (at + 2 == size) return HeadScan::more;
    char next = data[at + 2];
    if (next == ' ' || next == '\t') return HeadScan::folded;
    if (next == '\r') {
      if (at + 3 == size) return HeadScan::more;
      if (data[at + 3] != '\n') return HeadScan::bare_cr;
      position_ = at + 4;
      return HeadScan::complete;
    }
    position_ = at + 2;
  }
}

const char* describe(HeadScan scan) {
  switch (scan) {
    case HeadScan::bare_cr: return "a carriage return without a line feed in the head";
    case HeadScan::bare_lf: return "a line feed without a carriage return in the head";
    case HeadScan::folded: return "a folded header line";
    case HeadScan::control: return "a control character in the head";
    default: return "";
  }
}

}  // namespace skerry::net
