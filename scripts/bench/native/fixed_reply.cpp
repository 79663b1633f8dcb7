// What HTTP costs us: the same fixed reply from (1) a bare libuv server that does not look at what
// it reads, and (2) our HttpServer. Usage: bench_fixed_reply bare|skerry PORT. Ends with SIGTERM;
// `scripts/bench/native/fixed_reply` runs both under wrk and prints CPU microseconds per request.
#include <uv.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "loop/loop.h"
#include "net/http_server.h"

namespace {

constexpr std::string_view kReply =
    "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ndate: Mon, 23 Nov 2026 19:00:00 GMT\r\n"
    "content-length: 5\r\n\r\nHello";

char read_buffer[64 * 1024];

void on_bare_read(uv_stream_t* stream, ssize_t count, const uv_buf_t*) {
  if (count > 0) {
    uv_buf_t reply = uv_buf_init(const_cast<char*>(kReply.data()), unsigned(kReply.size()));
    uv_try_write(stream, &reply, 1);
  } else if (count < 0) {
    uv_close(reinterpret_cast<uv_handle_t*>(stream),
             [](uv_handle_t* handle) { delete reinterpret_cast<uv_tcp_t*>(handle); });
  }
}

int run_bare(int port) {
  uv_loop_t* loop = uv_default_loop();
  uv_tcp_t listener;
  uv_tcp_init(loop, &listener);
  sockaddr_in address;
  uv_ip4_addr("127.0.0.1", port, &address);
  uv_tcp_bind(&listener, reinterpret_cast<const sockaddr*>(&address), 0);
  int status =
      uv_listen(reinterpret_cast<uv_stream_t*>(&listener), 1024, [](uv_stream_t* server, int) {
        auto* client = new uv_tcp_t;
        uv_tcp_init(server->loop, client);
        uv_accept(server, reinterpret_cast<uv_stream_t*>(client));
        uv_tcp_nodelay(client, 1);
        uv_read_start(
            reinterpret_cast<uv_stream_t*>(client),
            [](uv_handle_t*, size_t, uv_buf_t* buffer) {
              *buffer = uv_buf_init(read_buffer, sizeof read_buffer);
            },
            on_bare_read);
      });
  if (status != 0) {
    std::fprintf(stderr, "cannot listen: %s\n", uv_strerror(status));
    return 1;
  }
  return uv_run(loop, UV_RUN_DEFAULT);
}

struct Hello final : skerry::net::RequestHandler {
  void on_request(std::unique_ptr<skerry::net::Exchange> exchange) override {
    static constexpr skerry::net::HeaderView kType[] = {{"content-type", "text/plain"}};
    skerry::net::ResponseHead head;
    head.headers = kType;
    exchange->respond(head, {reinterpret_cast<const uint8_t*>("Hello"), 5});
  }
};

int run_skerry(int port) {
  auto loop = skerry::loop::Loop::create();
  if (!loop) return 1;
  Hello hello;
  skerry::net::HttpServer server(**loop, hello);
  if (auto status = server.listen_tcp("127.0.0.1", static_cast<uint16_t>(port)); !status) {
    std::fprintf(stderr, "%s\n", status.error().text.c_str());
    return 1;
  }
  (*loop)->run();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: bench_fixed_reply bare|skerry PORT\n");
    return 2;
  }
  std::signal(SIGPIPE, SIG_IGN);
  int port = std::atoi(argv[2]);
  return std::strcmp(argv[1], "bare") == 0 ? run_bare(port) : run_skerry(port);
}
