#include "deploy/dotenv.h"

#include <doctest/doctest.h>

using namespace skerry;
using namespace skerry::deploy;

namespace {

std::string value_of(std::string_view text, std::string_view name = "A") {
  Result<DotenvFile> file = parse_dotenv(text, ".dev.vars");
  if (!file) return file.error().text;
  for (const DotenvEntry& entry : file->entries) {
    if (entry.name == name) return entry.value;
  }
  return "(none)";
}

size_t warnings_of(std::string_view text) {
  Result<DotenvFile> file = parse_dotenv(text, ".dev.vars");
  return file ? file->diagnostics.size() : 999;
}

}  // namespace

TEST_CASE("dotenv: bare values") {
  CHECK(value_of("A=b") == "b");
  CHECK(value_of("  A = b c  \r\n") == "b c");
  CHECK(value_of("export A=b") == "b");
  CHECK(value_of("A: b") == "b");
  CHECK(value_of("A=") == "");
  CHECK(value_of("A=\nB=c") == "");
  CHECK(value_of("A=b # comment") == "b");
  CHECK(value_of("A=b#c") == "b");
  CHECK(value_of("A=x=y") == "x=y");
  CHECK(value_of("A=a\\nb") == "a\\nb");
  CHECK(value_of("my.key-1=x", "my.key-1") == "x");
  CHECK(value_of("export=1", "export") == "1");
}

TEST_CASE("dotenv: quoted values") {
  CHECK(value_of("A='b # c'") == "b # c");
  CHECK(value_of("A=\"b # c\" # d") == "b # c");
  CHECK(value_of("A=`it's \"x\"`") == "it's \"x\"");
  CHECK(value_of("A=\" b \"") == " b ");
  CHECK(value_of("A=''") == "");
  CHECK(value_of("A='{\"k\":\"v\"}'") == "{\"k\":\"v\"}");
}

TEST_CASE("dotenv: escapes as the npm package has them") {
  CHECK(value_of(R"(A="x\ny\rz")") == "x\ny\rz");
  CHECK(value_of(R"(A='x\ny')") == R"(x\ny)");
  CHECK(value_of(R"(A="a\"b\t")") == R"(a\"b\t)");
}

TEST_CASE("dotenv: multi-line values and the lines after them") {
  CHECK(value_of("A=\"line 1\nline 2\"\nB=2") == "line 1\nline 2");
  CHECK(value_of("A='line 1\nline 2'\nB=2", "B") == "2");
  Result<DotenvFile> file = parse_dotenv("A=\"1\n2\n3\"\nnonsense\nB=1", "f");
  REQUIRE(file.has_value());
  REQUIRE(file->diagnostics.size() == 1);
  CHECK(file->diagnostics[0].line() == "f:4:1: this line is not NAME=value; it is ignored");
  CHECK(file->entries[1].at.line == 5);
}

TEST_CASE("dotenv: comments, blank lines, repeated names") {
  CHECK(warnings_of("# c\n\n   # d\nA=1\n") == 0);
  CHECK(value_of("A=1\nA=2") == "2");
  CHECK(value_of("\xEF\xBB\xBF"
                 "A=1") == "1");
  CHECK(value_of("A=1\r\nB=2\r\n") == "1");
}

TEST_CASE("dotenv: what means nothing is warned about, without its value") {
  CHECK(warnings_of("just text") == 1);
  CHECK(warnings_of("=x") == 1);
  CHECK(warnings_of("A=\"open") == 1);
  CHECK(value_of("A=\"open\nB=1") == "\"open");
  CHECK(value_of("A=\"open\nB=1", "B") == "1");
  CHECK(value_of("A=\"x\" y") == "\"x\" y");
  Result<DotenvFile> file = parse_dotenv("A='hunter2' x", "f");
  CHECK(file->diagnostics.at(0).line().find("hunter2") == std::string::npos);
}

TEST_CASE("dotenv: hostile bytes are errors with a place") {
  CHECK(value_of("A=1\nB=\xff") ==
        ".dev.vars:2:3: this byte is not valid UTF-8; save the file as UTF-8");
  CHECK(value_of(std::string_view("A=\0", 3)) == ".dev.vars:1:3: NUL byte in the file");
  CHECK(value_of(std::string(dotenv_bytes_max + 1, 'a')).find("larger than 1 MiB") !=
        std::string::npos);
  std::string quotes;
  while (quotes.size() < 900'000) quotes += "A=\"x\nB='y\nC=`\n";
  CHECK(warnings_of(quotes) != 999);
}
