// A node: one loop, its listeners, its workers, and everything they share. `skerry dev` and `skerry
// serve` are two ways to fill it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "context/cpu_slot.h"
#include "deploy/route_table.h"
#include "deploy/worker_config.h"
#include "inspect/inspector_server.h"
#include "loop/signals.h"
#include "net/http_server.h"
#include "net/tls_client.h"
#include "net/tls_server.h"
#include "server/code_cache_file.h"
#include "server/facts.h"
#include "server/isolate_pool.h"
#include "server/local_service.h"
#include "server/outbound.h"
#include "server/site_host.h"
#include "server/source_maps.h"
#include "server/terminal_log.h"
#include "server/worker_files.h"
#include "store/executor.h"
#include "store/sqlite_kv.h"
#include "worker/watchdog.h"
#include "worker/worker.h"

namespace skerry::server {

// "127.0.0.1:8787", "[::1]:80" or "unix:PATH".
struct ListenAddress {
  std::string unix_path;  // empty: TCP
  std::string host;
  uint16_t port = 0;
};
Result<ListenAddress> parse_listen_address(const std::string& text);

struct NodeOptions {
  std::string data_dir;  // KV, code cache
  std::string geo_path;  // an MMDB; empty: none
  FactsOptions facts;
  OriginRules origins;
  enum class Details : uint8_t {
    hidden,
    shown
  } error_details = Details::hidden;  // shown to clients in dev
  TerminalLog::Options log;
  uint64_t drain_ms = 30'000;
  std::vector<net::TlsCertificate> certificates;  // for listen_tls()
  std::vector<std::string> ca_paths;              // roots that fetch() trusts besides the system's
  std::string optional_ca_path;                   // one more, if it can be read
  uint64_t body_bytes_max = limits::http_body_bytes_max;  // of a request
};

// One configuration of a worker, with everything its isolates refer to. Lives as long as the last
// of them.
struct WorkerVersion {
  WorkerVersion(deploy::LoadedConfig loaded_config, std::shared_ptr<const bundle::Bundle> bundle,
                observe::Log& node_log)
      : loaded(std::move(loaded_config)),
        files(loaded.config, std::move(bundle)),
        maps(loaded.config, files, node_log),
        log(node_log, loaded.config.name, maps) {}
  WorkerVersion(const WorkerVersion&) = delete;
  WorkerVersion& operator=(const WorkerVersion&) = delete;
  deploy::LoadedConfig loaded;
  WorkerFiles files;
  SourceMaps maps;
  NamedLog log;
  std::unique_ptr<context::Services> services;
  std::unique_ptr<CodeCacheFile> code_cache;
  inspect::Target* target = nullptr;  // the same for all versions of a worker; null: not inspected
  std::vector<std::shared_ptr<store::KvNamespace>> kv;           // as configured, in order
  std::vector<std::shared_ptr<web::Outbound>> service_bindings;  // likewise
  std::shared_ptr<assets::Site> site;                            // null: no assets
};

// An isolate and what it refers to, so that neither goes before the other.
struct RunningWorker {
  std::shared_ptr<WorkerVersion> version;
  std::unique_ptr<worker::Worker> worker;
};

// Why a version is not there.
struct LoadFailure {
  js::ErrorReport report;
  bool unresolved = false;  // WorkerFiles::unresolved()
};

// A worker that the node serves, loaded or not.
struct HostedWorker {
  enum class Cache : uint8_t { unsaved, scheduled, saved };
  std::shared_ptr<WorkerVersion> version;
  RunningWorker running;
  std::optional<js::ErrorReport> load_error;
  // Of a newer version that cannot be built or loaded while this one runs.
  std::optional<js::ErrorReport> newer_error;
  bool was_loaded = false;
  Cache cache = Cache::unsaved;  // of the code that `running` has compiled
};

class Node final : public types::RequestHandler,
                   public worker::WorkerHost,
                   public ServiceDirectory {
 public:
  static Result<std::unique_ptr<Node>> create(NodeOptions options);
  ~Node();

  loop::Loop& loop() { return *loop_; }
  TerminalLog& log() { return *log_; }
  Result<> listen(const ListenAddress& address);
  Result<> listen_tls(const ListenAddress& address);
  uint16_t port() const { return http_->port(); }
  // Before workers are added: lets Chrome DevTools in. The port it listens on.
  Result<uint16_t> start_inspector(inspect::InspectorOptions options);
  // Adds a worker; its number. Nothing of it runs yet. `bundle`, if given, is what runs.
  Result<size_t> add_worker(deploy::LoadedConfig loaded,
                            std::shared_ptr<const bundle::Bundle> bundle = nullptr);
  // Loads a new version of a worker. Once it runs, requests in flight end on the old one. If it
  // cannot be loaded the old one goes on, and only browsers that ask for a page see the error.
  std::expected<void, LoadFailure> update_worker(
      size_t index, deploy::LoadedConfig loaded,
      std::shared_ptr<const bundle::Bundle> bundle = nullptr);
  // A worker whose newest version cannot even be made: as if loading it had failed.
  void set_broken(size_t index, js::ErrorReport report);
  size_t worker_count() const { return workers_.size(); }
  const std::string& worker_name(size_t index) const {
    return workers_[index]->version->loaded.config.name;
  }
  // What the service bindings of a worker name and is not here, in words; empty if all is well.
  std::string missing_services(size_t index) const;
  deploy::RouteTable& routes() { return routes_; }
  // Runs until SIGTERM or SIGINT and the drain after it.
  void run();

  Result<worker::Worker*> service_worker(const std::string& name) override;
  void on_request(std::unique_ptr<types::Exchange> exchange) override;
  void answer_failure(std::string_view worker, const worker::Failure& failure,
                      types::Exchange& exchange) override;
  void on_failure(std::string_view worker, const worker::Failure& failure) override;
  bool wants_records() const override { return true; }
  void on_fetch(std::string_view worker, const types::RequestHead& head,
                const worker::FetchRecord& record) override;

 private:
  explicit Node(NodeOptions options);
  Result<> open();
  Result<> lock_data();
  Result<> open_tls();
  // Reads certificates and keys again; what cannot be used is logged, and what there was stays.
  void reload_certificates();
  void watch_certificates();
  Result<std::shared_ptr<WorkerVersion>> prepare(deploy::LoadedConfig loaded,
                                                 std::shared_ptr<const bundle::Bundle> bundle);
  Result<> open_site(WorkerVersion& version);
  worker::Worker* running_worker(HostedWorker& hosted);
  std::expected<RunningWorker, LoadFailure> load_version(std::shared_ptr<WorkerVersion> version);
  void load(HostedWorker& hosted);
  void fill_env(const WorkerVersion& version, js::Env& env, v8::Local<v8::Object> bindings);
  // Takes the isolate out of service; it ends with its last event.
  void retire_running(HostedWorker& hosted);
  void retire_condemned();
  void save_code_cache_soon(HostedWorker& hosted);
  static void save_code_cache(HostedWorker& hosted);
  void answer(types::Exchange& exchange, uint16_t status, std::string_view type,
              std::string_view body);
  bool answer_page_request(types::Exchange& exchange);
  void answer_load_error(types::Exchange& exchange, std::string_view worker,
                         const js::ErrorReport& report);
  void answer_error(types::Exchange& exchange, std::string_view worker, uint16_t status,
                    const std::string& summary, int code, const js::ErrorReport& report);
  void fill_random(std::span<uint8_t> out);

  NodeOptions options_;
  std::unique_ptr<loop::Loop> loop_;
  std::unique_ptr<TerminalLog> log_;
  js::Surface surface_;
  IsolatePool pool_{surface_};
  size_t loaded_ = 0;  // workers that have run an isolate
  context::CpuSlot cpu_slot_;
  std::unique_ptr<worker::Watchdog> watchdog_;
  std::unique_ptr<geo::GeoDatabase> geo_;
  std::unique_ptr<NodeFacts> facts_;
  std::unique_ptr<net::TlsClient> tls_client_;
  std::unique_ptr<net::TlsServer> tls_server_;
  std::unique_ptr<loop::SignalWatch> hang_up_;  // SIGHUP: reload_certificates()
  std::unique_ptr<ClientOutbound> outbound_;
  std::unique_ptr<store::ExecutorOf<loop::Loop>> executor_;
  std::unique_ptr<store::SqliteKvStore> kv_;
  std::unique_ptr<SiteHost> sites_;
  std::unique_ptr<inspect::InspectorServer> inspector_;
  deploy::RouteTable routes_;
  std::vector<std::unique_ptr<HostedWorker>> workers_;
  std::vector<std::unique_ptr<RunningWorker>> retired_;  // whose last events are ending
  std::unique_ptr<net::HttpServer> http_;
  std::vector<std::string> unix_paths_;
  int lock_ = -1;            // of the data folder
  uint64_t generation_ = 0;  // of what runs: error pages look whether there is a newer one
  std::array<uint8_t, 1024> random_{};
  size_t random_left_ = 0;
};

// "src/index.ts:3: ", or nothing where no file is known.
std::string place_of(const js::ErrorReport& report);
// Makes a folder and its parents.
Result<> make_folders(const std::string& path);

}  // namespace skerry::server
