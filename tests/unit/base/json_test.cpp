#include "base/json.h"

#include <doctest/doctest.h>

using namespace skerry;

namespace {

ConfigValue read(std::string_view text, JsonDialect dialect = JsonDialect::with_comments) {
  Result<ConfigValue> value = parse_json(text, "f.json", dialect);
  if (!value) {
    FAIL_CHECK(value.error().text);
    return {};
  }
  return std::move(*value);
}

std::string error_of(std::string_view text, JsonDialect dialect = JsonDialect::with_comments) {
  Result<ConfigValue> value = parse_json(text, "f.json", dialect);
  return value ? "no error" : value.error().text;
}

std::string round(std::string_view text) {
  return to_json(read(text));
}

std::string repeat(std::string_view part, size_t count) {
  std::string out;
  for (size_t i = 0; i < count; ++i) out += part;
  return out;
}

}  // namespace

TEST_CASE("scalars keep their type") {
  CHECK(read("null").is_null());
  CHECK(read("true").as_boolean());
  CHECK_FALSE(read("false").as_boolean());
  CHECK(read("false").is_boolean());
  CHECK(read("\"a\"").as_string() == "a");
  CHECK(read(" \t\r\n1 \n").as_number().value == 1);
}

TEST_CASE("numbers remember whether they were integers") {
  CHECK(read("12").as_number().was_integer);
  CHECK(read("-0").as_number().was_integer);
  CHECK_FALSE(read("12.0").as_number().was_integer);
  CHECK_FALSE(read("1e3").as_number().was_integer);
  CHECK(read("1e3").as_number().value == 1000);
  CHECK(read("-1.5E-2").as_number().value == -0.015);
  CHECK(read("1e-999").as_number().value == 0);
  CHECK(read("0.1").as_number().value == 0.1);
}

TEST_CASE("malformed numbers are refused") {
  for (const char* text : {"-", "01", "1.", "1.e1", "1e", "1e+", "+1", ".5", "0x10", "1_000", "-a",
                           "Infinity", "NaN", "-Infinity", "1a"}) {
    CAPTURE(text);
    CHECK(error_of(text) != "no error");
  }
}

TEST_CASE("huge numbers are refused with a code") {
  CHECK(error_of("1e999") == "f.json:1:1: this number is too large");
  CHECK(error_of("-" + repeat("9", 400)) == "f.json:1:1: this number is too large");
  CHECK(error_of("[" + repeat("9", 5000) + "]") == "f.json:1:2: this number has too many digits");
  CHECK(parse_json("1e999", "f").error().code == Code::too_large);
}

TEST_CASE("string escapes") {
  CHECK(read(R"("\"\\\/\b\f\n\r\t")").as_string() == "\"\\/\b\f\n\r\t");
  CHECK(read(R"("\u0041\u00e9\u20AC")").as_string() == "Aé€");
  CHECK(read(R"("\ud83d\ude00")").as_string() == "😀");
  CHECK(read(R"("\u0000")").as_string() == std::string(1, '\0'));
}

TEST_CASE("bad escapes are refused where they stand") {
  CHECK(error_of(R"("\x")") == "f.json:1:2: unknown escape; a backslash is written as \\\\");
  CHECK(error_of(R"("\u12g4")") == "f.json:1:6: \\u needs four hexadecimal digits");
  CHECK(error_of(R"("\ud800")").starts_with("f.json:1:2: \\u escape of half a surrogate pair"));
  CHECK(error_of(R"("\ude00")").starts_with("f.json:1:2: \\u escape of half a surrogate pair"));
  CHECK(error_of(R"("\ud800\u0041")").starts_with("f.json:1:2: \\u escape of half"));
  CHECK(error_of("\"\\") == "f.json:1:1: this string is never closed");
  CHECK(error_of("\"\\u00") != "no error");
}

