#include "server/node.h"

#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstring>

#include "base/json.h"
#include "bindings/kv.h"
#include "js/platform.h"
#include "loop/signals.h"
#include "server/error_page.h"
#include "server/parts.h"

namespace skerry::server {

namespace {

constexpr uint64_t kCodeCacheDelayMs = 1'000;  // after the first load: by then the common functions are compiled

}  // namespace

Result<> make_folders(const std::string& path) {
  for (size_t at = 1; at <= path.size(); ++at) {
    if (at != path.size() && path[at] != '/') continue;
    std::string part = path.substr(0, at);
    if (mkdir(part.c_str(), 0700) == 0 || errno == EEXIST || errno == EISDIR) continue;
    return fail(errno == ENOSPC ? Code::full : Code::io,
                "cannot make the folder \"" + part + "\": " + std::strerror(errno));
  }
  struct stat about {};
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
  if (!data) return fail(Code::io, "the data folder cannot be used; choose another with --data", std::move(data.error()));
  if (!options_.geo_path.empty()) {
    std::string path = options_.geo_path;
    Result<std::unique_ptr<geo::GeoDatabase>> database = geo::GeoDatabase::open({&path, 1});
    if (database) geo_ = std::move(*database);
    else log_->event(observe::Level::warn, "", "No geolocation: " + database.error().chain() +
                                                   ". Requests have no country until --geo-db names an MMDB file.");
  } else {
    log_->event(observe::Level::warn, "", "No geolocation database was found; requests have no country. Name an MMDB "
                                          "file with --geo-db.");
  }
  facts_ = std::make_unique<NodeFacts>(options_.facts, geo_.get());
  outbound_ = std::make_unique<ClientOutbound>(*loop_, options_.private_origins);
  executor_ = std::make_unique<store::ExecutorOf<loop::Loop>>(*loop_);
  store::SqliteKvOptions kv_options;
  kv_options.directory = options_.data_dir + "/kv";
  Result<std::unique_ptr<store::SqliteKvStore>> kv = store::SqliteKvStore::create(std::move(kv_options));
  if (!kv) return fail(std::move(kv.error()));
  kv_ = std::move(*kv);
  http_ = std::make_unique<net::HttpServer>(*loop_, *this);
  return {};
}

Node::~Node() {
  http_.reset();
  for (auto& hosted : workers_) hosted->running.reset();
  for (auto& hosted : retired_) hosted->running.reset();
  workers_.clear();
  retired_.clear();
  kv_.reset();
  outbound_.reset();
  watchdog_.reset();
  log_.reset();
  for (const std::string& path : unix_paths_) unlink(path.c_str());
}

Result<> Node::listen(const std::string& address) {
  if (address.starts_with("unix:")) {
    std::string path = address.substr(5);
    Result<> listening = http_->listen_unix(path);
    if (listening) unix_paths_.push_back(path);
    return listening;
  }
  size_t colon = address.rfind(':');
  uint16_t port = 0;
  std::string_view digits = colon == std::string::npos ? std::string_view() : std::string_view(address).substr(colon + 1);
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (digits.empty() || error != std::errc() || end != digits.data() + digits.size())
    return fail(Code::invalid, "cannot listen on \"" + address +
                                   "\": write ADDRESS:PORT, for instance 127.0.0.1:8787 or [::1]:8787, or unix:PATH");
  std::string host = address.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (host == "localhost") host = "127.0.0.1";
  if (host.empty() || host == "*") host = "0.0.0.0";
  return http_->listen_tcp(host, port);
}

Result<> Node::prepare(HostedWorker& hosted) {
  const deploy::WorkerConfig& config = hosted.loaded.config;
  hosted.log = std::make_unique<NamedLog>(*log_, config.name);
  hosted.services = std::make_unique<context::Services>(
      context::Services{*loop_, *hosted.log, outbound_.get(), [this](std::span<uint8_t> out) { fill_random(out); },
                        js::wall_clock_ms, &cpu_slot_});
  for (const deploy::KvNamespace& wanted : config.kv_namespaces) {
    Result<std::unique_ptr<store::KvNamespace>> opened = kv_->open(wanted.id, *executor_);
    if (!opened) return fail(std::move(opened.error()));
    hosted.kv.push_back(std::move(*opened));
  }
  return {};
}

Result<size_t> Node::add_worker(deploy::LoadedConfig loaded) {
  auto hosted = std::make_unique<HostedWorker>(std::move(loaded));
  Result<> prepared = prepare(*hosted);
  if (!prepared) return fail(std::move(prepared.error()));
  workers_.push_back(std::move(hosted));
  return workers_.size() - 1;
}

Result<> Node::replace_worker(size_t index, deploy::LoadedConfig loaded) {
  auto hosted = std::make_unique<HostedWorker>(std::move(loaded));
  Result<> prepared = prepare(*hosted);
  if (!prepared) return prepared;
  std::swap(workers_[index], hosted);
  retire(std::move(hosted));
  return {};
}

void Node::set_broken(size_t index, js::ErrorReport report) {
  retire_running(*workers_[index]);
  workers_[index]->load_error = std::move(report);
}

const std::optional<js::ErrorReport>& Node::load_now(size_t index) {
  running_worker(*workers_[index]);
  return workers_[index]->load_error;
}

void Node::retire(std::unique_ptr<HostedWorker> hosted) {
  HostedWorker* old = hosted.get();
  if (!old->running) return;
  retired_.push_back(std::move(hosted));
  old->running->retire([this, old] {
    std::erase_if(retired_, [old](const std::unique_ptr<HostedWorker>& each) { return each.get() == old; });
  });
}

void Node::retire_running(HostedWorker& hosted) {
  if (!hosted.running) return;
  // The old isolate keeps its own log, services and files; the new one starts with a copy of the configuration.
  worker::Worker* old = hosted.running.release();
  old->retire([old] { delete old; });
}

void Node::load(HostedWorker& hosted) {
  const deploy::WorkerConfig& config = hosted.loaded.config;
  if (!hosted.code_cache)
    hosted.code_cache = std::make_unique<CodeCacheFile>(options_.data_dir + "/code-cache/" + config.name + ".bin", *log_);
  worker::WorkerOptions options;
  options.name = config.name;
  options.main = config.main_module;
  if (config.limits.cpu_ms) options.cpu_ms = *config.limits.cpu_ms;
  if (config.limits.subrequests) options.subrequests = *config.limits.subrequests;
  options.modules = &hosted.files;
  options.code_cache = hosted.code_cache.get();
  options.facts = facts_.get();
  options.fill_env = [this, &hosted](js::Env& env, v8::Local<v8::Object> bindings) { fill_env(hosted, env, bindings); };
  auto loaded = worker::Worker::load(surface_, *hosted.services, *this, std::move(options));
  if (!loaded) {
    hosted.load_error = std::move(loaded.error());
    std::string where = hosted.load_error->file.empty()
                            ? std::string()
                            : hosted.load_error->file + ":" + std::to_string(hosted.load_error->line) + ": ";
    log_->event(observe::Level::error, config.name, "The worker could not be loaded: " + where + hosted.load_error->stack);
    return;
  }
  hosted.running = std::move(*loaded);
  worker::Worker* running = hosted.running.get();
  loop_->add_timer(kCodeCacheDelayMs, [this, running] {
    for (auto& each : workers_) {
      if (each->running.get() != running) continue;
      running->store_code_cache();
      each->code_cache->save();
    }
  });
}

worker::Worker* Node::running_worker(HostedWorker& hosted) {
  if (hosted.running && hosted.running->condemned()) [[unlikely]] retire_running(hosted);
  if (!hosted.running && !hosted.load_error) [[unlikely]] load(hosted);
  return hosted.running.get();
}

void Node::fill_env(HostedWorker& hosted, js::Env& env, v8::Local<v8::Object> bindings) {
  const deploy::WorkerConfig& config = hosted.loaded.config;
  v8::Local<v8::Context> context = env.context();
  for (const auto* list : {&config.vars, &config.secrets}) {
    for (const deploy::Variable& variable : *list) {
      v8::Local<v8::Value> value = js::from_utf8(env.isolate(), variable.value);
      if (variable.is_json && !v8::JSON::Parse(context, value.As<v8::String>()).ToLocal(&value)) continue;
      (void)bindings->Set(context, js::from_utf8(env.isolate(), variable.name), value);
    }
  }
  auto calls = std::make_shared<bindings::ServiceCalls>();
  for (size_t i = 0; i < config.kv_namespaces.size(); ++i)
    (void)bindings->Set(context, js::from_utf8(env.isolate(), config.kv_namespaces[i].binding),
                        env.wrap(std::make_unique<bindings::KvNamespace>(hosted.kv[i], calls)));
}

void Node::on_request(std::unique_ptr<types::Exchange> exchange) {
  const types::RequestHead& head = *exchange->head();
  deploy::Scheme scheme = facts_->scheme(head) == "https" ? deploy::Scheme::https : deploy::Scheme::http;
  std::optional<uint32_t> index = routes_.lookup(scheme, head.host(), head.target());
  if (!index) {
    answer(*exchange, 404, "text/plain;charset=UTF-8",
           "No worker is deployed for this host and path.\n");
    return on_fetch("", head, {.status = 404});
  }
  HostedWorker& hosted = *workers_[*index];
  worker::Worker* worker = running_worker(hosted);
  if (worker == nullptr) [[unlikely]] {
    answer_load_error(*exchange, hosted);
    return on_fetch(hosted.loaded.config.name, head, {.status = 500});
  }
  worker->fetch(std::move(exchange));
}

void Node::answer(types::Exchange& exchange, uint16_t status, std::string_view type, std::string_view body) {
  types::HeaderView headers[] = {{"content-type", type}, {"cache-control", "no-store"}};
  exchange.respond({status, {}, headers}, {reinterpret_cast<const uint8_t*>(body.data()), body.size()});
}

void Node::answer_load_error(types::Exchange& exchange, const HostedWorker& hosted) {
  answer_error(exchange, 500, "Worker could not be loaded", 1101, *hosted.load_error);
}

void Node::answer_error(types::Exchange& exchange, uint16_t status, const std::string& summary, int code,
                        const js::ErrorReport& report) {
  if (options_.error_details == NodeOptions::Details::hidden)
    return answer(exchange, status, "text/plain;charset=UTF-8", "error code: " + std::to_string(code) + " (" + summary + ")\n");
  bool page = exchange.head()->header("accept").contains("text/html");
  ErrorPage content{summary, code, report, *exchange.head()};
  if (page) answer(exchange, status, "text/html;charset=UTF-8", error_page_html(content));
  else answer(exchange, status, "text/plain;charset=UTF-8", error_page_text(content));
}

void Node::answer_failure(std::string_view, const worker::Failure& failure, types::Exchange& exchange) {
  bool limit = failure.kind == worker::Failure::Kind::cpu || failure.kind == worker::Failure::Kind::memory;
  answer_error(exchange, limit ? 503 : 500, failure.summary, worker::failure_code(failure.kind), failure.report);
}

void Node::on_failure(std::string_view worker, const worker::Failure& failure) {
  log_->event(observe::Level::error, worker, failure.summary + ": " + failure.report.stack);
}

void Node::on_fetch(std::string_view worker, const types::RequestHead& head, const worker::FetchRecord& record) {
  log_->request(worker, head.method_name(), head.target(), record.status, record.wall_ms, record.cpu_ns);
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
  loop_->run();
}

}  // namespace skerry::server
