#include "server/node.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <climits>
#include <csignal>
#include <cstring>

#include "base/json.h"
#include "bindings/assets_fetcher.h"
#include "bindings/fetcher.h"
#include "bindings/kv.h"
#include "js/platform.h"
#include "loop/signals.h"
#include "node/modules.h"
#include "server/error_page.h"
#include "server/inspector_map.h"
#include "server/parts.h"
#include "server/site_outbound.h"

namespace skerry::server {

namespace {

constexpr uint64_t kCodeCacheDelayMs =
    200;  // after the first request: by then the common functions are compiled
// How often the files of certificates are looked at: a renewal need not be told.
constexpr uint64_t kCertificateWatchMs = 30'000;

// A browser that navigates.
bool wants_page(const types::RequestHead& head) {
  return head.header("accept").contains("text/html");
}

}  // namespace

std::string place_of(const js::ErrorReport& report) {
  if (report.file.empty()) return {};
  return report.file + ":" + std::to_string(report.line) + ": ";
}

Result<> make_folders(const std::string& path) {
  for (size_t at = 1; at <= path.size(); ++at) {
    if (at != path.size() && path[at] != '/') continue;
    std::string part = path.substr(0, at);
    if (mkdir(part.c_str(), 0700) == 0 || errno == EEXIST || errno == EISDIR) continue;
    return fail(errno == ENOSPC ? Code::full : Code::io,
                "cannot make the folder \"" + part + "\": " + std::strerror(errno));
  }
  struct stat about{};
  if (stat(path.c_str(), &about) != 0 || !S_ISDIR(about.st_mode))
    return fail(Code::invalid, "\"" + path + "\" is not a folder");
  return {};
}

Node::Node(NodeOptions options) : options_(std::move(options)), surface_(all_parts()) {}

Result<std::unique_ptr<Node>> Node::create(NodeOptions options) {
  std::unique_ptr<Node> node(new Node(std::move(options)));
  Result<> opened = node->open();
  if (!opened) return fail(std::move(opened.error()));
  return node;
}

Result<> Node::open() {
  Result<std::unique_ptr<loop::Loop>> loop = loop::Loop::create();
  if (!loop) return fail(std::move(loop.error()));
  loop_ = std::move(*loop);
  log_ = std::make_unique<TerminalLog>(*loop_, options_.log);
  js::start_v8();
  watchdog_ = std::make_unique<worker::Watchdog>();
  watchdog_->watch_this_thread(cpu_slot_);
  Result<> data = make_folders(options_.data_dir + "/code-cache");
  if (!data)
    return fail(Code::io, "the data folder cannot be used; choose another",
                std::move(data.error()));
  if (Result<> locked = lock_data(); !locked) return locked;
  if (!options_.geo_path.empty()) {
    std::string path = options_.geo_path;
    Result<std::unique_ptr<geo::GeoDatabase>> database = geo::GeoDatabase::open({&path, 1});
    if (database)
      geo_ = std::move(*database);
    else
      log_->event(observe::Level::warn, "",
                  "No geolocation: " + database.error().chain() +
                      ". Requests have no country until --geo-db names an MMDB file.");
  } else {
    log_->event(observe::Level::warn, "",
                "No geolocation database was found; requests have no country. Name an MMDB "
                "file with --geo-db.");
  }
  facts_ = std::make_unique<NodeFacts>(options_.facts, geo_.get());
  if (Result<> tls = open_tls(); !tls) return tls;
  outbound_ = std::make_unique<ClientOutbound>(*loop_, options_.origins, *tls_client_);
  executor_ = std::make_unique<store::ExecutorOf<loop::Loop>>(*loop_);
  store::SqliteKvOptions kv_options;
  kv_options.directory = options_.data_dir + "/kv";
  Result<std::unique_ptr<store::SqliteKvStore>> kv =
      store::SqliteKvStore::create(std::move(kv_options));
  if (!kv) return fail(std::move(kv.error()));
  kv_ = std::move(*kv);
  sites_ = std::make_unique<SiteHost>(*loop_, *this);
  net::HttpServerOptions http_options;
  http_options.body_bytes_max = options_.body_bytes_max;
  http_ = std::make_unique<net::HttpServer>(*loop_, *this, http_options);
  return {};
}

Result<> Node::open_tls() {
  Result<std::unique_ptr<net::TlsClient>> client =
      net::TlsClient::create(*loop_, *log_, {options_.ca_paths, options_.optional_ca_path});
  if (!client) return fail(std::move(client.error()));
  tls_client_ = std::move(*client);
  if (options_.certificates.empty()) return {};
  // Before anybody is told that the node is ready.
  auto hang_up = loop::SignalWatch::start(*loop_, SIGHUP, [this] { reload_certificates(); });
  if (!hang_up) return fail(std::move(hang_up.error()));
  hang_up_ = std::move(*hang_up);
  Result<std::unique_ptr<net::TlsServer>> server =
      net::TlsServer::create(options_.certificates, [this] { return loop_->now_ms() / 1000; });
  if (!server) return fail(std::move(server.error()));
  tls_server_ = std::move(*server);
  for (const std::string& warning : tls_server_->warnings())
    log_->event(observe::Level::warn, "", warning);
  return {};
}

void Node::reload_certificates() {
  Result<> read = tls_server_->reload();
  if (!read) {
    log_->event(observe::Level::error, "",
                "The TLS certificates stay as they are: " + read.error().chain());
    return;
  }
  log_->event(observe::Level::info, "", "The TLS certificates were read again.");
  for (const std::string& warning : tls_server_->warnings())
    log_->event(observe::Level::warn, "", warning);
}

void Node::watch_certificates() {
  loop_->add_timer(kCertificateWatchMs, [this] {
    if (tls_server_->has_changed()) reload_certificates();
    watch_certificates();
  });
}

// Two processes on one folder would each believe their own cache of it.
Result<> Node::lock_data() {
  std::string path = options_.data_dir + "/lock";
  lock_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock_ < 0)
    return fail(Code::io, "cannot make the file \"" + path + "\": " + std::strerror(errno));
  if (flock(lock_, LOCK_EX | LOCK_NB) == 0) return {};
  if (errno == EWOULDBLOCK)
    return fail(Code::busy, "the data folder \"" + options_.data_dir +
                                "\" is in use by another skerry process; end that one, or give "
                                "each a folder of its own");
  log_->event(observe::Level::warn, "",
              "The data folder \"" + options_.data_dir + "\" cannot be locked (" +
                  std::strerror(errno) + "): let no second process use it.");
  return {};
}

