#include "net/http_server.h"

#include <algorithm>
#include <utility>

#include "loop/listener.h"
#include "net/exchange.h"
#include "net/http_connection.h"
#include "net/tls_server.h"

namespace skerry::net {

namespace {

// Exchanges kept for reuse on each thread; about as many as requests are in flight.
constexpr size_t kFreeExchangesMax = 256;
struct FreeExchanges {
  void* blocks[kFreeExchangesMax];
  size_t count = 0;
  ~FreeExchanges() {
    while (count > 0) ::operator delete(blocks[--count]);
    count = kFreeExchangesMax;  // what is freed later goes straight back
  }
};
thread_local FreeExchanges free_exchanges;

}  // namespace

void* ExchangeImpl::operator new(size_t size) {
  FreeExchanges& free = free_exchanges;
  if (free.count > 0) return free.blocks[--free.count];
  return ::operator new(size);
}

void ExchangeImpl::operator delete(void* memory, size_t) {
  FreeExchanges& free = free_exchanges;
  if (free.count < kFreeExchangesMax) {
    free.blocks[free.count++] = memory;
  } else {
    ::operator delete(memory);
  }
}

void ConnectionShared::queue_soon() {
  if (std::exchange(soon_queued, true)) return;
  loop.defer([this] { run_soon(); });
}

void ConnectionShared::run_soon() {
  soon_queued = false;
  // Connections that come back here wait for the next round of the loop.
  std::vector<HttpConnection*> batch = std::exchange(soon, {});
  for (HttpConnection* connection : batch) {
    if (!connection->dead_) connection->run_soon();
  }
  for (HttpConnection* connection : std::exchange(graveyard, {})) {
    std::erase(soon, connection);
    delete connection;
  }
  if (connections.empty() && sockets.sockets.empty() && on_empty) {
    auto tell = std::exchange(on_empty, nullptr);
    tell();
  }
}

void HttpConnection::close(Cut cut) {
  if (dead_) return;
  stream_->set_user(nullptr);
  if (cut == Cut::reset) stream_->reset();
  leave();
  in_flight_ = false;
  release_request();
  if (upgrade_ != nullptr) std::exchange(upgrade_, nullptr)->lost();
  stream_.reset();
}

// Off every list; deleted soon.
void HttpConnection::leave() {
  dead_ = true;
  shared_.wheel.clear(*this);
  HttpConnection* last = shared_.connections.back();
  last->index_ = index_;
  shared_.connections[index_] = last;
  shared_.connections.pop_back();
  shared_.graveyard.push_back(this);
  shared_.queue_soon();
}

// Accepts on a port that speaks TLS.
class TlsAccept final : public loop::ListenerUser {
 public:
  TlsAccept(ConnectionShared& shared, TlsServer& tls) : shared_(shared), tls_(tls) {}
  void on_accept(std::unique_ptr<loop::Stream> stream, const loop::SocketAddress& peer) override {
    Result<const TlsStream*> tls = tls_.open(*stream);
    // Only memory can be missing; the client sees its connection close.
    if (!tls) return;
    (new HttpConnection(shared_, std::move(stream), peer, *tls))->start();
  }

 private:
  ConnectionShared& shared_;
  TlsServer& tls_;
};

class HttpServer::Core final : public ConnectionShared, private loop::ListenerUser {
 public:
  Core(loop::Loop& the_loop, RequestHandler& the_handler, HttpServerOptions opts)
      : ConnectionShared(the_loop, the_handler, opts) {}

  loop::ListenerUser& listener_user() { return *this; }

  void on_accept(std::unique_ptr<loop::Stream> stream, const loop::SocketAddress& peer) override {
    auto* connection = new HttpConnection(*this, std::move(stream), peer, nullptr);
    connection->start();
  }

  void cut_all() {
    while (!connections.empty()) connections.back()->close(HttpConnection::Cut::reset);
    sockets.cut_all();
  }

  std::vector<std::unique_ptr<TlsAccept>> tls;  // users of listeners
  std::vector<std::unique_ptr<loop::Listener>> listeners;
  uint16_t port = 0;
  loop::TimerId drain_timer;
};

HttpServer::HttpServer(loop::Loop& loop, RequestHandler& handler, HttpServerOptions options)
    : core_(std::make_unique<Core>(loop, handler, options)) {}

HttpServer::~HttpServer() {
  Core* core = core_.release();
  core->on_empty = nullptr;
  core->sockets.on_empty = nullptr;
  core->listeners.clear();
  core->loop.cancel_timer(core->drain_timer);
  core->cut_all();
  // A connection may be on the stack, and the clean-up is queued by pointer: the rest dies after
  // it.
  core->queue_soon();
  core->loop.defer([core] { delete core; });
}

Result<> HttpServer::listen_tcp(std::string_view host, uint16_t port, SharePort share) {
  auto shared = share == SharePort::yes ? loop::SharePort::yes : loop::SharePort::no;
  auto listener = loop::Listener::tcp(core_->loop, host, port, shared, core_->listener_user());
  if (!listener) return fail(std::move(listener.error()));
  core_->port = (*listener)->address().port;
  core_->listeners.push_back(std::move(*listener));
  return {};
}

Result<> HttpServer::listen_tls(std::string_view host, uint16_t port, TlsServer& tls,
                                SharePort share) {
  auto shared = share == SharePort::yes ? loop::SharePort::yes : loop::SharePort::no;
  auto user = std::make_unique<TlsAccept>(*core_, tls);
  auto listener = loop::Listener::tcp(core_->loop, host, port, shared, *user);
  if (!listener) return fail(std::move(listener.error()));
  core_->port = (*listener)->address().port;
  core_->tls.push_back(std::move(user));
  core_->listeners.push_back(std::move(*listener));
  return {};
}

Result<> HttpServer::listen_unix(const std::string& path) {
  auto listener = loop::Listener::unix_socket(core_->loop, path, core_->listener_user());
  if (!listener) return fail(std::move(listener.error()));
  core_->listeners.push_back(std::move(*listener));
  return {};
}

uint16_t HttpServer::port() const {
  return core_->port;
}
size_t HttpServer::connection_count() const {
  return core_->connections.size() + core_->sockets.sockets.size();
}

void HttpServer::drain(uint64_t deadline_ms, std::move_only_function<void()> done) {
  Core* core = core_.get();
  core->draining = true;
  core->listeners.clear();
  core->on_empty = [core, done = std::move(done)]() mutable {
    core->loop.cancel_timer(core->drain_timer);
    done();
  };
  // Closing changes the list: walk a copy. Nothing is deleted before the next turn.
  std::vector<HttpConnection*> all = core->connections;
  for (HttpConnection* connection : all) connection->close_after_reply();
  core->sockets.on_empty = [core] { core->queue_soon(); };
  core->sockets.close_all(types::kCloseGoingAway, "The server is going away.");
  core->drain_timer = core->loop.add_timer(deadline_ms, [core] { core->cut_all(); });
  core->queue_soon();
}

}  // namespace skerry::net
