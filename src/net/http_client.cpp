#include "net/http_client.h"

#include <algorithm>
#include <utility>

#include "loop/loop.h"
#include "net/client_connection.h"
#include "net/request_parser.h"

namespace skerry::net {

namespace {

bool is_idempotent(std::string_view method) {
  return method == "GET" || method == "HEAD" || method == "OPTIONS" || method == "PUT" ||
         method == "DELETE" || method == "TRACE";
}

// Nothing that a caller passes may break out of its line.
Result<> check_head(const ClientRequestHead& head) {
  if (!is_token(head.method)) return fail(Code::invalid, "the method is malformed");
  if (head.method == "CONNECT") return fail(Code::unsupported, "CONNECT is not supported");
  if (head.host.empty()) return fail(Code::invalid, "the host is missing");
  for (char c : head.target + head.host) {
    if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7f) {
      return fail(Code::invalid, "the target has a character that must be percent-encoded");
    }
  }
  if (!head.target.starts_with('/') && head.target != "*") {
    return fail(Code::invalid, "the target must begin with /");
  }
  for (const types::Header& header : head.headers.entries()) {
    if (!types::is_header_name(header.name) || !types::is_header_value(header.value)) {
      return fail(Code::invalid, "a header is malformed: " + header.name);
    }
  }
  return {};
}

std::string origin_key(ClientScheme scheme, const std::string& host, uint16_t port) {
  return (scheme == ClientScheme::https ? "s " : "p ") + host + " " + std::to_string(port);
}

}  // namespace

ClientCall::ClientCall(ClientShared* the_shared, ClientRequestHead the_head,
                       std::unique_ptr<ByteSource> the_body, std::optional<uint64_t> the_length,
                       ClientObserver& the_observer)
    : shared(the_shared),
      head(std::move(the_head)),
      body(std::move(the_body)),
      had_body(body != nullptr),
      length(the_length),
      observer(the_observer) {}

ClientCall::~ClientCall() {
  if (shared == nullptr) return;
  std::erase(shared->starting, this);
  if (connection != nullptr) {
    connection->call_dropped();
  } else if (origin != nullptr) {
    std::erase(origin->waiting, this);
  }
}

bool ClientCall::may_retry() const {
  return !retried && !had_body && is_idempotent(head.method);
}

void ClientCall::fail(Error error) {
  shared = nullptr;
  origin = nullptr;
  observer.on_error(std::move(error));
}

// An idle connection, a new one, or the queue of the origin.
void ClientShared::assign(ClientCall* call) {
  std::string key = origin_key(call->head.scheme, call->head.host, call->head.port);
  std::unique_ptr<ClientOrigin>& slot = origins[key];
  if (slot == nullptr) {
    slot = std::make_unique<ClientOrigin>();
    slot->scheme = call->head.scheme;
    slot->host = call->head.host;
    slot->port = call->head.port;
  }
  ClientOrigin& origin = *slot;
  call->origin = &origin;
  if (!call->retried) {
    // The one that was used last is the least likely to be closed by now.
    if (!origin.idle.empty()) {
      ClientConnection* connection = origin.idle.back();
      unpark(connection);
      connection->begin(call);
      return;
    }
  }
  if (origin.connections < options.per_origin_max) {
    if (all.size() >= options.connections_max && oldest_idle != nullptr) oldest_idle->close();
    if (all.size() >= options.connections_max) {
      if (origin.connections == 0 && origin.waiting.empty()) origins.erase(key);
      call->fail(Error(Code::busy, "too many connections are open; the limit is " +
                                       std::to_string(options.connections_max)));
      return;
    }
    auto* connection = new ClientConnection(*this, origin);
    connection->begin(call);
    return;
  }
  if (origin.waiting.size() >= limits::http_client_waiting_max) {
    call->fail(Error(Code::busy, "too many requests wait for " + origin.host));
    return;
  }
  origin.waiting.push_back(call);
}