Node::~Node() {
  http_.reset();
  for (auto& hosted : workers_) hosted->running.worker.reset();
  retired_.clear();
  workers_.clear();
  inspector_.reset();
  kv_.reset();
  outbound_.reset();
  tls_client_.reset();
  hang_up_.reset();
  tls_server_.reset();
  watchdog_.reset();
  log_.reset();
  executor_.reset();
  if (sites_) sites_->stop();
  // What is still deferred runs now, while the members it refers to are there.
  loop_.reset();
  for (const std::string& path : unix_paths_) unlink(path.c_str());
  if (lock_ >= 0) close(lock_);
}

Result<ListenAddress> parse_listen_address(const std::string& address) {
  ListenAddress parsed;
  if (address.starts_with("unix:")) {
    parsed.unix_path = address.substr(5);
    if (parsed.unix_path.empty())
      return fail(Code::invalid, "cannot listen on \"unix:\": write unix:PATH");
    return parsed;
  }
  size_t colon = address.rfind(':');
  std::string_view digits =
      colon == std::string::npos ? std::string_view() : std::string_view(address).substr(colon + 1);
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), parsed.port);
  if (digits.empty() || error != std::errc() || end != digits.data() + digits.size())
    return fail(
        Code::invalid,
        "cannot listen on \"" + address +
            "\": write ADDRESS:PORT, for instance 127.0.0.1:8787 or [::1]:8787, or unix:PATH");
  parsed.host = address.substr(0, colon);
  if (parsed.host.starts_with('[') && parsed.host.ends_with(']'))
    parsed.host = parsed.host.substr(1, parsed.host.size() - 2);
  if (parsed.host == "localhost") parsed.host = "127.0.0.1";
  if (parsed.host.empty() || parsed.host == "*") parsed.host = "0.0.0.0";
  return parsed;
}

Result<> Node::listen(const ListenAddress& address) {
  if (address.unix_path.empty()) return http_->listen_tcp(address.host, address.port);
  Result<> listening = http_->listen_unix(address.unix_path);
  if (listening) unix_paths_.push_back(address.unix_path);
  return listening;
}

Result<> Node::listen_tls(const ListenAddress& address) {
  if (!address.unix_path.empty())
    return fail(Code::unsupported, "TLS is served on TCP ports only: write ADDRESS:PORT");
  return http_->listen_tls(address.host, address.port, *tls_server_);
}

