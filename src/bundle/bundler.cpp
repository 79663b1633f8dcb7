#include "bundle/bundler.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <optional>

#include "bundle/child_process.h"

namespace skerry::bundle {

namespace fs = std::filesystem;

namespace {

constexpr size_t kOutputBytesMax = 64u << 20;  // of one file
constexpr uint64_t kBuildCommandMs = 300'000;

// A folder for one run, removed with what is in it.
class OutFolder {
 public:
  OutFolder() {
    std::error_code error;
    std::string pattern = (fs::temp_directory_path(error) / "skerry-bundle-XXXXXX").string();
    if (!error && mkdtemp(pattern.data()) != nullptr) path_ = fs::canonical(pattern, error);
  }
  ~OutFolder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  OutFolder(const OutFolder&) = delete;
  OutFolder& operator=(const OutFolder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

std::optional<std::string> read_whole(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return std::nullopt;
  struct stat about{};
  std::optional<std::string> content;
  if (fstat(file, &about) == 0 && S_ISREG(about.st_mode) &&
      static_cast<uint64_t>(about.st_size) <= kOutputBytesMax) {
    content.emplace(static_cast<size_t>(about.st_size), '\0');
    size_t done = 0;
    while (done < content->size()) {
      const ssize_t count = read(file, content->data() + done, content->size() - done);
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) break;
      done += static_cast<size_t>(count);
    }
    content->resize(done);
  }
  close(file);
  return content;
}

std::string absolute(const std::string& folder, const std::string& path) {
  return (fs::path(folder) / path).lexically_normal().string();
}

std::string canonical(const std::string& path) {
  std::error_code error;
  std::string real = fs::canonical(path.empty() ? "." : path, error).string();
  return error ? path : real;
}

std::unexpected<BuildFailure> failed(const Error& error) {
  BuildFailure failure;
  failure.message = failure.text = error.chain();
  return std::unexpected(std::move(failure));
}

std::unexpected<BuildFailure> failed_with(const std::vector<BuildMessage>& messages,
                                          const std::string& folder, const ChildResult& ran) {
  BuildFailure failure;
  size_t errors = 0;
  for (const BuildMessage& message : messages) {
    if (!message.is_error) continue;
    if (errors++ == 0) {
      failure.message = message.text;
      failure.shown_file = message.file;
      if (!message.file.empty()) failure.file = absolute(folder, message.file);
      failure.line = message.line;
      failure.column = message.column;
      failure.source_line = message.source_line;
    } else {
      failure.text += "\n\n";
    }
    failure.text += message.whole;
  }
  if (errors > 0) return std::unexpected(std::move(failure));
  failure.message = ran.signal != 0 ? "esbuild was ended by signal " + std::to_string(ran.signal)
                                    : "esbuild ended with code " + std::to_string(ran.exit_code);
  failure.text = failure.message;
  if (!ran.output.empty()) failure.text += "; it said:\n" + ran.output.substr(0, 4000);
  return std::unexpected(std::move(failure));
}

// A package that was made for require() asks esbuild's stand-in for it, which uses a `require` that
// is in scope. A function declared at the end is, and moves no line of the source map.
std::string require_function(const std::vector<std::string>& names) {
  std::string imports, cases;
  size_t number = 0;
  for (const std::string& name : names) {
    const std::string plain = name.starts_with("node:") ? name.substr(5) : name;
    if (!is_node_builtin(plain)) continue;
    const std::string variable = "__skerry_builtin_" + std::to_string(number++);
    imports += "import * as " + variable + " from \"node:" + plain + "\";\n";
    cases += "case \"" + plain + "\": return " + variable + ".default ?? " + variable + "; ";
  }
  if (number == 0) return {};
  return "\n" + imports +
         "function require(name) { switch (String(name).replace(/^node:/, '')) { " + cases +
         "} throw new Error(`require(\"${name}\") is not possible: it is no module that the "
         "bundle knows`); }\n";
}

class Build {
 public:
  Build(const BundleRequest& request, const std::atomic<bool>& cancel)
      : request_(request), cancel_(cancel), folder_(canonical(request.folder)) {}

  std::expected<std::shared_ptr<const Bundle>, BuildFailure> run() {
    Result<std::string> esbuild = find_esbuild(folder_, request_.program_folder);
    if (!esbuild) return failed(esbuild.error());
    if (out_.path().empty())
      return failed(Error(Code::io, "cannot make a folder for the bundle: look at TMPDIR"));
    call_.esbuild = std::move(*esbuild);
    call_.out_folder = out_.path();
    call_.purpose = request_.purpose;
    std::expected<void, BuildFailure> ran = run_esbuild();
    if (!ran) return std::unexpected(std::move(ran.error()));
    return collect();
  }

