// Keys of `skerry dev`, where it has a terminal to itself: r reload, o open the browser, c clear,
// q quit, h help. The terminal is as before once this is gone. Loop thread.
#pragma once

#include <termios.h>

#include <functional>
#include <memory>
#include <string>

#include "loop/readable_watch.h"
#include "loop/signals.h"

namespace skerry::server {

class DevKeys {
 public:
  struct Actions {
    std::function<void()> reload;
    std::string url;  // for the browser
  };
  // Null where standard input and output are no terminal, or belong to another job.
  static std::unique_ptr<DevKeys> start(loop::Loop& loop, Actions actions);
  ~DevKeys();
  DevKeys(const DevKeys&) = delete;
  DevKeys& operator=(const DevKeys&) = delete;

 private:
  explicit DevKeys(Actions actions) : actions_(std::move(actions)) {}
  void take_over();
  void read_keys();
  void on_key(char key);
  void open_browser() const;

  const Actions actions_;
  termios before_{};
  std::unique_ptr<loop::ReadableWatch> watch_;
  std::unique_ptr<loop::SignalWatch> continued_;
};

}  // namespace skerry::server