void ClientShared::serve_waiting(ClientOrigin& origin) {
  if (origin.waiting.empty()) return;
  ClientCall* call = origin.waiting.front();
  origin.waiting.pop_front();
  assign(call);
}

void ClientShared::park(ClientConnection* connection) {
  ClientOrigin& origin = connection->origin();
  origin.idle.push_back(connection);
  connection->parked_ = true;
  connection->older_idle_ = newest_idle;
  connection->newer_idle_ = nullptr;
  (newest_idle == nullptr ? oldest_idle : newest_idle->newer_idle_) = connection;
  newest_idle = connection;
  ++idle_count;
  if (!origin.waiting.empty()) {
    serve_waiting(origin);
  } else if (idle_count > options.idle_max) {
    oldest_idle->close();
  }
}

void ClientShared::unpark(ClientConnection* connection) {
  if (!std::exchange(connection->parked_, false)) return;
  ClientConnection* older = std::exchange(connection->older_idle_, nullptr);
  ClientConnection* newer = std::exchange(connection->newer_idle_, nullptr);
  (older == nullptr ? oldest_idle : older->newer_idle_) = newer;
  (newer == nullptr ? newest_idle : newer->older_idle_) = older;
  --idle_count;
  std::vector<ClientConnection*>& idle = connection->origin().idle;
  if (idle.back() == connection) {
    idle.pop_back();
  } else {
    std::erase(idle, connection);
  }
}

// A connection is gone: its place is free.
void ClientShared::forget(ClientConnection* connection) {
  ClientOrigin& origin = connection->origin();
  std::erase(all, connection);
  unpark(connection);
  --origin.connections;
  // Later: the caller still tells people what happened, and the origin must outlive that.
  std::string key = origin_key(origin.scheme, origin.host, origin.port);
  loop.defer([this, key = std::move(key)] {
    auto found = origins.find(key);
    if (found == origins.end()) return;
    serve_waiting(*found->second);
    found = origins.find(key);
    if (found != origins.end() && found->second->connections == 0 &&
        found->second->waiting.empty()) {
      origins.erase(found);
    }
  });
}

class HttpClient::Core final : public ClientShared {
 public:
  using ClientShared::ClientShared;
};

HttpClient::HttpClient(loop::Loop& loop, HttpClientOptions options)
    : core_(std::make_unique<Core>(loop, std::move(options))) {}

HttpClient::~HttpClient() {
  Core* core = core_.release();
  for (ClientCall* call : std::exchange(core->starting, {})) call->shared = nullptr;
  for (auto& [key, origin] : core->origins) {
    for (ClientCall* call : std::exchange(origin->waiting, {})) call->shared = nullptr;
  }
  while (!core->all.empty()) {
    ClientConnection* connection = core->all.back();
    connection->orphan_call();
    connection->close();
  }
  // What was deferred for the core runs first.
  core->loop.defer([core] { delete core; });
}

std::unique_ptr<ClientRequest> HttpClient::start(ClientRequestHead head,
                                                 std::unique_ptr<ByteSource> body,
                                                 std::optional<uint64_t> length,
                                                 ClientObserver& observer) {
  Core* core = core_.get();
  auto call =
      std::make_unique<ClientCall>(core, std::move(head), std::move(body), length, observer);
  core->starting.push_back(call.get());
  if (core->starting.size() == 1) {
    core->loop.defer([core] {
      // One at a time: each may destroy others, which then leave the list.
      while (!core->starting.empty()) {
        ClientCall* next = core->starting.front();
        core->starting.erase(core->starting.begin());
        if (Result<> checked = check_head(next->head); !checked) {
          next->fail(std::move(checked.error()));
        } else {
          core->assign(next);
        }
      }
    });
  }
  return call;
}

size_t HttpClient::idle_count() const {
  return core_->idle_count;
}

}  // namespace skerry::net