TEST_CASE("objects keep the order of their keys and know their places") {
  ConfigValue root = read("{\n  \"z\": 1,\n  \"é\": {\"a\": [true, \"x\"]}\n}");
  REQUIRE(root.members().size() == 2);
  CHECK(root.members()[0].key == "z");
  CHECK(root.members()[0].key_at == SourcePosition{2, 3});
  CHECK(root.members()[0].value.at() == SourcePosition{2, 8});
  // The column counts characters, so the two bytes of é are one.
  CHECK(root.members()[1].value.at() == SourcePosition{3, 8});
  CHECK(root.find("é")->find("a")->items()[1].at() == SourcePosition{3, 21});
  CHECK(root.find("missing") == nullptr);
  CHECK(root.find("z")->find("deeper") == nullptr);
}

TEST_CASE("columns count characters after non-ASCII comments and strings") {
  CHECK(error_of("[\"éé😀\", x]").starts_with("f.json:1:9: "));
  CHECK(error_of("/* é\né */ x").starts_with("f.json:2:6: "));
}

TEST_CASE("comments and trailing commas are JSONC only") {
  CHECK(round("// top\n{\"a\": 1, /* mid */ \"b\": [1, 2,], } // end") == R"({"a":1,"b":[1,2]})");
  CHECK(round("{/**/}") == "{}");
  CHECK(error_of("// x\n1", JsonDialect::strict) ==
        "f.json:1:1: comments are not allowed in this file");
  CHECK(error_of("[1,]", JsonDialect::strict) ==
        "f.json:1:3: a comma after the last value is not allowed");
  CHECK(error_of("{\"a\":1,}", JsonDialect::strict) != "no error");
  CHECK(error_of("[,]") == "f.json:1:2: expected a value, found ','");
  CHECK(error_of("[1,,2]") == "f.json:1:4: expected a value, found ','");
  CHECK(error_of("{,}") == "f.json:1:2: expected a key in double quotes or '}', found ','");
  CHECK(error_of("1 /* never") == "f.json:1:3: this comment is never closed; end it with '*/'");
  CHECK(error_of("1 / 2") == "f.json:1:3: unexpected '/'");
}

TEST_CASE("messages say what was expected") {
  CHECK(error_of("{\n\"vars\": {}\n\"x\": 1}") ==
        "f.json:3:1: expected ',' or '}' after the value of \"vars\"");
  CHECK(error_of("[1 2]") == "f.json:1:4: expected ',' or ']' after the array's value");
  CHECK(error_of("{\"a\" 1}") == "f.json:1:6: expected ':' after the key \"a\"");
  CHECK(error_of("{'a': 1}") == "f.json:1:2: keys are written in double quotes, not single ones");
  CHECK(error_of("{name: 1}") ==
        "f.json:1:2: expected a key in double quotes, found 'name' without quotes");
  CHECK(error_of("['a']") == "f.json:1:2: strings are written in double quotes, not single ones");
  CHECK(error_of("{\"a\": True}") ==
        "f.json:1:7: expected a value, found 'True'; text needs double quotes around it");
  CHECK(error_of("") == "f.json:1:1: expected a value, found end of the file");
  CHECK(error_of("{\"a\": 1") ==
        "f.json:1:8: expected ',' or '}' after the value of \"a\", found the end of the file");
  CHECK(error_of("{} {}") == "f.json:1:4: unexpected '{' after the end of the value");
  CHECK(error_of("\"abc") == "f.json:1:1: this string is never closed; end it with '\"'");
  CHECK(error_of("\"abc\n\"") == "f.json:1:1: this string is never closed; end it with '\"'");
}

TEST_CASE("a key twice is an error, in small and in large objects") {
  CHECK(error_of("{\"a\":1,\n\"a\":2}") ==
        "f.json:2:1: key \"a\" is already set at line 1; remove one of the two");
  std::string large = "{";
  for (int i = 0; i < 100; ++i) large += "\"k" + std::to_string(i) + "\":0,\n";
  CHECK(error_of(large + "\"k3\":0}") ==
        "f.json:101:1: key \"k3\" is already set at line 4; remove one of the two");
  CHECK(error_of(large + "\"k99\":0}").find("already set at line 100") != std::string::npos);
  CHECK(error_of(large + "\"other\":0}") == "no error");
}

TEST_CASE("hostile: nesting is bounded") {
  CHECK(error_of(repeat("[", 128) + repeat("]", 128)) == "no error");
  CHECK(error_of(repeat("[", 129) + repeat("]", 129)) ==
        "f.json:1:129: values are nested deeper than 128");
  CHECK(error_of(repeat("[", 5'000'000)).find("nested deeper") != std::string::npos);
  CHECK(error_of(repeat("{\"a\":", 1'000'000)).find("nested deeper") != std::string::npos);
}

