// multipart/form-data, read and written: RFC 7578, as browsers do it
// (https://fetch.spec.whatwg.org/#multipart-form-data-parser and
// https://html.spec.whatwg.org/#multipart-form-data).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace skerry::types {

// One part. Its content is a run of the parsed bytes and is not copied.
struct MultipartPart {
  std::string name;
  std::optional<std::string> filename;  // the part is a file
  std::string content_type;             // as given; empty for none
  size_t offset = 0, size = 0;          // of the content
};

// Fails with `invalid` on anything that is not well-formed to the last delimiter, and with
// `too_large` past limits::form_parts_max or limits::form_part_header_bytes_max. Names come as
// valid UTF-8. Takes time in proportion to the bytes.
Result<std::vector<MultipartPart>> parse_multipart(std::string_view bytes,
                                                   std::string_view boundary);

// The bytes before the content of a field (file name absent) or of a file; a line end follows the
// content.
std::string multipart_head(std::string_view boundary, std::string_view name,
                           const std::optional<std::string>& filename,
                           std::string_view content_type);
// The last delimiter.
std::string multipart_end(std::string_view boundary);
// CR, LF and CRLF as CRLF (https://infra.spec.whatwg.org/#normalize-newlines, then CRLF).
std::string with_crlf(std::string_view text);

}  // namespace skerry::types
