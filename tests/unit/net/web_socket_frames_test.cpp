#include "net/web_socket_frames.h"

#include <doctest/doctest.h>

#include <random>
#include <string>
#include <vector>

#include "types/utf8.h"

using namespace skerry;
using namespace skerry::net;

namespace {

std::string bytes(std::initializer_list<int> list) {
  std::string text;
  for (int byte : list) text += static_cast<char>(byte);
  return text;
}

// A frame with every bit as asked for, right or wrong.
struct Frame {
  int first = 0x81;
  std::string payload;
  bool masked = true;
  int length_bytes = -1;  // -1: the shortest
  std::string text() const {
    std::string out(1, static_cast<char>(first));
    size_t size = payload.size();
    int bytes = length_bytes >= 0 ? length_bytes : size < 126 ? 0 : size < 65'536 ? 2 : 8;
    int bit = masked ? 0x80 : 0;
    out += static_cast<char>(bit | (bytes == 0 ? static_cast<int>(size) : bytes == 2 ? 126 : 127));
    for (int i = bytes - 1; i >= 0; --i)
      out += static_cast<char>(static_cast<uint64_t>(size) >> (8 * i));
    const char mask[] = {0x12, 0x34, 0x56, 0x78};
    if (masked) out.append(mask, 4);
    for (size_t i = 0; i < size; ++i)
      out += masked ? static_cast<char>(payload[i] ^ mask[i & 3]) : payload[i];
    return out;
  }
};

struct Log final : FrameSink {
  bool on_message(types::MessageKind kind, std::span<const uint8_t> data) override {
    events.push_back((kind == types::MessageKind::text ? "text " : "binary ") +
                     std::string(reinterpret_cast<const char*>(data.data()), data.size()));
    return go_on;
  }
  bool on_ping(std::span<const uint8_t> data) override {
    events.push_back("ping " +
                     std::string(reinterpret_cast<const char*>(data.data()), data.size()));
    return go_on;
  }
  bool on_pong() override {
    events.push_back("pong");
    return go_on;
  }
  bool on_close(uint16_t code, std::string_view reason) override {
    closed = true;
    events.push_back("close " + std::to_string(code) + " " + std::string(reason));
    return false;
  }
  std::vector<std::string> events;
  bool go_on = true;
  bool closed = false;
};

struct Outcome {
  std::vector<std::string> events;
  uint16_t failure = 0;
  bool operator==(const Outcome&) const = default;
};

Outcome read(const std::string& input, size_t piece = 0, size_t max = 1 << 20,
             SocketSide side = SocketSide::server) {
  FrameReader reader(side, max);
  Log log;
  if (piece == 0) piece = input.size();
  for (size_t at = 0; at < input.size() && reader.failure() == 0 && !log.closed; at += piece) {
    size_t size = std::min(piece, input.size() - at);
    reader.feed(reinterpret_cast<const uint8_t*>(input.data()) + at, size, log);
  }
  return {log.events, reader.failure()};
}

uint16_t failure_of(const std::string& input, size_t max = 1 << 20) {
  Outcome whole = read(input, 0, max);
  // Whatever the pieces, the verdict is the same.
  for (size_t piece : {1, 2, 3, 7}) CHECK(read(input, piece, max) == whole);
  return whole.failure;
}

}  // namespace

