#include "types/multipart.h"

#include <doctest/doctest.h>

#include "base/limits.h"

namespace skerry::types {

namespace {

std::string part(std::string_view head, std::string_view content) {
  return "--B\r\n" + std::string(head) + "\r\n\r\n" + std::string(content) + "\r\n";
}

Code failure(std::string_view bytes, std::string_view boundary = "B") {
  Result<std::vector<MultipartPart>> parts = parse_multipart(bytes, boundary);
  REQUIRE(!parts);
  return parts.error().code;
}

constexpr std::string_view kName = "Content-Disposition: form-data; name=\"a\"";

}  // namespace

TEST_CASE("multipart: fields and files") {
  const std::string text = part(kName, "one") +
                           part(
                               "content-type: Text/HTML; x=y\r\n"
                               "CONTENT-DISPOSITION:form-data; name=\"b\"; filename=\"f.txt\"",
                               std::string("\0\r\n--\r\n-B\0", 10)) +
                           part(kName, "") + "--B--\r\n";
  Result<std::vector<MultipartPart>> parts = parse_multipart(text, "B");
  REQUIRE(parts);
  REQUIRE(parts->size() == 3);
  CHECK((*parts)[0].name == "a");
  CHECK(!(*parts)[0].filename);
  CHECK(text.substr((*parts)[0].offset, (*parts)[0].size) == "one");
  CHECK((*parts)[1].name == "b");
  CHECK((*parts)[1].filename == "f.txt");
  CHECK((*parts)[1].content_type == "Text/HTML; x=y");
  CHECK((*parts)[1].size == 10);
  CHECK((*parts)[2].size == 0);
}

TEST_CASE("multipart: no parts, and what surrounds them") {
  CHECK(parse_multipart("--B--\r\n", "B")->empty());
  CHECK(parse_multipart("--B--", "B")->empty());
  CHECK(parse_multipart("\r\n--B--\r\nepilogue", "B")->empty());
  CHECK(parse_multipart(part(kName, "x") + "--B--", "B")->size() == 1);
}

TEST_CASE("multipart: names are escaped, decoded, repaired") {
  Result<std::vector<MultipartPart>> parts = parse_multipart(
      part("Content-Disposition: form-data; name=\"%22%0D%0a%0A%25\xff\"; filename=\"a\\b.txt\"",
           "") +
          "--B--\r\n",
      "B");
  REQUIRE(parts);
  CHECK((*parts)[0].name == "\"\r%0a\n%25\xef\xbf\xbd");
  CHECK((*parts)[0].filename == "a\\b.txt");
  const std::string head = multipart_head("B", "x\"\ny", std::string("q\"\r\nz"), "");
  CHECK(head ==
        "--B\r\nContent-Disposition: form-data; name=\"x%22%0D%0Ay\"; filename=\"q%22%0D%0Az\"\r\n"
        "Content-Type: application/octet-stream\r\n\r\n");
  CHECK(with_crlf("a\nb\rc\r\nd\r\r\n") == "a\r\nb\r\nc\r\nd\r\n\r\n");
}

TEST_CASE("multipart: parameters without quotes, and ones that are passed over") {
  Result<std::vector<MultipartPart>> parts = parse_multipart(
      part("Content-Disposition: form-data ; filename*=UTF-8''x ; name=plain;filename=f ", "") +
          "--B--\r\n",
      "B");
  REQUIRE(parts);
  CHECK((*parts)[0].name == "plain");
  CHECK((*parts)[0].filename == "f");
}

TEST_CASE("multipart: what is refused") {
  const std::string good = part(kName, "one");
  CHECK(failure("") == Code::invalid);
  CHECK(failure("--B") == Code::invalid);
  CHECK(failure("--B\r\n") == Code::invalid);
  CHECK(failure("--C--\r\n") == Code::invalid);
  CHECK(failure("x--B--\r\n") == Code::invalid);
  CHECK(failure("--B--x") == Code::invalid);
  CHECK(failure(good) == Code::invalid);  // the last boundary is missing
  CHECK(failure(good + "--B-") == Code::invalid);
  CHECK(failure(good + "--Bx--\r\n") == Code::invalid);
  CHECK(failure("--B\n" + good + "--B--\r\n") == Code::invalid);  // lines end with LF alone
  CHECK(failure(part("X: y", "no name") + "--B--\r\n") == Code::invalid);
  CHECK(failure(part("Content-Disposition: form-data", "") + "--B--\r\n") == Code::invalid);
  CHECK(failure(part("Content-Disposition: attachment; name=\"a\"", "") + "--B--\r\n") ==
        Code::invalid);
  CHECK(failure(part("Content-Disposition: form-data; name=\"a", "") + "--B--\r\n") ==
        Code::invalid);
  CHECK(failure(part("no colon", "") + "--B--\r\n") == Code::invalid);
  CHECK(failure(good + "--B--\r\n", "") == Code::invalid);
  CHECK(failure(good + "--B--\r\n", std::string(300, 'B')) == Code::invalid);
  for (size_t cut = 0; cut + 2 < good.size() + 5; ++cut)
    CHECK(!parse_multipart((good + "--B--").substr(0, cut), "B"));
}

TEST_CASE("multipart: bounds") {
  std::string many;
  for (size_t i = 0; i <= limits::form_parts_max; ++i) many += part(kName, "");
  CHECK(failure(many + "--B--\r\n") == Code::too_large);
  CHECK(failure("--B\r\nX: " + std::string(limits::form_part_header_bytes_max, 'x') + "\r\n\r\n") ==
        Code::too_large);
  // Delimiters that nearly match take no quadratic time.
  std::string near;
  for (int i = 0; i < 200'000; ++i) near += "\r\n--BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBC";
  const std::string boundary(33, 'B');
  CHECK(failure("--" + boundary + "\r\n" + std::string(kName) + "\r\n\r\n" + near, boundary) ==
        Code::invalid);
}

}  // namespace skerry::types
