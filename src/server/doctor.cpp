#include "server/doctor.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <openssl/crypto.h>
#include <sqlite3.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>

#include "base/json.h"
#include "bundle/esbuild.h"
#include "geo/geo_database.h"
#include "js/v8.h"
#include "server/commands.h"

namespace skerry::server {

namespace {

using Level = Finding::Level;

constexpr int64_t kDayS = 24 * 60 * 60;
// V8 13.6 left its branch as Chrome 136 on 2025-04-29; what came to it afterwards came through
// Node 24.
constexpr int64_t kV8BranchUnixS = 1'745'884'800;
constexpr int64_t kV8OldDays = 180;
constexpr int64_t kGeoOldDays = 180;
// Measured: kernel mappings an isolate takes, and those of the process itself.
constexpr uint64_t kMappingsPerIsolate = 2;
constexpr uint64_t kMappingsSpare = 2'000;
// V8's table of functions is one for the process and has room for about as many.
constexpr uint64_t kIsolatesMax = 3'900;

// The first `size` bytes of a file of the kernel, without the newline; empty when it is not there.
std::string read_text(const std::string& path, size_t size = 4096) {
  int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return {};
  std::string text(size, '\0');
  size_t done = 0;
  ssize_t got = 0;
  while (done < size && (got = read(fd, text.data() + done, size - done)) > 0)
    done += static_cast<size_t>(got);
  close(fd);
  text.resize(done);
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

std::optional<uint64_t> read_number(const std::string& path) {
  std::string text = read_text(path, 64);
  if (text.empty() || text[0] < '0' || text[0] > '9') return std::nullopt;
  return std::strtoull(text.c_str(), nullptr, 10);
}

// "MemAvailable:   123 kB" of /proc/meminfo and its like.
std::string field_of(const std::string& text, const std::string& name) {
  size_t at = text.starts_with(name + ":") ? 0 : text.find("\n" + name + ":");
  if (at == std::string::npos) return {};
  at = text.find(':', at) + 1;
  size_t end = std::min(text.find('\n', at), text.size());
  while (at < end && (text[at] == ' ' || text[at] == '\t')) ++at;
  return text.substr(at, end - at);
}

std::string mib(uint64_t bytes) {
  return std::to_string(bytes >> 20) + " MiB";
}

std::string number_text(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f", value);
  return text;
}

// A setting of the kernel, until the next start and for good.
std::string sysctl(const std::string& setting) {
  return "sudo sysctl -w " + setting + " && echo " + setting +
         " | sudo tee -a /etc/sysctl.d/90-skerry.conf";
}

std::string self_path() {
  char self[4096];
  ssize_t size = readlink("/proc/self/exe", self, sizeof self);
  return size <= 0 ? std::string() : std::string(self, static_cast<size_t>(size));
}

class Doctor {
 public:
  explicit Doctor(const DoctorOptions& options) : options_(options) {}

  std::vector<Finding> run() {
    versions();
    open_files();
    mappings();
    address_space();
    code_memory();
    queues();
    watches();
    container();
    cgroup();
    memory();
    geo();
    certificates();
    listening();
    data_folder();
    bundler();
    return std::move(findings_);
  }

 private:
  void add(Level level, std::string name, std::string text, std::string fix = "") {
    findings_.push_back({level, std::move(name), std::move(text), std::move(fix)});
  }
  void add(Finding finding) { findings_.push_back(std::move(finding)); }

  void versions() {
    add(judge_v8_age(time(nullptr)));
    unsigned long ssl = OpenSSL_version_num();
    bool supported = ssl >= 0x30000000UL;
    add(supported ? Level::ok : Level::missing, "OpenSSL", OpenSSL_version(OPENSSL_VERSION),
        supported ? "" : "sudo apt-get update && sudo apt-get install -y libssl3");
    // https://sqlite.org/wal.html#walresetbug: a lost write with two connections at a checkpoint.
    bool safe = sqlite3_libversion_number() >= 3'051'003;
    add(safe ? Level::ok : Level::warning, "SQLite",
        std::string(sqlite3_libversion()) +
            (safe ? "" : ", which has the defect of resetting a WAL that others read"),
        safe ? "" : "scripts/setup && ninja -C build");
  }

  void open_files() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
      add(judge_open_files(limit.rlim_cur, limit.rlim_max));
  }

  void mappings() {
    std::optional<uint64_t> most = read_number("/proc/sys/vm/max_map_count");
    if (!most) return add(Level::info, "mappings", "vm.max_map_count cannot be read here");
    std::string maps = read_text("/proc/self/maps", 1 << 20);
    add(judge_mappings(*most, static_cast<uint64_t>(std::ranges::count(maps, '\n')) + 1));
  }

  // V8 reserves much more than it uses.
  void address_space() {
    rlimit limit{};
    if (getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
      add(Level::missing, "address space",
          "limited to " + mib(limit.rlim_cur) +
              "; V8 reserves gigabytes of addresses that it never touches, and ends the process "
              "where it cannot",
          "ulimit -v unlimited");
    std::string mode = read_text("/proc/sys/vm/overcommit_memory");
    if (mode == "2")
      add(Level::missing, "overcommit",
          "vm.overcommit_memory is 2: what V8 reserves counts as used, and runs out early",
          sysctl("vm.overcommit_memory=0"));
    else if (!mode.empty())
      add(Level::ok, "overcommit", "vm.overcommit_memory is " + mode);
  }

  // The compiler writes code and runs it; a hardened system may forbid that.
  void code_memory() {
    void* page =
        mmap(nullptr, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page != MAP_FAILED) {
      munmap(page, 4096);
      return add(Level::ok, "code memory", "memory may be written and executed, as V8 needs it");
    }
    add(Level::missing, "code memory",
        std::string("memory that is written and executed is refused (") + std::strerror(errno) +
            "); V8's compilers cannot work",
        "leave out MemoryDenyWriteExecute= of the systemd unit, or allow execmem in SELinux");
  }

  void queues() {
    struct Queue {
      const char* path;
      const char* name;
    };
    for (Queue queue :
         {Queue{"/proc/sys/net/core/somaxconn", "net.core.somaxconn"},
          Queue{"/proc/sys/net/ipv4/tcp_max_syn_backlog", "net.ipv4.tcp_max_syn_backlog"}}) {
      std::optional<uint64_t> value = read_number(queue.path);
      if (!value) continue;
      std::string text = std::string(queue.name) + " is " + std::to_string(*value);
      if (*value >= 1024)
        add(Level::ok, "accept queue", text);
      else
        add(Level::warning, "accept queue",
            text +
                ": more new connections at once than that are dropped and tried again a second "
                "later",
            sysctl(std::string(queue.name) + "=4096"));
    }
  }

  void watches() {
    std::optional<uint64_t> watches = read_number("/proc/sys/fs/inotify/max_user_watches");
    if (!watches) return;
    std::string text = "fs.inotify.max_user_watches is " + std::to_string(*watches);
    if (*watches >= 8192)
      add(Level::ok, "file watches", text);
    else
      add(Level::warning, "file watches",
          text + ": skerry dev needs one for each folder of a project",
          sysctl("fs.inotify.max_user_watches=65536"));
  }

  void container() {
    std::string status = read_text("/proc/self/status", 16384);
    std::string filter = field_of(status, "Seccomp");
    bool boxed = access("/.dockerenv", F_OK) == 0 || access("/run/.containerenv", F_OK) == 0;
    add(Level::info, "container",
        std::string(boxed ? "in a container" : "no container that shows itself") +
            ", system calls " + (filter == "2" ? "filtered by seccomp" : "not filtered"));
  }

  void cgroup() {
    std::optional<uint64_t> most;
    double processors = 0;
    std::string groups = read_text("/proc/self/cgroup", 16384);
    if (size_t at = groups.find("0::");
        at != std::string::npos && groups.find('\n') == std::string::npos) {
      // Version 2: one path, and the narrowest limit on the way up counts.
      for (std::string path = groups.substr(at + 3);; path = path.substr(0, path.rfind('/'))) {
        std::string folder = "/sys/fs/cgroup" + path;
        if (std::optional<uint64_t> here = read_number(folder + "/memory.max"))
          most = std::min(most.value_or(*here), *here);
        std::string cpu = read_text(folder + "/cpu.max", 64);
        double quota = std::atof(cpu.c_str());
        size_t space = cpu.find(' ');
        double period = space == std::string::npos ? 0 : std::atof(cpu.c_str() + space);
        if (quota > 0 && period > 0 && (processors == 0 || quota / period < processors))
          processors = quota / period;
        if (path.empty() || path == "/") break;
      }
    } else {
      most = read_number("/sys/fs/cgroup/memory/memory.limit_in_bytes");
      double quota = std::atof(read_text("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", 64).c_str());
      double period = std::atof(read_text("/sys/fs/cgroup/cpu/cpu.cfs_period_us", 64).c_str());
      if (quota > 0 && period > 0) processors = quota / period;
    }
    bool limited = most && *most < (uint64_t{1} << 60);
    std::string text = limited ? "memory up to " + mib(*most) : "memory not limited";
    text += processors > 0 ? ", " + number_text(processors) + " processors"
                           : ", processors not limited";
    if (limited && *most < (uint64_t{256} << 20))
      add(Level::missing, "control group", text + ": one worker alone may take 256 MiB",
          "give the container or the unit more memory (docker run --memory=1g, MemoryMax=1G)");
    else if (processors > 0 && processors < 1)
      add(Level::warning, "control group", text + ": a full loop is stopped many times a second",
          "give it a whole processor (docker run --cpus=1, CPUQuota=100%)");
    else
      add(Level::ok, "control group", text);
  }

  void memory() {
    std::string text = read_text("/proc/meminfo", 16384);
    uint64_t available = std::strtoull(field_of(text, "MemAvailable").c_str(), nullptr, 10) << 10;
    if (available == 0) return;
    bool enough = available >= (uint64_t{512} << 20);
    add(enough ? Level::ok : Level::warning, "memory",
        mib(available) + " available, " + std::to_string(sysconf(_SC_NPROCESSORS_ONLN)) +
            " processors",
        enough ? "" : "end other processes, or add memory");
  }

  void geo() {
    std::string path = default_geo_path(options_.geo_db);
    const char* advice = "scripts/setup && ninja -C build, or --geo-db FILE with a city database";
    if (path.empty())
      return add(Level::warning, "geo database", "there is none: requests have no country", advice);
    Result<std::unique_ptr<skerry::geo::GeoDatabase>> database =
        skerry::geo::GeoDatabase::open({&path, 1});
    if (!database) return add(Level::missing, "geo database", database.error().chain(), advice);
    int64_t days = (time(nullptr) - (*database)->built_unix_s()) / kDayS;
    std::string text = path + ", made " + std::to_string(days) + " days ago";
    if (days > kGeoOldDays)
      add(Level::warning, "geo database", text + ": networks have moved since", advice);
    else
      add(Level::ok, "geo database", text);
  }

  void certificates() {
    const char* named = std::getenv("SSL_CERT_FILE");
    for (const char* path : {named, "/etc/ssl/certs/ca-certificates.crt", "/etc/ssl/cert.pem",
                             "/etc/pki/tls/certs/ca-bundle.crt"}) {
      if (path != nullptr && access(path, R_OK) == 0)
        return add(Level::ok, "certificates", std::string("roots in ") + path);
    }
    add(Level::missing, "certificates",
        "there are no root certificates: fetch() of https: fails for every host",
        "sudo apt-get install -y ca-certificates");
  }

  void listening() {
    std::string place = options_.host + ":" + std::to_string(options_.port);
    bool six = options_.host.find(':') != std::string::npos;
    int fd = socket(six ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int on = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in four{};
    four.sin_family = AF_INET;
    four.sin_port = htons(options_.port);
    sockaddr_in6 long_one{};
    long_one.sin6_family = AF_INET6;
    long_one.sin6_port = htons(options_.port);
    bool parsed = six ? inet_pton(AF_INET6, options_.host.c_str(), &long_one.sin6_addr) == 1
                      : inet_pton(AF_INET, options_.host.c_str(), &four.sin_addr) == 1;
    int result = six ? bind(fd, reinterpret_cast<sockaddr*>(&long_one), sizeof long_one)
                     : bind(fd, reinterpret_cast<sockaddr*>(&four), sizeof four);
    int error = errno;
    close(fd);
    if (!parsed)
      add(Level::missing, "port", options_.host + " is no address", "--host 127.0.0.1");
    else if (result == 0)
      add(Level::ok, "port", place + " is free");
    else if (error == EACCES)
      add(Level::missing, "port", place + " needs a right that this user has not",
          "sudo setcap cap_net_bind_service=+ep " + self_path());
    else
      add(Level::warning, "port", place + ": " + std::strerror(error),
          error == EADDRINUSE ? "ss -ltnp 'sport = :" + std::to_string(options_.port) +
                                    "' shows who has it; or use --port 0"
                              : "--host with an address of this machine");
  }

  // What an acknowledged KV put waits for.
  void data_folder() {
    bool was_there = access(options_.data.c_str(), F_OK) == 0;
    std::string where = was_there ? options_.data : parent_of(options_.data);
    std::string file = where + "/.skerry-doctor-" + std::to_string(getpid());
    int fd = open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
      return add(
          Level::missing, "data folder", where + " cannot be written: " + std::strerror(errno),
          "sudo install -d -o \"$USER\" -m 700 " + options_.data + ", or name another with --data");
    unlink(file.c_str());
    std::array<double, 9> times{};
    char block[4096];
    std::memset(block, 'x', sizeof block);
    bool written = true;
    for (double& each : times) {
      timespec begin, end;
      clock_gettime(CLOCK_MONOTONIC, &begin);
      written = written && write(fd, block, sizeof block) == sizeof block && fdatasync(fd) == 0;
      clock_gettime(CLOCK_MONOTONIC, &end);
      each = static_cast<double>(end.tv_sec - begin.tv_sec) * 1e3 +
             static_cast<double>(end.tv_nsec - begin.tv_nsec) / 1e6;
    }
    struct statfs about{};
    constexpr long kTmpfs = 0x01021994, kRamfs = 0x858458f6;
    bool in_memory = fstatfs(fd, &about) == 0 && (about.f_type == kTmpfs || about.f_type == kRamfs);
    close(fd);
    if (!written)
      return add(Level::missing, "data folder", where + ": a write was not synced",
                 "free room on that disk (df -h " + where + ")");
    std::ranges::sort(times);
    add(judge_write_speed(where, times[times.size() / 2], in_memory));
    uint64_t room = uint64_t{about.f_bavail} * static_cast<uint64_t>(about.f_bsize);
    if (room < (uint64_t{1} << 30))
      add(Level::warning, "disk", mib(room) + " free in " + where, "df -h " + where);
  }

  static std::string parent_of(const std::string& path) {
    size_t slash = path.find_last_not_of('/');
    slash = slash == std::string::npos ? 0 : path.rfind('/', slash);
    if (slash == std::string::npos) return ".";
    std::string parent = slash == 0 ? "/" : path.substr(0, slash);
    return access(parent.c_str(), F_OK) == 0 || parent == "/" ? parent : parent_of(parent);
  }

  void bundler() {
    std::string self = self_path();
    Result<std::string> found = bundle::find_esbuild(".", self.substr(0, self.rfind('/')));
    if (found) return add(Level::ok, "bundler", "esbuild is " + *found);
    add(Level::warning, "bundler", found.error().chain(),
        "npm install --save-dev esbuild in the project, or scripts/setup in a checkout of skerry");
  }

  const DoctorOptions& options_;
  std::vector<Finding> findings_;
};

std::string_view level_name(Level level) {
  switch (level) {
    case Level::info: return "info";
    case Level::ok: return "ok";
    case Level::warning: return "warning";
    case Level::missing: break;
  }
  return "missing";
}

}  // namespace

Finding judge_open_files(uint64_t soft, uint64_t hard) {
  std::string text = std::to_string(soft) + " (up to " +
                     (hard == RLIM_INFINITY ? std::string("any number") : std::to_string(hard)) +
                     "): each connection, KV namespace and large file takes one";
  const char* fix = "ulimit -n 65536, or LimitNOFILE=65536 in the systemd unit";
  if (soft < 1024) return {Level::missing, "open files", std::move(text), fix};
  if (soft < 10'000) return {Level::warning, "open files", std::move(text), fix};
  return {Level::ok, "open files", std::move(text), ""};
}

Finding judge_mappings(uint64_t max_map_count, uint64_t in_use) {
  uint64_t left =
      max_map_count > in_use + kMappingsSpare ? max_map_count - in_use - kMappingsSpare : 0;
  uint64_t isolates = std::min(left / kMappingsPerIsolate, kIsolatesMax);
  std::string text =
      "vm.max_map_count is " + std::to_string(max_map_count) + ": room for about " +
      std::to_string(isolates) + " idle isolates" +
      (isolates == kIsolatesMax ? ", which is where V8's own tables end"
                                : "; where the kernel gives no more, V8 ends the process");
  std::string fix = sysctl("vm.max_map_count=1048576");
  if (isolates < 100) return {Level::missing, "mappings", std::move(text), std::move(fix)};
  if (isolates < kIsolatesMax) return {Level::warning, "mappings", std::move(text), std::move(fix)};
  return {Level::ok, "mappings", std::move(text), ""};
}

Finding judge_v8_age(int64_t now_unix_s) {
  int64_t days = (now_unix_s - kV8BranchUnixS) / kDayS;
  std::string text =
      std::string(v8::V8::GetVersion()) + ", whose branch is " + std::to_string(days) + " days old";
  if (days <= kV8OldDays) return {Level::ok, "V8", std::move(text), ""};
  return {Level::warning, "V8",
          text + ": of what was mended in V8 since, only what Node 24 took over is in it",
          "run tenants who distrust each other in processes of their own; look for a newer skerry"};
}

Finding judge_write_speed(const std::string& folder, double median_ms, bool in_memory) {
  std::string text = folder + ": a write is on disk in " + number_text(median_ms) + " ms";
  if (in_memory)
    return {Level::warning, "data folder", folder + " is in memory: KV is lost with the machine",
            "--data with a folder on a disk"};
  if (median_ms > 20)
    return {Level::warning, "data folder",
            text + "; KV puts wait for that, many at a time share it",
            "--data with a folder on a faster disk"};
  return {Level::ok, "data folder", std::move(text), ""};
}

std::vector<Finding> examine(const DoctorOptions& options) {
  return Doctor(options).run();
}

int run_doctor(const DoctorOptions& options) {
  std::vector<Finding> findings = examine(options);
  size_t missing =
      static_cast<size_t>(std::ranges::count(findings, Level::missing, &Finding::level));
  size_t warnings =
      static_cast<size_t>(std::ranges::count(findings, Level::warning, &Finding::level));
  if (options.json) {
    std::string text =
        "{\"ok\":" + std::string(missing == 0 ? "true" : "false") + ",\"findings\":[";
    for (const Finding& each : findings) {
      if (&each != &findings.front()) text += ",";
      text += "\n{\"level\":" + json_string(level_name(each.level)) +
              ",\"name\":" + json_string(each.name) + ",\"text\":" + json_string(each.text) +
              ",\"fix\":" + (each.fix.empty() ? "null" : json_string(each.fix)) + "}";
    }
    std::printf("%s\n]}\n", text.c_str());
    return missing == 0 ? 0 : 1;
  }
  for (const Finding& each : findings) {
    std::printf("%-8s %-14s %s\n", std::string(level_name(each.level)).c_str(), each.name.c_str(),
                each.text.c_str());
    if (!each.fix.empty()) std::printf("%-8s %-14s mend: %s\n", "", "", each.fix.c_str());
  }
  std::printf("%zu missing, %zu to look at\n", missing, warnings);
  return missing == 0 ? 0 : 1;
}

}  // namespace skerry::server