TEST_CASE("messages arrive whole, in any pieces") {
  std::string input = Frame{0x81, "Hello"}.text() + Frame{0x82, bytes({0, 255, 128})}.text() +
                      Frame{0x81, ""}.text() + Frame{0x81, std::string(125, 'a')}.text() +
                      Frame{0x81, std::string(126, 'b')}.text() +
                      Frame{0x82, std::string(65'535, 'c')}.text() +
                      Frame{0x82, std::string(65'536, 'd')}.text();
  Outcome whole = read(input);
  CHECK(whole.failure == 0);
  REQUIRE(whole.events.size() == 7);
  CHECK(whole.events[0] == "text Hello");
  CHECK(whole.events[1] == "binary " + bytes({0, 255, 128}));
  CHECK(whole.events[2] == "text ");
  CHECK(whole.events[6] == "binary " + std::string(65'536, 'd'));
  for (size_t piece : {1, 2, 3, 5, 13, 1000, 65'537}) CHECK(read(input, piece) == whole);
}

TEST_CASE("fragments are joined, control frames come in between") {
  std::string input = Frame{0x01, "Hel"}.text() + Frame{0x89, "p"}.text() + Frame{0x00, ""}.text() +
                      Frame{0x00, "lo "}.text() + Frame{0x8a, "x"}.text() +
                      Frame{0x80, "you"}.text();
  Outcome whole = read(input);
  CHECK(whole.events == std::vector<std::string>{"ping p", "pong", "text Hello you"});
  for (size_t piece : {1, 2, 3, 5}) CHECK(read(input, piece) == whole);
}

TEST_CASE("a client reads what is not masked") {
  CHECK(read(Frame{0x81, "hi", false}.text(), 1, 100, SocketSide::client).events ==
        std::vector<std::string>{"text hi"});
  CHECK(read(Frame{0x81, "hi", true}.text(), 0, 100, SocketSide::client).failure == 1002);
}

TEST_CASE("frames that break the protocol are refused") {
  CHECK(failure_of(Frame{0x81, "hi", false}.text()) == 1002);  // not masked
  for (int bits : {0xc1, 0xa1, 0x91, 0xf1}) CHECK(failure_of(Frame{bits, "x"}.text()) == 1002);
  for (int opcode : {3, 4, 5, 6, 7, 11, 12, 13, 14, 15})
    CHECK(failure_of(Frame{0x80 | opcode, "x"}.text()) == 1002);
  CHECK(failure_of(Frame{0x09, "x"}.text()) == 1002);                    // fragmented ping
  CHECK(failure_of(Frame{0x08, ""}.text()) == 1002);                     // fragmented close
  CHECK(failure_of(Frame{0x89, std::string(126, 'x')}.text()) == 1002);  // long ping
  CHECK(failure_of(Frame{0x88, std::string(126, 'x')}.text()) == 1002);  // long close
  CHECK(failure_of(Frame{0x80, "x"}.text()) == 1002);                    // continues nothing
  CHECK(failure_of(Frame{0x00, "x"}.text()) == 1002);
  CHECK(failure_of(Frame{0x01, "x"}.text() + Frame{0x81, "y"}.text()) == 1002);
  CHECK(failure_of(Frame{0x01, "x"}.text() + Frame{0x02, "y"}.text()) == 1002);
  CHECK(failure_of(Frame{0x81, "ab"}.text() + Frame{0x80, "y"}.text()) == 1002);
  CHECK(failure_of(Frame{0x81, "x", true, 2}.text()) == 1002);  // longer than need be
  CHECK(failure_of(Frame{0x81, "x", true, 8}.text()) == 1002);
  CHECK(failure_of(Frame{0x81, std::string(200, 'x'), true, 8}.text()) == 1002);
}

TEST_CASE("sizes are refused before memory is taken") {
  CHECK(failure_of(Frame{0x82, std::string(1001, 'x')}.text(), 1000) == 1009);
  CHECK(read(Frame{0x82, std::string(1000, 'x')}.text(), 0, 1000).failure == 0);
  CHECK(failure_of(
            Frame{0x02, std::string(600, 'x')}.text() + Frame{0x80, std::string(401, 'x')}.text(),
            1000) == 1009);
  // Only the header has come: a promise of 2^62 or 2^63 bytes.
  CHECK(failure_of(bytes({0x82, 0xff, 0x40, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4})) == 1009);
  CHECK(failure_of(bytes({0x82, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4})) == 1002);
  // A promise within the limit takes no memory.
  FrameReader reader(SocketSide::server, 32 << 20);
  Log log;
  std::string promise = bytes({0x82, 0xff, 0, 0, 0, 0, 1, 0, 0, 0, 1, 2, 3, 4}) + "abc";
  reader.feed(reinterpret_cast<const uint8_t*>(promise.data()), promise.size(), log);
  CHECK(reader.failure() == 0);
  CHECK(reader.held_bytes() == 3);
}

TEST_CASE("text must be UTF-8, and is refused as soon as it is not") {
  const char* const good[] = {"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5",
                              "\xf0\x90\x80\x80",
                              "\xed\x9f\xbf",
                              "\xee\x80\x80",
                              "\xf4\x8f\xbf\xbf",
                              "\xef\xbb\xbf"};
  for (const char* text : good) CHECK(read(Frame{0x81, text}.text(), 1).failure == 0);
  const char* const bad[] = {"\xc0\xaf",         "\xe0\x80\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80",
                             "\xf8\x88\x80\x80", "\xff",         "\x80",         "ab\xc3",
                             "\xe2\x82",         "\xf0\x9f\x98"};
  for (const char* text : bad) CHECK(failure_of(Frame{0x81, text}.text()) == 1007);
  // A character may be cut by fragments, but not by the end.
  std::string cut = Frame{0x01, "\xe2\x82"}.text() + Frame{0x80, "\xac"}.text();
  CHECK(read(cut, 1).events == std::vector<std::string>{"text \xe2\x82\xac"});
  CHECK(failure_of(Frame{0x01, "\xe2\x82"}.text() + Frame{0x80, ""}.text()) == 1007);
  // The first bad fragment is enough.
  CHECK(failure_of(Frame{0x01, "\xff"}.text()) == 1007);
  CHECK(read(Frame{0x82, "\xff\xc0"}.text()).failure == 0);  // binary is not looked at
  // What is left of one message does not spoil the next.
  CHECK(read(Frame{0x81, "a"}.text() + Frame{0x81, "\xc3\xa4"}.text(), 1).failure == 0);
}

TEST_CASE("Close frames") {
  auto close = [](int code, const std::string& reason) {
    return Frame{0x88, bytes({code >> 8, code & 255}) + reason}.text();
  };
  CHECK(read(Frame{0x88, ""}.text()).events == std::vector<std::string>{"close 1005 "});
  CHECK(read(close(1000, "bye")).events == std::vector<std::string>{"close 1000 bye"});
  for (int code : {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000,
                   3999, 4000, 4999})
    CHECK(read(close(code, "")).failure == 0);
  for (int code : {0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535})
    CHECK(failure_of(close(code, "")) == 1002);
  CHECK(failure_of(Frame{0x88, "x"}.text()) == 1002);
  CHECK(failure_of(close(1000, "\xff")) == 1007);
  CHECK(failure_of(close(1000, "\xe2\x82")) == 1007);
  CHECK(read(close(1000, std::string(123, 'r'))).failure == 0);
}

TEST_CASE("a sink can stop the reader behind a message") {
  std::string input = Frame{0x81, "one"}.text() + Frame{0x81, "two"}.text();
  FrameReader reader(SocketSide::server, 100);
  Log log;
  log.go_on = false;
  auto* data = reinterpret_cast<const uint8_t*>(input.data());
  size_t used = reader.feed(data, input.size(), log);
  CHECK(used == input.size() / 2);
  CHECK(log.events.size() == 1);
  reader.feed(data + used, input.size() - used, log);
  CHECK(log.events.size() == 2);
}

TEST_CASE("what is written is read back") {
  for (size_t size : {0, 1, 125, 126, 127, 65'535, 65'536, 100'000}) {
    std::string payload;
    for (size_t i = 0; i < size; ++i) payload += static_cast<char>(i * 7);
    std::span<const uint8_t> span(reinterpret_cast<const uint8_t*>(payload.data()), size);
    const uint8_t mask[] = {1, 2, 254, 255};
    OutBuffer masked, plain;
    append_frame(masked, Opcode::binary, span, mask);
    append_frame(plain, Opcode::binary, span, nullptr);
    std::vector<std::string> expected = {"binary " + payload};
    CHECK(read({masked.data(), masked.size()}, 0, 1 << 20).events == expected);
    CHECK(read({plain.data(), plain.size()}, 0, 1 << 20, SocketSide::client).events == expected);
  }
}

TEST_CASE("masking is the same at any offset") {
  const uint8_t mask[] = {9, 80, 200, 255};
  std::string from(40, '\0'), to(40, '\0');
  for (size_t i = 0; i < from.size(); ++i) from[i] = static_cast<char>(i * 31);
  for (size_t at = 0; at < 4; ++at)
    for (size_t size = 0; size < from.size(); ++size) {
      apply_mask(reinterpret_cast<uint8_t*>(to.data()),
                 reinterpret_cast<const uint8_t*>(from.data()), size, mask, at);
      for (size_t i = 0; i < size; ++i)
        REQUIRE(static_cast<uint8_t>(to[i]) ==
                (static_cast<uint8_t>(from[i]) ^ mask[(at + i) & 3]));
    }
}

TEST_CASE("random bytes never get a message through that breaks a rule") {
  std::mt19937 random(7);
  size_t messages = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string input;
    size_t size = random() % 60;
    for (size_t i = 0; i < size; ++i) input += static_cast<char>(random());
    // Mostly plausible beginnings, or nothing would ever get far.
    if (round % 4 != 0 && size >= 2) {
      input[0] = static_cast<char>((random() & 0x80) | (random() % 11));
      input[1] = static_cast<char>(0x80 | (random() % 50));
    }
    Outcome whole = read(input, 0, 1000);
    CHECK(read(input, 1, 1000) == whole);
    for (const std::string& event : whole.events) {
      messages += event.starts_with("text") || event.starts_with("binary");
      if (event.starts_with("text")) CHECK(types::is_valid_utf8(event.substr(5)));
    }
  }
  CHECK(messages > 100);
}
