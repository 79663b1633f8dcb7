// A node: one loop, its listeners, its workers, and everything they share. `skerry dev` and `skerry serve` are two ways
// to fill it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "context/cpu_slot.h"
#include "deploy/route_table.h"
#include "deploy/worker_config.h"
#include "net/http_server.h"
#include "server/code_cache_file.h"
#include "server/facts.h"
#include "server/outbound.h"
#include "server/terminal_log.h"
#include "server/worker_files.h"
#include "store/executor.h"
#include "store/sqlite_kv.h"
#include "worker/watchdog.h"
#include "worker/worker.h"

namespace skerry::server {

struct NodeOptions {
  std::string data_dir;       // KV, code cache
  std::string geo_path;       // an MMDB; empty: none
  FactsOptions facts;
  PrivateOrigins private_origins = PrivateOrigins::refused;
  enum class Details : uint8_t { hidden, shown } error_details = Details::hidden;  // shown to clients in dev
  TerminalLog::Options log;
  uint64_t drain_ms = 30'000;
};

// A worker that the node serves, loaded or not.
struct HostedWorker {
  explicit HostedWorker(deploy::LoadedConfig loaded_config) : loaded(std::move(loaded_config)), files(loaded.config) {}
  deploy::LoadedConfig loaded;
  WorkerFiles files;
  std::unique_ptr<CodeCacheFile> code_cache;
  std::unique_ptr<NamedLog> log;
  std::unique_ptr<context::Services> services;
  std::vector<std::shared_ptr<store::KvNamespace>> kv;  // as configured, in order
  std::unique_ptr<worker::Worker> running;
  std::optional<js::ErrorReport> load_error;
};

class Node final : public types::RequestHandler, public worker::WorkerHost {
 public:
  static Result<std::unique_ptr<Node>> create(NodeOptions options);
  ~Node();

  loop::Loop& loop() { return *loop_; }
  TerminalLog& log() { return *log_; }
  // "127.0.0.1:8787", "[::1]:80" or "unix:PATH".
  Result<> listen(const std::string& address);
  uint16_t port() const { return http_->port(); }
  // Adds a worker; its number. Nothing of it runs yet.
  Result<size_t> add_worker(deploy::LoadedConfig loaded);
  // Puts a new configuration in the place of an old one; requests in flight end on the old version.
  Result<> replace_worker(size_t index, deploy::LoadedConfig loaded);
  // Loads a worker now, to learn early what is wrong.
  const std::optional<js::ErrorReport>& load_now(size_t index);
  // A project that cannot even be read: every request is answered with this until replace_worker().
  void set_broken(size_t index, js::ErrorReport report);
  deploy::RouteTable& routes() { return routes_; }
  // Runs until SIGTERM or SIGINT and the drain after it.
  void run();

  void on_request(std::unique_ptr<types::Exchange> exchange) override;
  void answer_failure(std::string_view worker, const worker::Failure& failure, types::Exchange& exchange) override;
  void on_failure(std::string_view worker, const worker::Failure& failure) override;
  bool wants_records() const override { return true; }
  void on_fetch(std::string_view worker, const types::RequestHead& head, const worker::FetchRecord& record) override;

 private:
  explicit Node(NodeOptions options);
  Result<> open();
  Result<> prepare(HostedWorker& hosted);
  worker::Worker* running_worker(HostedWorker& hosted);
  void load(HostedWorker& hosted);
  void fill_env(HostedWorker& hosted, js::Env& env, v8::Local<v8::Object> bindings);
  void retire(std::unique_ptr<HostedWorker> hosted);
  void retire_running(HostedWorker& hosted);
  void answer(types::Exchange& exchange, uint16_t status, std::string_view type, std::string_view body);
  void answer_load_error(types::Exchange& exchange, const HostedWorker& hosted);
  void answer_error(types::Exchange& exchange, uint16_t status, const std::string& summary, int code,
                    const js::ErrorReport& report);
  void fill_random(std::span<uint8_t> out);

  NodeOptions options_;
  std::unique_ptr<loop::Loop> loop_;
  std::unique_ptr<TerminalLog> log_;
  js::Surface surface_;
  context::CpuSlot cpu_slot_;
  std::unique_ptr<worker::Watchdog> watchdog_;
  std::unique_ptr<geo::GeoDatabase> geo_;
  std::unique_ptr<NodeFacts> facts_;
  std::unique_ptr<ClientOutbound> outbound_;
  std::unique_ptr<store::ExecutorOf<loop::Loop>> executor_;
  std::unique_ptr<store::SqliteKvStore> kv_;
  deploy::RouteTable routes_;
  std::vector<std::unique_ptr<HostedWorker>> workers_;
  std::vector<std::unique_ptr<HostedWorker>> retired_;  // whose last events are ending
  std::unique_ptr<net::HttpServer> http_;
  std::vector<std::string> unix_paths_;
  std::array<uint8_t, 1024> random_{};
  size_t random_left_ = 0;
};

// Makes a folder and its parents.
Result<> make_folders(const std::string& path);

}  // namespace skerry::server
