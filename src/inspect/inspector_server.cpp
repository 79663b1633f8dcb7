#include "inspect/inspector_server.h"

#include <sys/random.h>

#include <csignal>
#include <cstdio>
#include <unordered_map>
#include <utility>

#include "base/json.h"
#include "loop/signals.h"
#include "net/http_server.h"
#include "types/ip_address.h"
#include "types/url.h"

namespace skerry::inspect {

namespace {

// A heap snapshot of a full isolate comes in one go.
constexpr size_t kBufferBytesMax = size_t{1} << 30;

// An id nobody can guess: it is what keeps web pages out, whose requests reach loopback too.
std::string random_id() {
  uint8_t bytes[16];
  while (getrandom(bytes, sizeof bytes, 0) != static_cast<ssize_t>(sizeof bytes)) {
  }
  char text[40];
  size_t at = 0;
  for (size_t i = 0; i < 16; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text[at++] = '-';
    at += static_cast<size_t>(std::snprintf(text + at, 3, "%02x", bytes[i]));
  }
  return {text, at};
}

// A name that DNS decides about may lead here from anywhere: only addresses and localhost count.
bool is_local_host(std::string_view host) {
  if (host.starts_with('[')) return host.contains(']');
  std::string_view name = host.substr(0, host.find(':'));
  return types::equals_ignoring_case(name, "localhost") ||
         types::parse_ip_address(name).has_value();
}

// DevTools has a scheme of its own, other tools send none; a web page must be a local one.
bool is_allowed_origin(std::string_view origin) {
  if (!origin.starts_with("http://") && !origin.starts_with("https://")) return true;
  return is_local_host(origin.substr(origin.find("//") + 2));
}

}  // namespace

// All that happens on the thread of the sockets.
class InspectorServer::Desk final : public types::RequestHandler {
 public:
  explicit Desk(InspectorServer& server) : server_(server), http_(*server.loop_, *this, options()) {
    auto stop = [this] {
      for (Target* target : targets()) target->release();
    };
    // A script that stands at a breakpoint would keep the node from hearing it.
    for (int number : {SIGINT, SIGTERM})
      if (auto watch = loop::SignalWatch::start(*server.loop_, number, stop))
        signals_.push_back(std::move(*watch));
  }

