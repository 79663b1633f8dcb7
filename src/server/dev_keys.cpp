#include "server/dev_keys.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>

#include "bundle/child_process.h"

namespace skerry::server {

namespace {

constexpr int kInput = 0;

void say(const char* text) {
  std::fputs(text, stdout);
  std::fflush(stdout);
}

}  // namespace

std::unique_ptr<DevKeys> DevKeys::start(loop::Loop& loop, Actions actions) {
  if (isatty(kInput) != 1 || isatty(1) != 1 || tcgetpgrp(kInput) != getpgrp()) return nullptr;
  std::unique_ptr<DevKeys> keys(new DevKeys(std::move(actions)));
  if (tcgetattr(kInput, &keys->before_) != 0) return nullptr;
  auto watch = loop::ReadableWatch::start(loop, kInput, [&keys = *keys] { keys.read_keys(); });
  if (!watch) return nullptr;
  keys->watch_ = std::move(*watch);
  // Stopped and continued, a shell has given the terminal back as it was.
  auto continued = loop::SignalWatch::start(loop, SIGCONT, [&keys = *keys] { keys.take_over(); });
  if (continued) keys->continued_ = std::move(*continued);
  keys->take_over();
  say("  keys: r reload, o open the browser, c clear, q quit, h help\n");
  return keys;
}

DevKeys::~DevKeys() {
  watch_.reset();
  tcsetattr(kInput, TCSANOW, &before_);
  // Shared with the shell, which reads it blocking.
  const int flags = fcntl(kInput, F_GETFL);
  if (flags >= 0) fcntl(kInput, F_SETFL, flags & ~O_NONBLOCK);
}

// Each key as it is pressed and unseen; Ctrl-C stays a signal.
void DevKeys::take_over() {
  if (tcgetpgrp(kInput) != getpgrp()) return;
  termios now = before_;
  now.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
  now.c_cc[VMIN] = 1;
  now.c_cc[VTIME] = 0;
  tcsetattr(kInput, TCSANOW, &now);
}

void DevKeys::read_keys() {
  char keys[64];
  const ssize_t count = read(kInput, keys, sizeof keys);
  if (count == 0) return watch_.reset();  // the terminal is gone
  for (ssize_t i = 0; i < count; ++i) {
    if (keys[i] != '\x1b') {
      on_key(keys[i]);
      continue;
    }
    // An arrow or the like: up to its last character.
    if (i + 1 < count && (keys[i + 1] == '[' || keys[i + 1] == 'O')) ++i;
    for (++i; i < count && (keys[i] < '@' || keys[i] > '~'); ++i) {
    }
  }
}

void DevKeys::on_key(char key) {
  switch (key) {
    case 'r':
    case 'R': actions_.reload(); return;
    case 'o':
    case 'O':
    case 'b':
    case 'B': open_browser(); return;
    case 'c':
    case 'C': say("\x1b[2J\x1b[3J\x1b[H"); return;
    case 'q':
    case 'Q':
    case '\x04': kill(getpid(), SIGINT); return;
    case 'h':
    case 'H':
    case '?':
      say("  r  reload the worker\n  o  open the browser (also b)\n  c  clear the terminal\n"
          "  q  quit, after the requests under way (also Ctrl-C; twice: at once)\n");
      return;
    default: return;
  }
}

// In the background: the shell that starts it ends at once.
void DevKeys::open_browser() const {
  const std::atomic<bool> never = false;
  Result<bundle::ChildResult> ran = bundle::run_child(
      {.command = {"/bin/sh", "-c",
                   "for each in \"$BROWSER\" xdg-open sensible-browser wslview; do "
                   "if [ -n \"$each\" ] && command -v \"$each\" >/dev/null 2>&1; then "
                   "(\"$each\" \"$0\" >/dev/null 2>&1 </dev/null &); exit 0; fi; done; exit 1",
                   actions_.url},
       .time_ms_max = 2'000},
      never);
  if (!ran || !ran->ok()) say(("  no browser was found; open " + actions_.url + "\n").c_str());
}

}  // namespace skerry::server