 private:
  std::expected<void, BuildFailure> run_esbuild() {
    ChildOptions options;
    options.cwd = folder_;
    const std::string main = canonical(request_.config.main_path);
    for (int attempt = 0;; ++attempt) {
      options.command = esbuild_arguments(call_, request_.config, main);
      Result<ChildResult> ran = run_child(options, cancel_);
      if (!ran) return failed(ran.error());
      messages_ = parse_messages(ran->output);
      if (ran->ok()) return {};
      // What Node has built in, and nobody provides, is left to fail when it is used.
      call_.externals = unresolved_builtins(messages_);
      if (call_.externals.empty() || attempt == 1) return failed_with(messages_, folder_, *ran);
    }
  }

  std::expected<std::shared_ptr<const Bundle>, BuildFailure> collect() {
    std::optional<std::string> json = read_whole(out_.path() + "/meta.json");
    if (!json) return failed(Error(Code::io, "esbuild wrote no metafile to " + out_.path()));
    Result<Metafile> metafile = parse_metafile(*json);
    if (!metafile) return failed(metafile.error());
    auto bundle = std::make_shared<Bundle>();
    bundle->folder = folder_;
    bundle->map_folder = out_.path();
    for (const std::string& input : metafile->inputs)
      bundle->inputs.push_back(absolute(folder_, input));
    for (const Metafile::Output& output : metafile->outputs) {
      Result<> added = add(output, *bundle);
      if (!added) return failed(added.error());
    }
    if (bundle->main.empty()) return failed(Error(Code::internal, "esbuild made no bundle"));
    for (const BuildMessage& message : messages_)
      if (!message.is_error) bundle->warnings.push_back(message.whole);
    warn_of_builtins(*bundle);
    return bundle;
  }

  Result<> add(const Metafile::Output& output, Bundle& bundle) {
    const std::string path = absolute(folder_, output.path);
    const std::string name = path.substr(path.rfind('/') + 1);
    if (name.ends_with(".map") && output.inputs.empty()) return {};
    std::optional<std::string> content = read_whole(path);
    if (!content) return fail(Code::io, "esbuild's output " + path + " cannot be read");
    Module module;
    if (!output.entry_point.empty()) {
      bundle.main = name;
      *content += require_function(output.required);
      if (std::optional<std::string> map = read_whole(path + ".map"))
        bundle.map = std::make_shared<const std::string>(std::move(*map));
    } else {
      // By the rule for what it was made of.
      const std::string input = output.inputs.empty() ? name : output.inputs.front();
      std::optional<deploy::ModuleType> type = request_.config.rules.module_type(input);
      if (!type) return {};
      module.type = *type;
    }
    module.bytes = std::make_shared<const std::string>(std::move(*content));
    bundle.modules.emplace(name, std::move(module));
    return {};
  }

  void warn_of_builtins(Bundle& bundle) const {
    std::string names;
    for (const std::string& name : call_.externals) names += (names.empty() ? "" : ", ") + name;
    if (names.empty()) return;
    bundle.warnings.push_back(
        "The worker imports what Node has built in: " + names +
        ". Add \"nodejs_compat\" to compatibility_flags; without it, using these fails.");
  }

  const BundleRequest& request_;
  const std::atomic<bool>& cancel_;
  const std::string folder_;
  OutFolder out_;
  EsbuildCall call_;
  std::vector<BuildMessage> messages_;
};

}  // namespace

std::expected<void, BuildFailure> run_build_command(const BundleRequest& request,
                                                    const std::atomic<bool>& cancel) {
  const deploy::BuildCommand& build = request.config.build;
  if (build.command.empty()) return {};
  ChildOptions options;
  options.command = {"/bin/sh", "-c", build.command};
  options.cwd = build.cwd;
  options.time_ms_max = kBuildCommandMs;
  Result<ChildResult> ran = run_child(options, cancel);
  if (!ran) return failed(ran.error());
  if (ran->ok()) return {};
  BuildFailure failure;
  failure.message = "the build command failed: " + build.command;
  failure.text = failure.message + "\n\n" + ran->output.substr(0, 16'000);
  return std::unexpected(std::move(failure));
}

std::expected<std::shared_ptr<const Bundle>, BuildFailure> build_bundle(
    const BundleRequest& request, const std::atomic<bool>& cancel) {
  return Build(request, cancel).run();
}

}  // namespace skerry::bundle