Result<std::shared_ptr<WorkerVersion>> Node::prepare(deploy::LoadedConfig loaded,
                                                     std::shared_ptr<const bundle::Bundle> bundle) {
  auto version = std::make_shared<WorkerVersion>(std::move(loaded), std::move(bundle), *log_);
  version->services = std::make_unique<context::Services>(context::Services{
      *loop_, version->log, outbound_.get(), [this](std::span<uint8_t> out) { fill_random(out); },
      js::wall_clock_ms, &cpu_slot_});
  for (const deploy::KvNamespace& wanted : version->loaded.config.kv_namespaces) {
    Result<std::unique_ptr<store::KvNamespace>> opened = kv_->open(wanted.id, *executor_);
    if (!opened) return fail(std::move(opened.error()));
    version->kv.push_back(std::move(*opened));
  }
  if (version->loaded.config.assets) {
    if (Result<> opened = open_site(*version); !opened) return fail(std::move(opened.error()));
  }
  for (const deploy::ServiceBinding& wanted : version->loaded.config.services)
    version->service_bindings.push_back(std::make_shared<LocalService>(
        *loop_, *this, wanted.service, wanted.entrypoint, wanted.props));
  return version;
}

Result<> Node::open_site(WorkerVersion& version) {
  const deploy::WorkerConfig& config = version.loaded.config;
  assets::Warnings warnings;
  Result<std::shared_ptr<assets::Site>> site =
      assets::Site::open(*config.assets, sites_->store(), warnings);
  for (const std::string& text : warnings) log_->event(observe::Level::warn, config.name, text);
  if (!site) return fail(std::move(site.error()));
  version.site = std::move(*site);
  return {};
}

Result<uint16_t> Node::start_inspector(inspect::InspectorOptions options) {
  auto started = inspect::InspectorServer::start(std::move(options), *loop_, &cpu_slot_);
  if (!started) return fail(std::move(started.error()));
  inspector_ = std::move(*started);
  return inspector_->port();
}

Result<size_t> Node::add_worker(deploy::LoadedConfig loaded,
                                std::shared_ptr<const bundle::Bundle> bundle) {
  Result<std::shared_ptr<WorkerVersion>> version = prepare(std::move(loaded), std::move(bundle));
  if (!version) return fail(std::move(version.error()));
  auto hosted = std::make_unique<HostedWorker>();
  hosted->version = std::move(*version);
  if (inspector_) {
    const deploy::LoadedConfig& of = hosted->version->loaded;
    char absolute[PATH_MAX];
    std::string folder = of.folder.empty() ? "." : of.folder;
    std::string root = realpath(folder.c_str(), absolute) != nullptr ? absolute : "";
    hosted->version->target = &inspector_->add_target(of.config.name, root);
  }
  workers_.push_back(std::move(hosted));
  return workers_.size() - 1;
}

std::expected<void, LoadFailure> Node::update_worker(size_t index, deploy::LoadedConfig loaded,
                                                     std::shared_ptr<const bundle::Bundle> bundle) {
  Result<std::shared_ptr<WorkerVersion>> version = prepare(std::move(loaded), std::move(bundle));
  if (!version) {
    LoadFailure failure;
    failure.report.message = failure.report.stack = version.error().chain();
    set_broken(index, failure.report);
    return std::unexpected(std::move(failure));
  }
  HostedWorker& hosted = *workers_[index];
  (*version)->target = hosted.version->target;
  std::expected<RunningWorker, LoadFailure> running;
  // Assets alone run nothing.
  if (!(*version)->loaded.config.main_path.empty()) running = load_version(*version);
  if (!running) {
    if (hosted.running.worker)
      hosted.running.worker->show_isolate();
    else
      hosted.version = std::move(*version);
    set_broken(index, running.error().report);
    return std::unexpected(std::move(running.error()));
  }
  retire_running(hosted);
  hosted.version = std::move(*version);
  hosted.running = std::move(*running);
  hosted.load_error.reset();
  hosted.newer_error.reset();
  ++generation_;
  return {};
}

void Node::set_broken(size_t index, js::ErrorReport report) {
  HostedWorker& hosted = *workers_[index];
  (hosted.running.worker ? hosted.newer_error : hosted.load_error) = std::move(report);
  ++generation_;
}

