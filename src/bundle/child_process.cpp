#include "bundle/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

extern char** environ;

namespace skerry::bundle {

namespace {

constexpr int kLookMs = 20;  // how often a child is asked about that prints nothing

uint64_t now_ms() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1000 + static_cast<uint64_t>(now.tv_nsec) / 1'000'000;
}

// A group of its own, so that Ctrl-C in the terminal is ours to handle and that all of it can be
// killed; signals as a program expects them.
Result<pid_t> spawn(const ChildOptions& options, int output) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, output, 1);
  posix_spawn_file_actions_adddup2(&actions, output, 2);
  if (!options.cwd.empty()) posix_spawn_file_actions_addchdir_np(&actions, options.cwd.c_str());
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  sigdelset(&all, SIGKILL);
  sigdelset(&all, SIGSTOP);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes,
                           POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  std::vector<char*> arguments;
  for (const std::string& each : options.command)
    arguments.push_back(const_cast<char*>(each.c_str()));
  arguments.push_back(nullptr);
  pid_t pid = 0;
  int error = posix_spawn(&pid, arguments[0], &actions, &attributes, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  if (error != 0)
    return fail(error == ENOENT ? Code::not_found : Code::io,
                "cannot start " + options.command[0] + ": " + std::strerror(error));
  return pid;
}

// Reads until the child has closed its output or has ended; why it must be killed, if it must.
Result<> follow(const ChildOptions& options, int input, pid_t pid, ChildResult& result, int& status,
                const std::atomic<bool>& cancel) {
  const uint64_t end_ms = now_ms() + options.time_ms_max;
  bool ended = false;
  for (;;) {
    pollfd wait = {input, POLLIN, 0};
    const int ready = poll(&wait, 1, ended ? 0 : kLookMs);
    if (ready > 0) {
      char buffer[16384];
      const ssize_t count = read(input, buffer, sizeof buffer);
      if (count > 0) {
        const size_t room = options.output_bytes_max - result.output.size();
        result.output.append(buffer, std::min(room, static_cast<size_t>(count)));
        continue;
      }
      if (count < 0 && errno == EINTR) continue;
      if (!ended) waitpid(pid, &status, 0);
      return {};
    }
    // It may leave a process behind that keeps the pipe.
    if (ended) return {};
    ended = waitpid(pid, &status, WNOHANG) == pid;
    if (ended) continue;
    if (cancel) return fail(Code::cancelled, options.command[0] + " was ended");
    if (now_ms() > end_ms)
      return fail(Code::timeout, options.command[0] + " took longer than " +
                                     std::to_string(options.time_ms_max / 1000) +
                                     " s and was ended");
  }
}

}  // namespace

Result<ChildResult> run_child(const ChildOptions& options, const std::atomic<bool>& cancel) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0)
    return fail(Code::io, std::string("cannot make a pipe: ") + std::strerror(errno));
  Result<pid_t> pid = spawn(options, ends[1]);
  close(ends[1]);
  if (!pid) {
    close(ends[0]);
    return fail(std::move(pid.error()));
  }
  ChildResult result;
  int status = 0;
  Result<> followed = follow(options, ends[0], *pid, result, status, cancel);
  close(ends[0]);
  if (!followed) {
    kill(-*pid, SIGKILL);
    waitpid(*pid, &status, 0);
    return fail(std::move(followed.error()));
  }
  if (WIFEXITED(status)) result.exit_code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) result.signal = WTERMSIG(status);
  return result;
}

}  // namespace skerry::bundle
