#include "server/dev_project.h"

#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <set>

namespace skerry::server {

namespace {

constexpr uint64_t kReloadQuietMs = 15;
constexpr size_t kFoldersMax = 1000;  // of inputs outside the project, watched

js::ErrorReport report_of(const Error& error) {
  js::ErrorReport report;
  report.message = report.stack = error.chain();
  return report;
}

js::ErrorReport report_of(bundle::BuildFailure&& failure) {
  js::ErrorReport report;
  report.message = "Build failed: " + failure.message;
  report.stack = std::move(failure.text);
  report.file = std::move(failure.shown_file);
  report.line = failure.line;
  report.column = failure.column;
  report.source_line = std::move(failure.source_line);
  if (failure.line > 0)
    if (Result<std::string> text = read_file(failure.file, 4u << 20)) set_excerpt(report, *text);
  return report;
}

std::string absolute(const std::string& path) {
  std::error_code error;
  std::filesystem::path full = std::filesystem::absolute(path.empty() ? "." : path, error);
  return error ? path : full.lexically_normal().string();
}

bool is_below(const std::string& path, std::string folder) {
  if (!folder.ends_with('/')) folder += '/';
  return path.starts_with(folder);
}

}  // namespace

std::string program_folder() {
  char self[4096];
  ssize_t size = readlink("/proc/self/exe", self, sizeof self);
  if (size <= 0) return {};
  std::string path(self, static_cast<size_t>(size));
  return path.substr(0, path.rfind('/'));
}

deploy::CompatibilityDate today() {
  time_t now = time(nullptr);
  tm utc;
  gmtime_r(&now, &utc);
  char text[16];
  std::strftime(text, sizeof text, "%Y-%m-%d", &utc);
  return *deploy::parse_compatibility_date(text);
}

DevProject::DevProject(Node& node, DevProjectOptions options)
    : node_(node), options_(std::move(options)), link_(std::make_shared<DevProject*>(this)) {}

DevProject::~DevProject() {
  *link_ = nullptr;
  cancel_ = true;
  builder_.reset();
}

Result<deploy::LoadedConfig> DevProject::read() const {
  deploy::LoadOptions load;
  load.environment = options_.environment;
  load.mode = deploy::LoadMode::dev;
  load.today = today();
  return deploy::load_worker_config(options_.path, load);
}

bool DevProject::bundles(const deploy::WorkerConfig& config) const {
  if (config.main_path.empty()) return false;
  return config.bundle.needed || (packages_seen_ && !config.no_bundle);
}

bool DevProject::must_build(const deploy::WorkerConfig& config) const {
  return bundles(config) || !config.build.command.empty();
}

bundle::BundleRequest DevProject::request_for(const deploy::LoadedConfig& loaded) const {
  return {.config = loaded.config,
          .folder = loaded.folder.empty() ? "." : loaded.folder,
          .program_folder = program_folder(),
          .purpose = bundle::Purpose::development};
}

DevProject::Built DevProject::build(const bundle::BundleRequest& request, Steps steps, bool bundles,
                                    const std::atomic<bool>& cancel) {
  if (steps == Steps::command_and_bundle) {
    std::expected<void, bundle::BuildFailure> ran = bundle::run_build_command(request, cancel);
    if (!ran) return std::unexpected(std::move(ran.error()));
  }
  if (!bundles) return nullptr;
  return bundle::build_bundle(request, cancel);
}

Result<size_t> DevProject::start() {
  Result<deploy::LoadedConfig> loaded = read();
  if (!loaded) return fail(std::move(loaded.error()));
  for (const deploy::Diagnostic& diagnostic : loaded->diagnostics)
    node_.log().event(observe::Level::warn, loaded->config.name, diagnostic.line());
  name_ = loaded->config.name;
  folder_ = absolute(loaded->folder);
  command_ = loaded->config.build;
  config_files_ = loaded->watch_files;
  deploy::LoadedConfig first;
  first.config.name = name_;
  Result<size_t> added = node_.add_worker(std::move(first));
  if (!added) return fail(std::move(added.error()));
  index_ = *added;
  auto watch = loop::FileWatch::start(node_.loop(), folder_, kReloadQuietMs,
                                      [this] { changed(steps_for_changes()); });
  if (watch)
    watch_ = std::move(*watch);
  else
    node_.log().event(observe::Level::warn, "", "Changes are not seen: " + watch.error().chain());
  if (!must_build(loaded->config)) {
    apply(std::move(*loaded), nullptr);
  } else {
    Built result =
        build(request_for(*loaded), Steps::command_and_bundle, bundles(loaded->config), cancel_);
    built(std::move(*loaded), std::move(result));
  }
  return index_;
}

void DevProject::reload() {
  changed(Steps::command_and_bundle);
}

// The project's own build runs when what it reads has changed, and not for what it has written.
DevProject::Steps DevProject::steps_for_changes() const {
  if (command_.command.empty() || !watch_) return Steps::bundle;
  for (const std::string& path : watch_->changed()) {
    const std::string full = absolute(path);
    for (const std::string& config : config_files_)
      if (full == absolute(config)) return Steps::command_and_bundle;
    for (const std::string& folder : command_.watch_dirs)
      if (full == absolute(folder) || is_below(full, absolute(folder)))
        return Steps::command_and_bundle;
  }
  return Steps::bundle;
}

void DevProject::changed(Steps steps) {
  if (building_) {
    changed_meanwhile_ = true;
    missed_ = std::max(missed_, steps);
    return;
  }
  Result<deploy::LoadedConfig> loaded = read();
  if (!loaded) return show_failure(report_of(loaded.error()), "");
  command_ = loaded->config.build;
  if (must_build(loaded->config)) return build_soon(std::move(*loaded), steps);
  apply(std::move(*loaded), nullptr);
}

void DevProject::build_soon(deploy::LoadedConfig loaded, Steps steps) {
  building_ = true;
  if (!builder_) builder_ = std::make_unique<loop::WorkerThread>("builder");
  bundle::BundleRequest request = request_for(loaded);
  const bool with_bundle = bundles(loaded.config);
  builder_->post([this, link = link_, &loop = node_.loop(), steps, with_bundle,
                  request = std::move(request), loaded = std::move(loaded)]() mutable {
    Built result = build(request, steps, with_bundle, cancel_);
    loop.post([link, loaded = std::move(loaded), result = std::move(result)]() mutable {
      if (*link == nullptr) return;
      DevProject& self = **link;
      self.building_ = false;
      // What changed while it was being built comes first; this result may be half of a change.
      if (self.changed_meanwhile_) {
        self.changed_meanwhile_ = false;
        return self.changed(std::exchange(self.missed_, Steps::bundle));
      }
      self.built(std::move(loaded), std::move(result));
    });
  });
}

void DevProject::built(deploy::LoadedConfig loaded, Built result) {
  if (!result) return show_failure(report_of(std::move(result.error())), "");
  if (*result)
    for (const std::string& warning : (*result)->warnings)
      node_.log().event(observe::Level::warn, name_, warning);
  apply(std::move(loaded), std::move(*result));
}

void DevProject::apply(deploy::LoadedConfig loaded, std::shared_ptr<const bundle::Bundle> bundle) {
  const bool may_bundle = bundle == nullptr && !loaded.config.no_bundle;
  watch_inputs(bundle.get());
  std::expected<void, LoadFailure> updated =
      node_.update_worker(index_, std::move(loaded), std::move(bundle));
  if (updated) {
    if (loaded_once_) node_.log().event(observe::Level::info, name_, "Reloaded.");
    loaded_once_ = true;
    return;
  }
  if (!updated.error().unresolved || !may_bundle)
    return show_failure(updated.error().report, "The worker could not be loaded: ");
  // It asked for what is no plain module: a package, most likely.
  Result<deploy::LoadedConfig> again = read();
  if (!again) return show_failure(report_of(again.error()), "");
  Built result = build(request_for(*again), Steps::bundle, true, cancel_);
  if (result) {
    packages_seen_ = true;
    return built(std::move(*again), std::move(result));
  }
  if (result.error().line == 0) {
    // No bundler, or it could not run: what the runtime says is the plainer truth.
    updated.error().report.stack += "\n" + result.error().text;
    return show_failure(updated.error().report, "The worker could not be loaded: ");
  }
  show_failure(report_of(std::move(result.error())), "");
}

void DevProject::show_failure(const js::ErrorReport& report, const char* what) {
  node_.set_broken(index_, report);
  // A build says the place itself.
  const std::string place = *what == '\0' ? std::string() : what + place_of(report);
  node_.log().event(observe::Level::error, name_, place + report.stack);
}

// Sources that lie outside the project, or in its node_modules.
void DevProject::watch_inputs(const bundle::Bundle* bundle) {
  if (!watch_ || bundle == nullptr) return;
  std::set<std::string> folders;
  for (const std::string& input : bundle->inputs) {
    if (folders.size() >= kFoldersMax) break;
    const bool own = is_below(input, bundle->folder) && !input.contains("/node_modules/");
    if (!own) folders.insert(input.substr(0, input.rfind('/')));
  }
  watch_->also_watch({folders.begin(), folders.end()});
}

}  // namespace skerry::server