  Result<> listen(const InspectorOptions& wanted) {
    Result<> listening;
    for (uint32_t i = 0; i <= wanted.more_ports; ++i) {
      uint32_t port = wanted.port + i;
      if (port > 65'535) break;
      listening = http_.listen_tcp(wanted.host, static_cast<uint16_t>(port));
      if (listening || listening.error().code != Code::busy) break;
    }
    server_.port_ = http_.port();
    return listening;
  }

  void on_request(std::unique_ptr<types::Exchange> exchange) override {
    const types::RequestHead& head = *exchange->head();
    if (!is_local_host(head.host()))
      return answer(*exchange, 403,
                    "The Host of an inspector's request must be an address or localhost.\n");
    std::string_view path = head.target().substr(0, head.target().find('?'));
    if (types::asks_for_web_socket(head)) return open(std::move(exchange), path);
    if (path == "/json" || path == "/json/list") return answer_list(*exchange);
    if (path == "/json/version")
      return answer(*exchange, 200, R"({"Browser":"skerry","Protocol-Version":"1.3"})",
                    "application/json;charset=UTF-8");
    answer(*exchange, 404, "There are /json/list, /json/version, and a WebSocket per worker.\n");
  }

  void send(uint32_t client, std::string_view message) {
    auto found = clients_.find(client);
    if (found == clients_.end() || found->second->socket == nullptr) return;
    found->second->socket->send(types::MessageKind::text,
                                {reinterpret_cast<const uint8_t*>(message.data()), message.size()});
  }

  void resume(uint32_t client) {
    auto found = clients_.find(client);
    if (found != clients_.end() && found->second->socket != nullptr)
      found->second->socket->set_delivery(types::WebSocket::Delivery::flows);
  }

 private:
  struct Client final : types::WebSocketUser {
    Client(Desk& the_desk, Target& the_target, uint32_t number)
        : desk(the_desk), target(the_target), id(number) {}
    void on_message(types::MessageKind kind, std::span<const uint8_t> data) override {
      if (kind != types::MessageKind::text) return;  // the protocol has no binary messages
      std::string text(reinterpret_cast<const char*>(data.data()), data.size());
      if (!target.push(id, std::move(text)))
        socket->set_delivery(types::WebSocket::Delivery::pauses);
    }
    void on_close(uint16_t, std::string_view, types::CloseCause) override {
      target.close(id);
      desk.server_.loop_->defer([&desk_of = desk, number = id] { desk_of.clients_.erase(number); });
    }
    Desk& desk;
    Target& target;
    uint32_t id;
    std::unique_ptr<types::WebSocket> socket;
  };

  static net::HttpServerOptions options() {
    net::HttpServerOptions wanted;
    wanted.web_socket.buffered_bytes_max = kBufferBytesMax;
    wanted.web_socket.buffered_total_bytes_max = kBufferBytesMax;
    return wanted;
  }

  std::vector<Target*> targets() {
    std::lock_guard guard(server_.lock_);
    std::vector<Target*> all;
    for (const auto& target : server_.targets_) all.push_back(target.get());
    return all;
  }

  void open(std::unique_ptr<types::Exchange> exchange, std::string_view path) {
    if (!is_allowed_origin(exchange->head()->header("origin")))
      return answer(*exchange, 403, "Web pages may not open the inspector.\n");
    for (Target* target : targets()) {
      if (path.empty() || path.substr(1) != target->about().id) continue;
      std::unique_ptr<types::WebSocket> socket = exchange->accept_web_socket({101, {}, {}});
      if (socket == nullptr) return;
      uint32_t id = ++last_client_;
      auto client = std::make_unique<Client>(*this, *target, id);
      client->socket = std::move(socket);
      target->open(id);
      Client& kept = *client;
      clients_[id] = std::move(client);
      kept.socket->set_user(&kept);
      return;
    }
    answer(*exchange, 404, "There is no such target; /json/list names them.\n");
  }

  void answer_list(types::Exchange& exchange) {
    std::string host(exchange.head()->host());
    std::string text = "[";
    for (Target* target : targets()) {
      const Target::About& about = target->about();
      std::string address = host + "/" + about.id;
      auto field = [&text](const char* name, const std::string& value) {
        text += text.ends_with('{') ? "\"" : ",\"";
        text += name;
        text += "\":";
        append_json_string(text, value);
      };
      text += text.size() > 1 ? ",{" : "{";
      field("description", "skerry worker");
      field("devtoolsFrontendUrl", "devtools://devtools/bundled/js_app.html?ws=" + address);
      field("id", about.id);
      field("title", about.title);
      field("type", "node");
      field("url", target->url());
      field("webSocketDebuggerUrl", "ws://" + address);
      text += "}";
    }
    answer(exchange, 200, text + "]", "application/json;charset=UTF-8");
  }

  static void answer(types::Exchange& exchange, uint16_t status, std::string_view text,
                     std::string_view type = "text/plain;charset=UTF-8") {
    const types::HeaderView headers[] = {{"content-type", type}, {"cache-control", "no-store"}};
    exchange.respond({status, {}, headers},
                     {reinterpret_cast<const uint8_t*>(text.data()), text.size()});
  }

  InspectorServer& server_;
  std::unordered_map<uint32_t, std::unique_ptr<Client>> clients_;
  uint32_t last_client_ = 0;
  std::vector<std::unique_ptr<loop::SignalWatch>> signals_;
  net::HttpServer http_;
};

InspectorServer::InspectorServer(loop::Loop& loop, context::CpuSlot* cpu)
    : node_loop_(loop), cpu_(cpu) {}

Result<std::unique_ptr<InspectorServer>> InspectorServer::start(InspectorOptions options,
                                                                loop::Loop& loop,
                                                                context::CpuSlot* cpu) {
  std::unique_ptr<InspectorServer> server(new InspectorServer(loop, cpu));
  Result<std::unique_ptr<loop::Loop>> own = loop::Loop::create();
  if (!own) return fail(std::move(own.error()));
  server->loop_ = std::move(*own);
  // Made here, used on the thread from its start to its end.
  server->desk_ = std::make_unique<Desk>(*server);
  Result<> listening = server->desk_->listen(options);
  if (!listening) return fail(std::move(listening.error()));
  server->thread_ = std::thread([raw = server.get()] {
    pthread_setname_np(pthread_self(), "inspector");
    raw->loop_->run();
    raw->desk_.reset();
    raw->loop_->turn(loop::Loop::Wait::no);
  });
  return server;
}

InspectorServer::~InspectorServer() {
  if (thread_.joinable()) {
    loop_->post_stop();
    thread_.join();
  }
  desk_.reset();
  loop_.reset();
}

Target& InspectorServer::add_target(const std::string& title, const std::string& root) {
  Target::About about{random_id(), title, root};
  auto target =
      std::make_unique<Target>(std::move(about), node_loop_, cpu_, static_cast<ClientSink&>(*this));
  std::lock_guard guard(lock_);
  targets_.push_back(std::move(target));
  return *targets_.back();
}

void InspectorServer::send(uint32_t client, std::string message) {
  loop_->post([this, client, text = std::move(message)] {
    if (desk_ != nullptr) desk_->send(client, text);
  });
}

void InspectorServer::resume(uint32_t client) {
  loop_->post([this, client] {
    if (desk_ != nullptr) desk_->resume(client);
  });
}

}  // namespace skerry::inspect
