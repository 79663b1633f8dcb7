// The one pass over the raw bytes of a message head before llhttp sees them: finds where it ends
// and refuses what llhttp 8.1 lets through. RFC 9112 sections 2.2 and 5.2.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace skerry::net {

enum class HeadScan : uint8_t {
  more,      // fine so far, not complete
  complete,  // size() bytes, through the empty line
  bare_cr,   // CR not followed by LF
  bare_lf,   // LF not preceded by CR
  folded,    // a line that begins with a space or tab (obs-fold)
  control,   // a NUL or another control byte
};

class HeadScanner {
 public:
  void reset() { *this = HeadScanner(); }
  // `text` is everything received of this head so far; each byte is looked at once over all calls.
  HeadScan scan(std::string_view text);
  size_t size() const { return position_; }
  // Bytes of the first line without its CRLF; SIZE_MAX while it is incomplete.
  size_t first_line() const { return first_line_; }

 private:
  size_t position_ = 0;
  size_t first_line_ = SIZE_MAX;
};

// The text for people of a refusal by the scan.
const char* describe(HeadScan scan);

}  // namespace skerry::net
