#include "types/multipart.h"

#include <algorithm>

#include "base/limits.h"
#include "types/ascii.h"
#include "types/utf8.h"

namespace skerry::types {

namespace {

std::unexpected<Error> malformed(const char* what) {
  return fail(Error(Code::invalid, std::string("malformed multipart/form-data: ") + what));
}

class MultipartParser {
 public:
  MultipartParser(std::string_view bytes, std::string_view boundary)
      : bytes_(bytes), delimiter_("\r\n--" + std::string(boundary)) {}

  Result<std::vector<MultipartPart>> run() {
    // A line end before the first delimiter is no content (RFC 2046 section 5.1.1).
    if (bytes_.starts_with("\r\n")) at_ = 2;
    if (!take(std::string_view(delimiter_).substr(2)))
      return malformed("it does not begin with the boundary");
    std::vector<MultipartPart> parts;
    for (;;) {
      if (take("--")) {
        // What follows the last delimiter is a line end, or an epilogue nobody looks at.
        if (at_ == bytes_.size() || take("\r\n")) return parts;
        return malformed("there is something behind the last boundary");
      }
      if (!take("\r\n")) return malformed("a boundary is not followed by a line end");
      if (parts.size() == limits::form_parts_max)
        return fail(Error(Code::too_large, "multipart/form-data has more than " +
                                               std::to_string(limits::form_parts_max) + " parts"));
      MultipartPart part;
      Result<void> head = read_head(part);
      if (!head) return fail(std::move(head.error()));
      const size_t end = bytes_.find(delimiter_, at_);
      if (end == std::string_view::npos) return malformed("the last boundary is missing");
      part.offset = at_;
      part.size = end - at_;
      at_ = end + delimiter_.size();
      parts.push_back(std::move(part));
    }
  }

 private:
  bool take(std::string_view text) {
    if (!bytes_.substr(at_).starts_with(text)) return false;
    at_ += text.size();
    return true;
  }

  Result<void> read_head(MultipartPart& part) {
    const size_t start = at_;
    bool named = false;
    while (!take("\r\n")) {
      const std::string_view rest =
          bytes_.substr(at_, limits::form_part_header_bytes_max - (at_ - start));
      const size_t end = rest.find("\r\n");
      if (end == std::string_view::npos)
        return rest.size() < bytes_.size() - at_
                   ? fail(Error(Code::too_large,
                                "a part of multipart/form-data has too long a head"))
                   : malformed("a header line has no end");
      const std::string_view line = rest.substr(0, end);
      at_ += end + 2;
      const size_t colon = line.find(':');
      if (colon == std::string_view::npos || colon == 0) return malformed("a header has no name");
      const std::string_view name = line.substr(0, colon), value = trimmed(line.substr(colon + 1));
      if (equals_ascii_case(name, "content-disposition")) {
        if (!read_disposition(value, part))
          return malformed("a Content-Disposition is not of a form");
        named = true;
      } else if (equals_ascii_case(name, "content-type")) {
        part.content_type = value;
      }
    }
    if (!named) return malformed("a part has no name");
    return {};
  }

  static std::string_view trimmed(std::string_view text) {
    auto blank = [](char c) { return c == ' ' || c == '\t'; };
    while (!text.empty() && blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && blank(text.back())) text.remove_suffix(1);
    return text;
  }

  // form-data; name="…"; filename="…". Other parameters are passed over.
  static bool read_disposition(std::string_view value, MultipartPart& part) {
    const size_t type_end = std::min(value.find(';'), value.size());
    if (!equals_ascii_case(trimmed(value.substr(0, type_end)), "form-data")) return false;
    value.remove_prefix(type_end);
    bool named = false;
    while (!(value = trimmed(value)).empty()) {
      if (value.front() != ';') return false;
      value = trimmed(value.substr(1));
      const size_t equals = value.find('=');
      if (equals == std::string_view::npos) return value.empty();
      const std::string_view key = trimmed(value.substr(0, equals));
      value = trimmed(value.substr(equals + 1));
      std::string_view text;
      if (value.starts_with('"')) {
        const size_t quote = value.find('"', 1);
        if (quote == std::string_view::npos) return false;
        text = value.substr(1, quote - 1);
        value.remove_prefix(quote + 1);
      } else {
        const size_t end = std::min(value.find(';'), value.size());
        text = trimmed(value.substr(0, end));
        value.remove_prefix(end);
      }
      if (equals_ascii_case(key, "name")) {
        part.name = decoded(text);
        named = true;
      } else if (equals_ascii_case(key, "filename")) {
        part.filename = decoded(text);
      }
    }
    return named;
  }

  // The three escapes that multipart_head() writes.
  static std::string decoded(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (size_t i = 0; i < text.size(); ++i) {
      const std::string_view three = text.substr(i, 3);
      const char plain = three == "%0A"   ? '\n'
                         : three == "%0D" ? '\r'
                         : three == "%22" ? '"'
                                          : '\0';
      out += plain == '\0' ? text[i] : plain;
      if (plain != '\0') i += 2;
    }
    return to_valid_utf8(std::move(out));
  }

  std::string_view bytes_;
  std::string delimiter_;
  size_t at_ = 0;
};

std::string escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (char c : text) {
    if (c == '\n')
      out += "%0A";
    else if (c == '\r')
      out += "%0D";
    else if (c == '"')
      out += "%22";
    else
      out += c;
  }
  return out;
}

}  // namespace

Result<std::vector<MultipartPart>> parse_multipart(std::string_view bytes,
                                                   std::string_view boundary) {
  // RFC 2046 section 5.1.1 allows 70 characters.
  if (boundary.empty() || boundary.size() > 256)
    return malformed("the boundary has an impossible length");
  return MultipartParser(bytes, boundary).run();
}

std::string multipart_head(std::string_view boundary, std::string_view name,
                           const std::optional<std::string>& filename,
                           std::string_view content_type) {
  std::string out = "--";
  out += boundary;
  out += "\r\nContent-Disposition: form-data; name=\"";
  out += escaped(with_crlf(name));
  out += '"';
  if (filename) {
    out += "; filename=\"";
    out += escaped(*filename);
    out += "\"\r\nContent-Type: ";
    out += content_type.empty() ? std::string_view("application/octet-stream") : content_type;
  }
  out += "\r\n\r\n";
  return out;
}

std::string multipart_end(std::string_view boundary) {
  return "--" + std::string(boundary) + "--\r\n";
}

std::string with_crlf(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\r' && text[i] != '\n') {
      out += text[i];
      continue;
    }
    out += "\r\n";
    if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') ++i;
  }
  return out;
}

}  // namespace skerry::types
