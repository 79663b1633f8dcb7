// One request in a worker: from its arrival to the end of the reply and of what waitUntil() holds.
#pragma once

#include <memory>
#include <optional>

#include "loop/loop.h"
#include "types/exchange.h"
#include "web/fetch/request.h"
#include "web/fetch/response.h"
#include "worker/pump.h"
#include "worker/socket_coupler.h"
#include "worker/worker.h"

namespace skerry::worker {

class FetchEvent final : public context::ContextOwner, public types::ExchangeObserver {
 public:
  FetchEvent(Worker& worker, std::unique_ptr<types::Exchange> exchange, uint64_t id,
             std::unique_ptr<WorkerCall> call);
  ~FetchEvent();

  void start();
  void after_turn(context::RequestContext& context) override;
  void on_client_gone() override;
  // The worker was condemned by another event: answers with the same failure, runs no JavaScript.
  void fail_with_worker(Failure::Kind kind);
  // Begins to close the client's WebSocket, if it has one: a new version is there.
  void close_socket();

 private:
  friend class Worker;
  void call_handler(js::Env& env);
  void call_entrypoint(js::Env& env, v8::Local<v8::Object> request, class ExecutionContext& ctx);
  void call_listener(js::Env& env, v8::Local<v8::Object> request, v8::Local<v8::Object> execution);
  void take_result(js::Env& env);
  bool check_limits();
  void respond(js::Env& env, v8::Local<v8::Value> value);
  void send(js::Env& env, web::Response& response);
  void send_stream(js::Env& env, web::Response& response, const types::ResponseHead& head);
  void send_coded(js::Env& env, web::Response& response, const types::ResponseHead& head,
                  codec::Coding coding);
  void send_web_socket(js::Env& env, web::Response& response, web::WebSocket& socket);
  void fail(Failure::Kind kind, js::ErrorReport report);
  void body_finished();
  void client_gone();
  void maybe_end();
  void end();

  Worker& worker_;
  std::unique_ptr<types::Exchange> exchange_;
  std::unique_ptr<WorkerCall> call_;  // null for a request of a client
  Ref<context::RequestContext> context_;
  v8::Local<v8::Value> first_result_;     // valid during the first turn only
  v8::Global<v8::Value> pending_result_;  // of a handler that has not settled in its first turn
  v8::Global<v8::Object> request_;        // kept only while the handler is pending, for its signal
  v8::Local<v8::Object> first_request_;   // valid during the first turn only
  std::unique_ptr<Pump> pump_;
  bool pumps_script_ = false;               // the pump waits for a JavaScript stream
  std::unique_ptr<SocketCoupler> coupler_;  // the client's WebSocket and the end that was returned
  v8::Global<v8::Object> sink_;  // the NativeSink that a JavaScript stream is pumped into
  loop::TimerId wait_timer_;
  FetchRecord record_;
  uint64_t started_ms_;
  bool responded_ = false, body_done_ = false, ended_ = false, in_check_ = false;
  FetchEvent* next_ = nullptr;
  FetchEvent* previous_ = nullptr;
};

}  // namespace skerry::worker