void Node::retire_running(HostedWorker& hosted) {
  if (!hosted.running.worker) return;
  retired_.push_back(std::make_unique<RunningWorker>(std::move(hosted.running)));
  hosted.cache = HostedWorker::Cache::unsaved;
  RunningWorker* old = retired_.back().get();
  old->worker->retire([this, old] {
    std::erase_if(retired_,
                  [old](const std::unique_ptr<RunningWorker>& each) { return each.get() == old; });
  });
}

// A condemned isolate may hold much memory: it does not wait for the next request to go.
void Node::retire_condemned() {
  for (auto& hosted : workers_)
    if (hosted->running.worker && hosted->running.worker->condemned()) retire_running(*hosted);
}

std::expected<RunningWorker, LoadFailure> Node::load_version(
    std::shared_ptr<WorkerVersion> version) {
  const deploy::WorkerConfig& config = version->loaded.config;
  if (!version->code_cache)
    version->code_cache = std::make_unique<CodeCacheFile>(
        options_.data_dir + "/code-cache/" + config.name + ".bin", *log_);
  worker::WorkerOptions options;
  options.name = config.name;
  options.main = version->files.main();
  if (config.limits.cpu_ms) options.cpu_ms = *config.limits.cpu_ms;
  if (config.limits.subrequests) options.subrequests = *config.limits.subrequests;
  options.modules = &version->files;
  options.code_cache = version->code_cache.get();
  options.facts = facts_.get();
  options.refine_report = [this, &version = *version](js::ErrorReport& report) {
    version.maps.map_report(report);
    if (options_.error_details == NodeOptions::Details::shown) version.maps.add_excerpt(report);
  };
  const auto refine = options.refine_report;
  if (version->target != nullptr) {
    options.watcher = version->target;
    std::weak_ptr<const bundle::Bundle> bundle = version->files.shared_bundle();
    version->target->set_main(version->files.main(), [bundle] {
      auto held = bundle.lock();
      return held ? inspector_map_url(*held) : std::string();
    });
  }
  if (node::compat_of(config.compatibility_flags) == node::Compat::full)
    options.install_globals = node::install_globals;
  options.fill_env = [this, &version = *version](js::Env& env, v8::Local<v8::Object> bindings) {
    fill_env(version, env, bindings);
  };
  // One spare for a worker that is replaced; for the others as many as may come.
  options.isolate = pool_.take(std::max<size_t>(workers_.size() - loaded_, 1));
  auto loaded = worker::Worker::load(surface_, *version->services, *this, std::move(options));
  if (!loaded) {
    refine(loaded.error());
    return std::unexpected(LoadFailure{std::move(loaded.error()), version->files.unresolved()});
  }
  return RunningWorker{std::move(version), std::move(*loaded)};
}

void Node::load(HostedWorker& hosted) {
  if (!std::exchange(hosted.was_loaded, true)) ++loaded_;
  std::expected<RunningWorker, LoadFailure> loaded = load_version(hosted.version);
  if (loaded) {
    hosted.running = std::move(*loaded);
    return;
  }
  hosted.load_error = std::move(loaded.error().report);
  log_->event(
      observe::Level::error, hosted.version->loaded.config.name,
      "The worker could not be loaded: " + place_of(*hosted.load_error) + hosted.load_error->stack);
}

void Node::save_code_cache_soon(HostedWorker& hosted) {
  hosted.cache = HostedWorker::Cache::scheduled;
  loop_->add_timer(kCodeCacheDelayMs, [&hosted] { save_code_cache(hosted); });
}

void Node::save_code_cache(HostedWorker& hosted) {
  // Another isolate may have come since; it has a timer of its own.
  if (!hosted.running.worker || hosted.cache != HostedWorker::Cache::scheduled) return;
  hosted.cache = HostedWorker::Cache::saved;
  hosted.running.worker->store_code_cache();
  hosted.running.version->code_cache->save();
}

worker::Worker* Node::running_worker(HostedWorker& hosted) {
  if (hosted.running.worker && hosted.running.worker->condemned()) [[unlikely]]
    retire_running(hosted);
  if (!hosted.running.worker && !hosted.load_error &&
      !hosted.version->loaded.config.main_path.empty()) [[unlikely]]
    load(hosted);
  return hosted.running.worker.get();
}

