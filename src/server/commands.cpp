#include "server/commands.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "geo/override.h"
#include "server/dev_keys.h"
#include "server/dev_project.h"
#include "server/node.h"

namespace skerry::server {

namespace {

int complain(const std::string& text) {
  std::fprintf(stderr, "skerry: %s\n", text.c_str());
  return 1;
}

// The database beside the binary, where the build puts it, unless another is named.
std::string geo_path(const std::string& named) {
  if (!named.empty()) return named;
  const std::string path = program_folder() + "/geo.mmdb";
  return access(path.c_str(), R_OK) == 0 ? path : std::string();
}

// Node's name for a file with further roots. Where it names the system's own, these are read
// anyway.
std::string extra_ca_path() {
  const char* path = getenv("NODE_EXTRA_CA_CERTS");
  const char* system = getenv("SSL_CERT_FILE");
  if (path == nullptr || (system != nullptr && std::string_view(path) == system)) return {};
  return path;
}

// https://no-color.org/
TerminalLog::Options log_options(const LogChoice& choice) {
  const char* refused = getenv("NO_COLOR");
  TerminalLog::Options options;
  options.color = !choice.json && isatty(2) == 1 && (refused == nullptr || *refused == '\0');
  options.json = choice.json;
  if (choice.level == "info") options.level = observe::Level::info;
  if (choice.level == "warn") options.level = observe::Level::warn;
  if (choice.level == "error") options.level = observe::Level::error;
  return options;
}

bool is_folder(const std::string& path) {
  struct stat about{};
  return stat(path.c_str(), &about) == 0 && S_ISDIR(about.st_mode);
}

void warn(Node& node, const deploy::LoadedConfig& loaded) {
  for (const deploy::Diagnostic& diagnostic : loaded.diagnostics)
    node.log().event(observe::Level::warn, loaded.config.name, diagnostic.line());
}

std::string address_of(const std::string& host, uint16_t port) {
  return (host.contains(':') && !host.starts_with('[') ? "[" + host + "]" : host) + ":" +
         std::to_string(port);
}

void announce(const char* what, const std::string& url) {
  std::printf("skerry %s: ready on %s\n", what, url.c_str());
  std::fflush(stdout);
}

js::ErrorReport report_of(const Error& error) {
  js::ErrorReport report;
  report.message = report.stack = error.chain();
  return report;
}

// A certificate of its own making for `skerry dev --local-protocol https`.
Result<net::TlsCertificate> dev_certificate(const std::string& data_dir, const std::string& host) {
  std::string folder = data_dir + "/tls";
  if (Result<> made = make_folders(folder); !made) return fail(std::move(made.error()));
  net::TlsCertificate files{folder + "/cert.pem", folder + "/key.pem"};
  std::vector<std::string> hosts = {"localhost", "*.localhost", "127.0.0.1", "::1"};
  std::string named = host.starts_with('[') ? host.substr(1, host.size() - 2) : host;
  if (named != "*" && std::find(hosts.begin(), hosts.end(), named) == hosts.end())
    hosts.push_back(named);
  Result<> made = net::make_self_signed(files, hosts);
  if (!made) return fail(std::move(made.error()));
  return files;
}

// Sub-folders in the order of their names; an empty list and an error text where the folder cannot
// be read.
Result<std::vector<std::string>> sub_folders(const std::string& path) {
  DIR* folder = opendir(path.c_str());
  if (folder == nullptr)
    return fail(Code::not_found, "the folder of workers \"" + path +
                                     "\" cannot be read; name another with --workers");
  std::vector<std::string> names;
  while (const dirent* entry = readdir(folder)) {
    std::string name = entry->d_name;
    if (name.starts_with('.') || name == "node_modules" || !is_folder(path + "/" + name)) continue;
    names.push_back(std::move(name));
  }
  closedir(folder);
  std::sort(names.begin(), names.end());
  return names;
}

// A host whose worker cannot be read answers with an error, as one whose code cannot be loaded
// does.
void add_broken(Node& node, const std::string& name, const Error& error) {
  deploy::LoadedConfig nothing;
  nothing.config.name = name;
  Result<size_t> index = node.add_worker(std::move(nothing));
  if (!index) return;
  node.set_broken(*index, report_of(error));
  // Another worker may have the name already; then that one answers.
  (void)node.routes().add_default_host(name, static_cast<uint32_t>(*index));
}

// Once, before anything is served: a node has no time for it later.
Result<std::shared_ptr<const bundle::Bundle>> bundle_for_serving(
    Node& node, const deploy::LoadedConfig& loaded) {
  const std::atomic<bool> never = false;
  auto built = bundle::build_bundle({.config = loaded.config,
                                     .folder = loaded.folder.empty() ? "." : loaded.folder,
                                     .program_folder = program_folder(),
                                     .purpose = bundle::Purpose::production},
                                    never);
  if (!built) return fail(Code::invalid, built.error().text);
  for (const std::string& warning : (*built)->warnings)
    node.log().event(observe::Level::warn, loaded.config.name, warning);
  return std::move(*built);
}

Result<> add_folder(Node& node, const std::string& path) {
  deploy::LoadOptions load;
  load.mode = deploy::LoadMode::deploy;
  load.today = today();
  Result<deploy::LoadedConfig> loaded = deploy::load_worker_config(path, load);
  if (!loaded) return fail(std::move(loaded.error()));
  warn(node, *loaded);
  std::string name = loaded->config.name;
  std::vector<deploy::Route> routes = loaded->config.routes;
  std::shared_ptr<const bundle::Bundle> bundle;
  if (loaded->config.bundle.needed && !loaded->config.main_path.empty()) {
    Result<std::shared_ptr<const bundle::Bundle>> built = bundle_for_serving(node, *loaded);
    if (!built) return fail(std::move(built.error()));
    bundle = std::move(*built);
  }
  Result<size_t> index = node.add_worker(std::move(*loaded), std::move(bundle));
  if (!index) return fail(std::move(index.error()));
  auto number = static_cast<uint32_t>(*index);
  Result<> added = node.routes().add_default_host(name, number);
  for (const deploy::Route& route : routes)
    if (added) added = node.routes().add(route.pattern, number);
  return added;
}

Result<> add_workers(Node& node, const std::string& path) {
  Result<std::vector<std::string>> names = sub_folders(path);
  if (!names) return fail(std::move(names.error()));
  std::vector<std::pair<std::string, Error>> wrong;
  std::string texts;
  for (const std::string& name : *names) {
    Result<> added = add_folder(node, path + "/" + name);
    if (added) continue;
    texts += "\n" + added.error().chain();
    node.log().event(observe::Level::error, name,
                     "The worker is not served: " + added.error().chain());
    wrong.emplace_back(name, std::move(added.error()));
  }
  if (!names->empty() && wrong.size() == names->size())
    return fail(Code::invalid, "no worker in \"" + path + "\" can be served:" + texts);
  // One broken worker does not keep the others down.
  for (const auto& [name, error] : wrong) add_broken(node, name, error);
  // A call of a worker that is not there would fail at some request; better now.
  for (size_t i = 0; i < node.worker_count(); ++i) {
    std::string missing = node.missing_services(i);
    if (missing.empty()) continue;
    node.log().event(observe::Level::error, node.worker_name(i), missing);
    node.set_broken(i, report_of(Error(Code::not_found, missing)));
  }
  // A node with one worker has nobody else to ask: it answers whatever the host.
  if (names->size() == 1) node.routes().set_fallback(0);
  if (names->empty())
    return fail(Code::not_found,
                "there is no worker in \"" + path +
                    "\": each sub-folder with a wrangler configuration or an index.mjs is one");
  return {};
}

struct Listening {
  ListenAddress address;
  bool tls = false;
};

// The addresses of --listen and --listen-tls, with what stands for those that are not given, and
// the certificates for them.
Result<std::vector<Listening>> parse_listens(const ServeOptions& options,
                                             std::vector<net::TlsCertificate>& certificates) {
  if (options.tls_cert.size() != options.tls_key.size())
    return fail(Code::invalid, "each --tls-cert FILE needs a --tls-key FILE, in the same order");
  for (size_t i = 0; i < options.tls_cert.size(); ++i)
    certificates.push_back({options.tls_cert[i], options.tls_key[i]});
  if (!options.listen_tls.empty() && certificates.empty())
    return fail(Code::invalid,
                "--listen-tls needs a certificate: --tls-cert FILE --tls-key FILE (PEM)");
  std::vector<std::string> plain = options.listen;
  std::vector<std::string> tls = options.listen_tls;
  if (!certificates.empty() && tls.empty()) tls.push_back("127.0.0.1:8443");
  if (plain.empty() && tls.empty()) plain.push_back("127.0.0.1:8787");
  std::vector<Listening> all;
  for (const auto* list : {&plain, &tls}) {
    for (const std::string& text : *list) {
      Result<ListenAddress> address = parse_listen_address(text);
      if (!address)
        return fail(Code::invalid, list == &tls ? "--listen-tls" : "--listen",
                    std::move(address.error()));
      all.push_back({std::move(*address), list == &tls});
    }
  }
  return all;
}

constexpr uint16_t kDevPort = 8787;
constexpr int kDevPortTries = 20;

// Without a port of the user's choice, one that is taken gives way to the next.
Result<> listen_dev(Node& node, const DevOptions& options, bool https) {
  for (int i = 0;; ++i) {
    const auto port = static_cast<uint16_t>(options.port.value_or(kDevPort) + i);
    Result<ListenAddress> address = parse_listen_address(address_of(options.host, port));
    if (!address) return fail(Code::invalid, "--host", std::move(address.error()));
    Result<> listening = https ? node.listen_tls(*address) : node.listen(*address);
    if (listening) {
      if (i > 0) {
        std::printf("skerry dev: port %u is taken, using %u\n", kDevPort, port);
      }
      return {};
    }
    if (listening.error().code != Code::busy || i + 1 == kDevPortTries) return listening;
    if (options.port)
      return fail(Code::busy,
                  listening.error().chain() + "; without --port the next free one is used");
  }
}

// The projects of --config, or the one of the path. The first answers whatever no other's host
// names.
Result<> start_projects(Node& node, const DevOptions& options,
                        std::vector<std::unique_ptr<DevProject>>& projects) {
  std::vector<std::string> paths = options.configs;
  if (paths.empty()) paths.push_back(options.path);
  for (const std::string& path : paths) {
    auto project = std::make_unique<DevProject>(
        node, DevProjectOptions{.path = path, .environment = options.environment});
    Result<size_t> started = project->start();
    if (!started) return fail(std::move(started.error()));
    for (const auto& other : projects)
      if (other->name() == project->name())
        return fail(Code::invalid, "two workers are called \"" + project->name() +
                                       "\"; give each configuration a name of its own");
    const auto index = static_cast<uint32_t>(*started);
    if (projects.empty()) node.routes().set_fallback(index);
    if (paths.size() > 1)
      if (Result<> added = node.routes().add_default_host(project->name(), index); !added)
        return added;
    projects.push_back(std::move(project));
  }
  for (size_t i = 0; i < node.worker_count(); ++i)
    if (std::string missing = node.missing_services(i); !missing.empty())
      node.log().event(observe::Level::warn, node.worker_name(i),
                       missing + ". Start it beside this one: skerry dev -c this -c that.");
  return {};
}

}  // namespace

int run_dev(const DevOptions& options) {
  NodeOptions node_options;
  const std::string& first = options.configs.empty() ? options.path : options.configs.front();
  std::string root = is_folder(first)      ? first
                     : first.contains('/') ? first.substr(0, first.rfind('/'))
                                           : ".";
  for (const std::string& path :
       options.configs.empty() ? std::vector{options.path} : options.configs)
    if (access(path.c_str(), R_OK) != 0)
      return complain("\"" + path +
                      "\" is not there; give a folder with a wrangler configuration or an "
                      "index.mjs, or one file");
  node_options.data_dir = options.persist_to.empty() ? root + "/.skerry" : options.persist_to;
  node_options.geo_path = geo_path(options.geo_db);
  node_options.origins.private_origins = PrivateOrigins::allowed;
  node_options.error_details = NodeOptions::Details::shown;
  node_options.facts.skerry_geo = FactsOptions::Override::believed;
  node_options.log = log_options(options.log);
  node_options.drain_ms = 1'000;
  node_options.ca_paths = options.ca;
  node_options.optional_ca_path = extra_ca_path();
  const bool https = options.local_protocol == "https";
  if (https) {
    Result<net::TlsCertificate> files = dev_certificate(node_options.data_dir, options.host);
    if (!files) return complain("--local-protocol https: " + files.error().chain());
    node_options.certificates.push_back(std::move(*files));
  }
  if (!options.geo.empty()) {
    Result<geo::GeoRecord> place = geo::parse_geo_override(options.geo);
    if (!place) return complain("--geo: " + place.error().chain());
    node_options.facts.fixed_place = std::make_shared<const geo::GeoRecord>(std::move(*place));
  }
  Result<std::unique_ptr<Node>> node = Node::create(std::move(node_options));
  if (!node) return complain(node.error().chain());
  if (options.inspect >= 0) {
    inspect::InspectorOptions inspector;
    inspector.port = static_cast<uint16_t>(options.inspect);
    if (options.inspect_default) inspector.more_ports = 10;
    Result<uint16_t> port = (*node)->start_inspector(std::move(inspector));
    if (!port) return complain("--inspect: " + port.error().chain());
    (*node)->log().event(observe::Level::info, "",
                         "Inspector on http://127.0.0.1:" + std::to_string(*port) +
                             "/json/list; chrome://inspect finds it.");
  }
  if (Result<> listening = listen_dev(**node, options, https); !listening)
    return complain(listening.error().chain());
  std::vector<std::unique_ptr<DevProject>> projects;
  if (Result<> started = start_projects(**node, options, projects); !started)
    return complain(started.error().chain());
  const std::string url =
      (https ? "https://" : "http://") + address_of(options.host, (*node)->port());
  announce("dev", url);
  std::unique_ptr<DevKeys> keys =
      DevKeys::start((*node)->loop(), {.reload =
                                           [&projects] {
                                             for (auto& project : projects) project->reload();
                                           },
                                       .url = url});
  (*node)->run();
  return 0;
}

int run_serve(const ServeOptions& options) {
  NodeOptions node_options;
  node_options.data_dir = options.data;
  node_options.geo_path = geo_path(options.geo_db);
  node_options.origins.private_origins =
      options.allow_private_origins ? PrivateOrigins::allowed : PrivateOrigins::refused;
  node_options.facts.colo = options.colo;
  node_options.body_bytes_max = uint64_t{options.max_body_mb} << 20;
  node_options.log = log_options(options.log);
  node_options.log.timestamps = true;
  for (const std::string& text : options.allow_origins) {
    std::optional<types::CidrBlock> block = types::parse_cidr(text);
    if (!block)
      return complain("--allow-origin: \"" + text +
                      "\" is not an address or a CIDR block such as 10.0.0.0/8");
    node_options.origins.also.push_back(*block);
  }
  for (const std::string& text : options.trusted_proxies) {
    std::optional<types::CidrBlock> block = types::parse_cidr(text);
    if (!block)
      return complain("--trusted-proxy: \"" + text +
                      "\" is not an address or a CIDR block such as 10.0.0.0/8");
    node_options.facts.trusted_proxies.push_back(*block);
  }
  node_options.ca_paths = options.ca;
  node_options.optional_ca_path = extra_ca_path();
  Result<std::vector<Listening>> addresses = parse_listens(options, node_options.certificates);
  if (!addresses) return complain(addresses.error().chain());
  if (!is_folder(options.workers))
    return complain("the folder of workers \"" + options.workers +
                    "\" is not there; name another with --workers");
  Result<std::unique_ptr<Node>> node = Node::create(std::move(node_options));
  if (!node) return complain(node.error().chain());
  Result<> added = add_workers(**node, options.workers);
  if (!added) return complain(added.error().chain());
  for (const Listening& each : *addresses) {
    const ListenAddress& address = each.address;
    Result<> listening = each.tls ? (*node)->listen_tls(address) : (*node)->listen(address);
    if (!listening)
      return complain((each.tls ? "--listen-tls: " : "--listen: ") + listening.error().chain());
    std::string place = address_of(address.host, (*node)->port());
    announce("serve", !address.unix_path.empty() ? "unix:" + address.unix_path
                      : each.tls                 ? "https://" + place
                                                 : "http://" + place);
  }
  (*node)->run();
  return 0;
}

std::string default_geo_path(const std::string& named) {
  return geo_path(named);
}

}  // namespace skerry::server
