#include "server/worker_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "bindings/parts.h"

namespace skerry::server {

namespace {

Code code_of(int error) {
  if (error == ENOENT || error == ENOTDIR) return Code::not_found;
  if (error == ENOSPC || error == EDQUOT) return Code::full;
  return Code::io;
}

std::string reason(int error) {
  return error == ENOENT ? "no such file" : std::strerror(error);
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

}  // namespace

Result<std::string> read_file(const std::string& path, size_t bytes_max) {
  Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.get() < 0) return fail(code_of(errno), "\"" + path + "\": " + reason(errno));
  struct stat about{};
  if (fstat(file.get(), &about) != 0) return fail(Code::io, "\"" + path + "\": " + reason(errno));
  if (!S_ISREG(about.st_mode)) return fail(Code::invalid, "\"" + path + "\" is not a file");
  if (static_cast<uint64_t>(about.st_size) > bytes_max)
    return fail(Code::too_large,
                "\"" + path + "\" is larger than " + std::to_string(bytes_max >> 20) + " MiB");
  std::string content(static_cast<size_t>(about.st_size), '\0');
  size_t done = 0;
  while (done < content.size()) {
    ssize_t count = read(file.get(), content.data() + done, content.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail(Code::io, "\"" + path + "\": " + reason(errno));
    if (count == 0) break;
    done += static_cast<size_t>(count);
  }
  content.resize(done);
  return content;
}

Result<> replace_file(const std::string& path, std::string_view content) {
  std::string temporary = path + ".new";
  {
    Descriptor file(open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (file.get() < 0) return fail(code_of(errno), "\"" + temporary + "\": " + reason(errno));
    size_t done = 0;
    while (done < content.size()) {
      ssize_t count = write(file.get(), content.data() + done, content.size() - done);
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) {
        int error = errno;
        unlink(temporary.c_str());
        return fail(code_of(error), "\"" + temporary + "\": " + reason(error));
      }
      done += static_cast<size_t>(count);
    }
  }
  if (rename(temporary.c_str(), path.c_str()) != 0)
    return fail(Code::io, "\"" + path + "\": " + reason(errno));
  return {};
}

namespace {

Result<js::ModuleFile> as_module(deploy::ModuleType type, std::shared_ptr<const std::string> bytes,
                                 const std::string& path) {
  js::ModuleFile file;
  file.bytes = std::move(bytes);
  switch (type) {
    case deploy::ModuleType::es_module: file.type = js::ModuleType::esm; break;
    case deploy::ModuleType::compiled_wasm: file.type = js::ModuleType::wasm; break;
    case deploy::ModuleType::text: file.type = js::ModuleType::text; break;
    case deploy::ModuleType::data: file.type = js::ModuleType::data; break;
    case deploy::ModuleType::json: file.type = js::ModuleType::json; break;
    case deploy::ModuleType::common_js:
      return fail(
          Code::unsupported,
          "\"" + path +
              "\" is a CommonJS module, which runs only in a bundle; remove 'no_bundle', or "
              "bundle it as an ES module");
  }
  return file;
}

}  // namespace

Result<js::ModuleFile> WorkerFiles::load(const std::string& path) {
  loaded_.insert(path);
  std::string_view name = path;
  // "a.wasm?module" is how some bundlers ask for a compiled module.
  if (size_t query = name.find('?'); query != std::string_view::npos) name = name.substr(0, query);
  if (bundle_) {
    if (auto found = bundle_->modules.find(name); found != bundle_->modules.end())
      return as_module(found->second.type, found->second.bytes, path);
  }
  Result<js::ModuleFile> file = load_file(path, name);
  if (!file) unresolved_ = true;
  return file;
}

Result<js::ModuleFile> WorkerFiles::load_file(const std::string& path, std::string_view name) {
  std::optional<deploy::ModuleType> type = config_.rules.module_type(path);
  if (path == config_.main_module) type = config_.main_type;
  if (!type)
    return fail(Code::unsupported,
                "no module rule says what \"" + path +
                    "\" is; add one under \"rules\" in the worker's configuration");
  Result<std::string> content =
      read_file(config_.base_dir + "/" + std::string(name), module_bytes_max);
  if (!content) return fail(std::move(content.error()));
  return as_module(*type, std::make_shared<const std::string>(std::move(*content)), path);
}

Result<const char*> WorkerFiles::builtin_module(std::string_view specifier) const {
  if (specifier == bindings::workers_module) return bindings::workers_module;
  return node::find_module(specifier, node_);
}

}  // namespace skerry::server