void Node::fill_env(const WorkerVersion& version, js::Env& env, v8::Local<v8::Object> bindings) {
  const deploy::WorkerConfig& config = version.loaded.config;
  v8::Local<v8::Context> context = env.context();
  for (const auto* list : {&config.vars, &config.secrets}) {
    for (const deploy::Variable& variable : *list) {
      v8::Local<v8::Value> value = js::from_utf8(env.isolate(), variable.value);
      if (variable.is_json && !v8::JSON::Parse(context, value.As<v8::String>()).ToLocal(&value))
        continue;
      (void)bindings->Set(context, js::from_utf8(env.isolate(), variable.name), value);
    }
  }
  if (!config.assets_binding.empty()) {
    auto files = std::make_shared<SiteOutbound>(*loop_, version.site);
    (void)bindings->Set(context, js::from_utf8(env.isolate(), config.assets_binding),
                        env.wrap(std::make_unique<bindings::AssetsFetcher>(std::move(files))));
  }
  auto calls = std::make_shared<bindings::ServiceCalls>();
  for (size_t i = 0; i < config.kv_namespaces.size(); ++i)
    (void)bindings->Set(context, js::from_utf8(env.isolate(), config.kv_namespaces[i].binding),
                        env.wrap(std::make_unique<bindings::KvNamespace>(version.kv[i], calls)));
  for (size_t i = 0; i < config.services.size(); ++i)
    (void)bindings->Set(context, js::from_utf8(env.isolate(), config.services[i].binding),
                        env.wrap(std::make_unique<bindings::Fetcher>(version.service_bindings[i])));
}

Result<worker::Worker*> Node::service_worker(const std::string& name) {
  for (auto& hosted : workers_) {
    if (hosted->version->loaded.config.name != name) continue;
    if (worker::Worker* worker = running_worker(*hosted)) {
      if (hosted->cache == HostedWorker::Cache::unsaved) save_code_cache_soon(*hosted);
      return worker;
    }
    return fail(Code::invalid,
                "The service \"" + name + "\" could not be called: " +
                    (hosted->load_error ? hosted->load_error->message
                                        : "it is made of assets only, and has no code"));
  }
  return fail(Code::not_found, "There is no worker \"" + name +
                                   "\" in this process, which a service binding names.");
}

std::string Node::missing_services(size_t index) const {
  std::string text;
  for (const deploy::ServiceBinding& wanted : workers_[index]->version->loaded.config.services) {
    std::string names;
    bool found = false;
    for (const auto& hosted : workers_) {
      const std::string& name = hosted->version->loaded.config.name;
      found |= name == wanted.service;
      (names += names.empty() ? "" : ", ") += name;
    }
    if (found) continue;
    if (!text.empty()) text += "\n";
    text += "the service binding \"" + wanted.binding + "\" names the worker \"" + wanted.service +
            "\", which is not here; there are: " + names;
  }
  return text;
}

void Node::on_request(std::unique_ptr<types::Exchange> exchange) {
  const types::RequestHead& head = *exchange->head();
  if (head.target().starts_with(kErrorPagePaths) && answer_page_request(*exchange)) [[unlikely]]
    return;
  deploy::Scheme scheme =
      facts_->scheme(head) == "https" ? deploy::Scheme::https : deploy::Scheme::http;
  std::optional<uint32_t> index = routes_.lookup(scheme, head.host(), head.target());
  if (!index) {
    answer(*exchange, 404, "text/plain;charset=UTF-8",
           "No worker is deployed for this host and path.\n");
    return on_fetch("", head, {.status = 404});
  }
  HostedWorker& hosted = *workers_[*index];
  if (hosted.version->site && !hosted.load_error &&
      sites_->serve(hosted.version->site, hosted.version->loaded.config.name, facts_->scheme(head),
                    exchange))
    return;
  worker::Worker* worker = running_worker(hosted);
  const bool is_broken = worker == nullptr || (hosted.newer_error && wants_page(*exchange->head()));
  if (is_broken) [[unlikely]] {
    const std::optional<js::ErrorReport>& error =
        worker == nullptr ? hosted.load_error : hosted.newer_error;
    if (!error) {  // assets only, and not even a path
      answer(*exchange, 400, "text/plain;charset=UTF-8", "The request target is no URL.\n");
      return on_fetch(hosted.version->loaded.config.name, head, {.status = 400});
    }
    answer_load_error(*exchange, hosted.version->loaded.config.name, *error);
    return on_fetch(hosted.version->loaded.config.name, head, {.status = 500});
  }
  if (hosted.cache == HostedWorker::Cache::unsaved) [[unlikely]]
    save_code_cache_soon(hosted);
  worker->fetch(std::move(exchange));
}

