#include "types/http.h"

#include <doctest/doctest.h>

#include <string>
#include <thread>
#include <vector>

using namespace skerry;
using namespace skerry::types;

TEST_CASE("request head: slices and case-insensitive lookup") {
  Ref<RequestHead> head = RequestHead::take();
  head->raw = "GET /a?b HTTP/1.1\r\nHoST: x.test\r\nA: 1\r\na: 2\r\n\r\n";
  head->method_size = 3;
  head->target_offset = 4;
  head->target_size = 4;
  head->headers = {{19, 4, 25, 6}, {33, 1, 36, 1}, {39, 1, 42, 1}};
  CHECK(head->method_name() == "GET");
  CHECK(head->target() == "/a?b");
  CHECK(head->header("host") == "x.test");
  CHECK(head->header("a") == "1");
  CHECK(head->header("none").empty());
  CHECK(head->host().empty());
}

TEST_CASE("request head: recycled heads come back clear and keep modest buffers") {
  RequestHead* address = nullptr;
  {
    Ref<RequestHead> head = RequestHead::take();
    address = head.get();
    head->raw.assign(8000, 'x');
    head->headers.resize(20);
    head->method = Method::post;
    static constexpr TlsFacts kTls{"TLSv1.3", "TLS_AES_128_GCM_SHA256"};
    head->tls = &kTls;
    head->peer_address[0] = 7;
    head->peer_port = 9;
    Ref<RequestHead> second = head;
  }
  Ref<RequestHead> again = RequestHead::take();
  CHECK(again.get() == address);
  CHECK(again->raw.empty());
  CHECK(again->raw.capacity() >= 8000);
  CHECK(again->headers.empty());
  CHECK(again->method == Method::get);
  CHECK(!again->tls);
  CHECK(again->peer_address[0] == 0);
  CHECK(again->peer_port == 0);
  again->raw.assign(100'000, 'x');
  again = Ref<RequestHead>();
  CHECK(RequestHead::take()->raw.capacity() < 16 * 1024);
}

TEST_CASE("request head: the free-list is bounded and each thread has its own") {
  std::vector<Ref<RequestHead>> many;
  for (int i = 0; i < 1000; ++i) many.push_back(RequestHead::take());
  many.clear();
  std::thread other([] {
    std::vector<Ref<RequestHead>> heads;
    for (int i = 0; i < 300; ++i) heads.push_back(RequestHead::take());
  });
  other.join();
  CHECK(RequestHead::take()->raw.empty());
}
