// The load that wrk cannot make; one thread, epoll, loopback only. Prints one JSON object.
//   loadgen rate PORT HOST PATH RATE CONNECTIONS SECONDS   open loop: requests at fixed moments
//   whatever the server does;
//                                                          latency counts from the moment a request
//                                                          was due
//   loadgen put PORT HOST PREFIX CONNECTIONS SECONDS SIZE  closed loop: PUT PREFIX<unique> with a
//   body of SIZE bytes loadgen echo PORT HOST PATH MEGABYTES                  one upload, read back
//   while it is sent
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

namespace {

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

[[noreturn]] void fail(const char* what) {
  std::fprintf(stderr, "loadgen: %s: %s\n", what, std::strerror(errno));
  std::exit(1);
}

int connect_to(int port) {
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(uint16_t(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) fail("connect");
  int one = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
  return fd;
}

struct Connection {
  int fd = -1;
  double due = -1;  // of the request that is under way; -1 when idle
  std::string in;
};

struct Totals {
  std::vector<float> latencies_us;
  long errors = 0;
};

// The size of the first whole reply in `in`, 0 if it is not whole yet. Replies carry a
// content-length.
size_t whole_reply(const std::string& in) {
  size_t head = in.find("\r\n\r\n");
  if (head == std::string::npos) return 0;
  size_t body = 0;
  for (const char* name : {"ontent-length: ", "ontent-Length: "}) {
    size_t at = in.find(name);
    if (at != std::string::npos && at < head)
      body = std::strtoul(in.c_str() + at + 15, nullptr, 10);
  }
  return in.size() >= head + 4 + body ? head + 4 + body : 0;
}

void send_all(Connection& c, const std::string& request) {
  size_t sent = 0;
  while (sent < request.size()) {
    ssize_t count = send(c.fd, request.data() + sent, request.size() - sent, MSG_NOSIGNAL);
    if (count > 0) {
      sent += size_t(count);
    } else if (errno != EAGAIN) {
      fail("send");
    }
  }
}

// Reads what is there; true when the connection has got its reply.
bool read_reply(Connection& c, Totals& totals) {
  char buffer[65536];
  ssize_t count = recv(c.fd, buffer, sizeof buffer, 0);
  if (count == 0 || (count < 0 && errno != EAGAIN)) fail("the server closed a connection");
  if (count > 0) c.in.append(buffer, size_t(count));
  size_t size = whole_reply(c.in);
  if (size == 0) return false;
  if (c.in.compare(0, 10, "HTTP/1.1 2") != 0) totals.errors++;
  totals.latencies_us.push_back(float((now() - c.due) * 1e6));
  c.in.erase(0, size);
  c.due = -1;
  return true;
}

void print(Totals& totals, double seconds, double asked) {
  auto& all = totals.latencies_us;
  std::sort(all.begin(), all.end());
  auto at = [&](double q) {
    return all.empty() ? 0.0 : all[size_t(q * double(all.size() - 1))] / 1000.0;
  };
  std::printf(
      "{\"requests\": %zu, \"seconds\": %.3f, \"per_second\": %.1f, \"asked_per_second\": %.1f, "
      "\"errors\": %ld, \"p50_ms\": %.4f, \"p90_ms\": %.4f, \"p99_ms\": %.4f, \"p999_ms\": %.4f, "
      "\"max_ms\": %.4f}\n",
      all.size(), seconds, double(all.size()) / seconds, asked, totals.errors, at(0.5), at(0.9),
      at(0.99), at(0.999), at(1));
}

int run_rate(int port, const std::string& request, double rate, int connections, double seconds) {
  std::vector<Connection> all(static_cast<size_t>(connections));
  std::vector<Connection*> idle;
  int poll = epoll_create1(0);
  for (Connection& c : all) {
    c.fd = connect_to(port);
    epoll_event event{EPOLLIN, {.ptr = &c}};
    epoll_ctl(poll, EPOLL_CTL_ADD, c.fd, &event);
    idle.push_back(&c);
  }
  Totals totals;
  totals.latencies_us.reserve(size_t(rate * seconds) + 1);
  double begin = now(), end = begin + seconds;
  long started = 0;
  epoll_event events[256];
  while (now() < end) {
    for (double due; !idle.empty() && (due = begin + double(started) / rate) <= now(); started++) {
      Connection& c = *idle.back();
      idle.pop_back();
      c.due = due;
      send_all(c, request);
    }
    int count = epoll_wait(poll, events, 256, 0);  // polls all the time: this core is ours
    for (int i = 0; i < count; i++) {
      auto* c = static_cast<Connection*>(events[i].data.ptr);
      if (read_reply(*c, totals)) idle.push_back(c);
    }
  }
  print(totals, now() - begin, rate);
  return 0;
}

int run_put(int port, const std::string& host, const std::string& prefix, int connections,
            double seconds, int size) {
  std::vector<Connection> all(static_cast<size_t>(connections));
  int poll = epoll_create1(0);
  long number = 0;
  std::string value(size_t(size), 'v');
  auto next = [&](Connection& c) {
    c.due = now();
    send_all(c, "PUT " + prefix + "key-" + std::to_string(number++) + " HTTP/1.1\r\nHost: " + host +
                    "\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n" + value);
  };
  for (Connection& c : all) {
    c.fd = connect_to(port);
    epoll_event event{EPOLLIN, {.ptr = &c}};
    epoll_ctl(poll, EPOLL_CTL_ADD, c.fd, &event);
  }
  Totals totals;
  double begin = now(), end = begin + seconds;
  for (Connection& c : all) next(c);
  epoll_event events[256];
  while (now() < end) {
    int count = epoll_wait(poll, events, 256, 100);
    for (int i = 0; i < count; i++) {
      auto* c = static_cast<Connection*>(events[i].data.ptr);
      if (read_reply(*c, totals)) next(*c);
    }
  }
  print(totals, now() - begin, 0);
  return 0;
}

// Uploads (unless `upload` is false) and reads what comes back, until the server closes or the time
// is over.
int run_body(int port, const std::string& host, const std::string& path, uint64_t megabytes,
             bool upload) {
  constexpr double seconds_max = 25;
  Connection c{connect_to(port), 0, {}};
  uint64_t left = upload ? megabytes << 20 : 0, back = 0;
  double begin = now();
  send_all(c, (upload ? "POST " : "GET ") + path + " HTTP/1.1\r\nHost: " + host +
                  "\r\nConnection: close\r\n" +
                  (upload ? "Content-Length: " + std::to_string(left) + "\r\n" : "") + "\r\n");
  int poll = epoll_create1(0);
  epoll_event event{left != 0 ? EPOLLIN | EPOLLOUT : EPOLLIN, {.fd = c.fd}};
  epoll_ctl(poll, EPOLL_CTL_ADD, c.fd, &event);
  std::vector<char> out(1 << 20, 'x'), in(1 << 20);
  std::string head;
  bool cut = false;
  for (;;) {
    if ((cut = now() - begin > seconds_max)) break;
    if (epoll_wait(poll, &event, 1, 1000) != 1) continue;
    if (left != 0 && (event.events & EPOLLOUT) != 0) {
      ssize_t count = send(c.fd, out.data(), std::min<uint64_t>(left, out.size()), MSG_NOSIGNAL);
      if (count < 0 && errno != EAGAIN) fail("send");
      if (count > 0) left -= uint64_t(count);
      if (left == 0) {
        epoll_event only_in{EPOLLIN, {.fd = c.fd}};
        epoll_ctl(poll, EPOLL_CTL_MOD, c.fd, &only_in);
      }
    }
    if ((event.events & (EPOLLIN | EPOLLHUP)) != 0) {
      ssize_t count = recv(c.fd, in.data(), in.size(), 0);
      if (count < 0 && errno != EAGAIN) fail("recv");
      if (count == 0) break;
      if (count > 0 && head.size() < 16)
        head.append(in.data(), size_t(std::min<ssize_t>(count, 16)));
      if (count > 0) back += uint64_t(count);
    }
  }
  double seconds = now() - begin;
  bool good = head.compare(0, 12, "HTTP/1.1 200") == 0 && (cut || back >= megabytes << 20);
  std::printf("{\"seconds\": %.4f, \"megabytes_per_second\": %.1f, \"cut\": %s, \"errors\": %d}\n",
              seconds, double(back >> 20) / seconds, cut ? "true" : "false", good ? 0 : 1);
  return 0;
}

}  // namespace

int main(int count, char** a) {
  std::string mode = count > 1 ? a[1] : "";
  if (mode == "rate" && count == 8) {
    std::string request = std::string("GET ") + a[4] + " HTTP/1.1\r\nHost: " + a[3] + "\r\n\r\n";
    return run_rate(atoi(a[2]), request, atof(a[5]), atoi(a[6]), atof(a[7]));
  }
  if (mode == "put" && count == 8)
    return run_put(atoi(a[2]), a[3], a[4], atoi(a[5]), atof(a[6]), atoi(a[7]));
  if ((mode == "echo" || mode == "get") && count == 6)
    return run_body(atoi(a[2]), a[3], a[4], strtoull(a[5], nullptr, 10), mode == "echo");
  std::fprintf(stderr, "loadgen rate|put|echo|get ...: see the head of loadgen.cpp\n");
  return 2;
}