void Node::answer(types::Exchange& exchange, uint16_t status, std::string_view type,
                  std::string_view body) {
  types::HeaderView headers[] = {{"content-type", type}, {"cache-control", "no-store"}};
  exchange.respond({status, {}, headers},
                   {reinterpret_cast<const uint8_t*>(body.data()), body.size()});
}

void Node::answer_load_error(types::Exchange& exchange, std::string_view worker,
                             const js::ErrorReport& report) {
  answer_error(exchange, worker, 500, "Worker could not be loaded", 1101, report);
}

void Node::answer_error(types::Exchange& exchange, std::string_view worker, uint16_t status,
                        const std::string& summary, int code, const js::ErrorReport& report) {
  if (options_.error_details == NodeOptions::Details::hidden)
    return answer(exchange, status, "text/plain;charset=UTF-8",
                  "error code: " + std::to_string(code) + " (" + summary + ")\n");
  const types::RequestHead& head = *exchange.head();
  ErrorPage content{worker, summary, code, report, head, facts_->scheme(head), generation_};
  if (wants_page(head)) {
    const std::string page = error_page_html(content);
    types::HeaderView headers[] = {{"content-type", "text/html;charset=UTF-8"},
                                   {"cache-control", "no-store"},
                                   {"content-security-policy", kErrorPagePolicy}};
    return exchange.respond({status, {}, headers},
                            {reinterpret_cast<const uint8_t*>(page.data()), page.size()});
  }
  if (head.header("accept").starts_with("application/json"))
    return answer(exchange, status, "application/json", error_page_json(content));
  answer(exchange, status, "text/plain;charset=UTF-8", error_page_text(content));
}

// What error pages ask for; false where it is nothing of theirs.
bool Node::answer_page_request(types::Exchange& exchange) {
  if (options_.error_details == NodeOptions::Details::hidden) return false;
  if (exchange.head()->target() != kErrorPageState) return false;
  answer(exchange, 200, "text/plain", std::to_string(generation_));
  return true;
}

void Node::answer_failure(std::string_view worker, const worker::Failure& failure,
                          types::Exchange& exchange) {
  if (exchange.fail(failure.report.message)) return;
  bool limit =
      failure.kind == worker::Failure::Kind::cpu || failure.kind == worker::Failure::Kind::memory;
  answer_error(exchange, worker, limit ? 503 : 500, failure.summary,
               worker::failure_code(failure.kind), failure.report);
}

void Node::on_failure(std::string_view worker, const worker::Failure& failure) {
  log_->event(observe::Level::error, worker, failure.summary + ": " + failure.report.stack);
  if (failure.kind == worker::Failure::Kind::cpu || failure.kind == worker::Failure::Kind::memory)
    loop_->defer([this] { retire_condemned(); });
}

void Node::on_fetch(std::string_view worker, const types::RequestHead& head,
                    const worker::FetchRecord& record) {
  log_->request({worker, head.method_name(), head.target(), record.id, record.status,
                 record.wall_ms, record.cpu_ns});
}

void Node::fill_random(std::span<uint8_t> out) {
  // Small requests come from a pool, each byte given once: a system call for every id would show.
  if (out.size() > random_.size() / 4) {
    for (size_t done = 0; done < out.size();) {
      ssize_t got = getrandom(out.data() + done, out.size() - done, 0);
      if (got > 0) done += static_cast<size_t>(got);
    }
    return;
  }
  if (random_left_ < out.size()) {
    while (getrandom(random_.data(), random_.size(), 0) != static_cast<ssize_t>(random_.size())) {
    }
    random_left_ = random_.size();
  }
  uint8_t* taken = random_.data() + (random_.size() - random_left_);
  std::memcpy(out.data(), taken, out.size());
  std::memset(taken, 0, out.size());
  random_left_ -= out.size();
}

void Node::run() {
  bool draining = false;
  auto stop = [this, &draining] {
    // A second signal does not wait for anybody.
    if (draining) return loop_->stop();
    draining = true;
    http_->drain(options_.drain_ms, [this] { loop_->stop(); });
  };
  auto term = loop::SignalWatch::start(*loop_, SIGTERM, stop);
  auto interrupt = loop::SignalWatch::start(*loop_, SIGINT, stop);
  if (tls_server_) watch_certificates();
  loop_->run();
  for (auto& hosted : workers_) save_code_cache(*hosted);
}

}  // namespace skerry::server