TEST_CASE("hostile: bytes that are no text") {
  CHECK(error_of(std::string_view("{\0}", 3)) ==
        "f.json:1:2: expected a key in double quotes or '}', found NUL byte");
  CHECK(error_of(std::string_view("\"a\0b\"", 5)).starts_with("f.json:1:3: NUL byte in a string"));
  CHECK(error_of("\"a\x01\"").starts_with("f.json:1:3: control character 1 in a string"));
  for (const char* bad : {"\xff", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82",
                          "\x80", "\xf8\x88\x80\x80\x80"}) {
    CHECK(error_of("[\n\"é" + std::string(bad) + "\"]") ==
          "f.json:2:3: this byte is not valid UTF-8; save the file as UTF-8");
  }
}

TEST_CASE("hostile: size and count are bounded") {
  CHECK(error_of(std::string(config_bytes_max + 1, ' ')) ==
        "f.json: the file is larger than 10 MiB");
  CHECK(error_of("[" + repeat("0,", config_values_max) + "0]").find("more than 1000000 values") !=
        std::string::npos);
  CHECK(error_of("\"" + std::string(9'000'000, 'a') + "\"") == "no error");
  // A repeated key stays cheap to find among very many.
  std::string many = "{";
  for (int i = 0; i < 200'000; ++i) many += "\"" + std::to_string(i) + "\":0,";
  CHECK(error_of(many + "\"7\":0}").find("already set") != std::string::npos);
}

TEST_CASE("a byte order mark is skipped and does not count") {
  CHECK(error_of("\xEF\xBB\xBF x").starts_with("f.json:1:2: "));
  CHECK(round("\xEF\xBB\xBF{}") == "{}");
}

TEST_CASE("long and strange keys are shown short") {
  const std::string message = error_of("{\"" + std::string(200, 'k') + "\" 1}");
  CHECK(message.size() < 120);
  CHECK(message.find("…") != std::string::npos);
  CHECK(error_of("{\"a\\nb\" 1}").find("\"a\\nb\"") != std::string::npos);
}

TEST_CASE("writer: strings are safe for a log line") {
  CHECK(json_string("a\"b\\c\n\r\t") == R"("a\"b\\c\n\r\t")");
  CHECK(json_string(std::string_view("\0\x1b[0m\x7f", 6)) == R"("\u0000\u001b[0m\u007f")");
  CHECK(json_string("\xC2\x9B") == R"("\u009b")");
  CHECK(json_string("\xE2\x80\xA8\xE2\x80\xA9") == R"("\u2028\u2029")");
  CHECK(json_string("é€😀") == "\"é€😀\"");
  CHECK(json_string("a\xff\xe2\x82z") == "\"a\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBDz\"");
}

TEST_CASE("writer: numbers read back the same") {
  CHECK(round("[0,-1,9007199254740991,1.5,1e300,0.1]") == "[0,-1,9007199254740991,1.5,1e+300,0.1]");
  CHECK(round("[-0,-0e1,0]") == "[-0,-0,0]");
  CHECK(to_json(ConfigValue::number(1.0 / 0.0, false)) == "null");
  CHECK(read(round("12345678901234567890")).as_number().value == 12345678901234567890.0);
}

TEST_CASE("clone is deep and equal") {
  ConfigValue value = read(R"({"a":[1,{"b":null}],"c":"d","e":true})");
  ConfigValue copy = value.clone();
  value = ConfigValue();
  CHECK(to_json(copy) == R"({"a":[1,{"b":null}],"c":"d","e":true})");
  CHECK(copy.find("c")->at() == SourcePosition{1, 25});
}

TEST_CASE("accessors of another type answer with an empty value") {
  ConfigValue text = ConfigValue::string("x");
  CHECK(text.items().empty());
  CHECK(text.members().empty());
  CHECK_FALSE(text.as_boolean());
  CHECK(text.as_number().value == 0);
  CHECK(ConfigValue::boolean(true).as_string().empty());
}
