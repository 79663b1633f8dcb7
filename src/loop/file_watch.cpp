#include "loop/file_watch.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <vector>

#include "loop/loop_impl.h"

namespace skerry::loop {

namespace fs = std::filesystem;

namespace {

// Folders watched at most: the system gives 8,192 or more to a user, for all programs.
constexpr size_t kFoldersMax = 4096;
constexpr size_t kChangedMax = 256;
constexpr uint64_t kBurstMax = 4;  // quiet times that a burst may last before it is told anyway

bool is_skipped(const fs::path& name) {
  std::string text = name.filename().string();
  return text == "node_modules" || text.starts_with('.');
}

struct WatchBox {
  uv_fs_event_t handle;
  FileWatch::State* state = nullptr;
  std::string path;
};

}  // namespace

struct FileWatch::State {
  Loop* loop = nullptr;
  uint64_t quiet_ms = 0;
  std::move_only_function<void()> fn;
  std::string root;
  std::map<std::string, WatchBox*> watches;
  std::set<std::string> extra;       // watched on their own, not as part of the root
  std::vector<std::string> changes;  // of this burst
  TimerId timer;
  uint64_t burst_since_ms = 0;

  Result<> watch(const std::string& path) {
    if (watches.contains(path) || watches.size() >= kFoldersMax) return {};
    auto* box = new WatchBox;
    uv_fs_event_init(&loop->impl().uv, &box->handle);
    box->handle.data = box;
    int status = uv_fs_event_start(
        &box->handle,
        [](uv_fs_event_t* handle, const char* name, int, int) {
          auto* self = static_cast<WatchBox*>(handle->data);
          if (self->state != nullptr) self->state->changed(self->path, name);
        },
        path.c_str(), 0);
    if (status != 0) {
      close(box);
      return fail(uv_failure(status, "watch " + path));
    }
    box->state = this;
    box->path = path;
    watches.emplace(path, box);
    return {};
  }

  static void close(WatchBox* box) {
    box->state = nullptr;
    uv_close(reinterpret_cast<uv_handle_t*>(&box->handle),
             [](uv_handle_t* handle) { delete static_cast<WatchBox*>(handle->data); });
  }

  // Adds what has appeared and drops what is gone.
  void rescan() {
    for (auto it = watches.begin(); it != watches.end();) {
      std::error_code error;
      if (it->first != root && !extra.contains(it->first) && !fs::is_directory(it->first, error)) {
        close(it->second);
        it = watches.erase(it);
      } else {
        ++it;
      }
    }
    std::error_code error;
    fs::recursive_directory_iterator entry(root, fs::directory_options::skip_permission_denied,
                                           error);
    for (fs::recursive_directory_iterator end; !error && entry != end; entry.increment(error)) {
      std::error_code ignored;
      if (!entry->is_directory(ignored) || entry->is_symlink(ignored)) continue;
      if (is_skipped(entry->path())) {
        entry.disable_recursion_pending();
        continue;
      }
      // A folder that cannot be watched is left out: the rest still is.
      (void)watch(entry->path().string());
    }
  }

  void also_watch(const std::vector<std::string>& folders) {
    const std::set<std::string> wanted(folders.begin(), folders.end());
    for (auto it = extra.begin(); it != extra.end();) {
      auto found = watches.find(*it);
      if (wanted.contains(*it)) {
        ++it;
        continue;
      }
      if (found != watches.end()) {
        close(found->second);
        watches.erase(found);
      }
      it = extra.erase(it);
    }
    // What is part of the root is watched already.
    for (const std::string& path : wanted)
      if (!watches.contains(path) && watch(path)) extra.insert(path);
  }

  void changed(const std::string& folder, const char* name) {
    if (name != nullptr && is_skipped(name)) return;
    if (changes.size() < kChangedMax)
      changes.push_back(name == nullptr || folder.ends_with(name) ? folder : folder + "/" + name);
    uint64_t now = loop->now_ms();
    if (!loop->cancel_timer(timer)) burst_since_ms = now;
    uint64_t latest = burst_since_ms + kBurstMax * quiet_ms;
    uint64_t delay = std::min(quiet_ms, latest > now ? latest - now : 0);
    timer = loop->add_timer(delay, [this] {
      timer = TimerId{};
      std::error_code error;
      if (fs::is_directory(root, error)) rescan();
      fn();
      changes.clear();
    });
  }
};

FileWatch::FileWatch(std::unique_ptr<State> state) : state_(std::move(state)) {}

Result<std::unique_ptr<FileWatch>> FileWatch::start(Loop& loop, const std::string& path,
                                                    uint64_t quiet_ms,
                                                    std::move_only_function<void()> fn) {
  auto state = std::make_unique<State>();
  state->loop = &loop;
  state->quiet_ms = quiet_ms;
  state->fn = std::move(fn);
  state->root = path;
  Result<> watched = state->watch(path);
  if (!watched) return fail(std::move(watched.error()));
  std::error_code error;
  if (fs::is_directory(path, error)) state->rescan();
  return std::unique_ptr<FileWatch>(new FileWatch(std::move(state)));
}

void FileWatch::also_watch(const std::vector<std::string>& folders) {
  state_->also_watch(folders);
}

const std::vector<std::string>& FileWatch::changed() const {
  return state_->changes;
}

FileWatch::~FileWatch() {
  state_->loop->cancel_timer(state_->timer);
  for (auto& [path, box] : state_->watches) State::close(box);
}

}  // namespace skerry::loop
