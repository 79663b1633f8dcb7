// The inspector's socket: discovery over HTTP, a WebSocket for each client, on a thread and loop of
// its own. https://chromedevtools.github.io/devtools-protocol/#endpoints
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/error.h"
#include "inspect/target.h"
#include "loop/loop.h"

namespace skerry::inspect {

struct InspectorOptions {
  std::string host = "127.0.0.1";
  uint16_t port = 9229;
  // How many ports after this one are tried when it is taken.
  uint16_t more_ports = 0;
};

class InspectorServer final : private ClientSink {
 public:
  // Listens when it returns. `loop` runs the isolates, `cpu` is its slot or null; both outlive
  // this.
  static Result<std::unique_ptr<InspectorServer>> start(InspectorOptions options, loop::Loop& loop,
                                                        context::CpuSlot* cpu);
  // Closes every client. Isolates must be detached before.
  ~InspectorServer();
  InspectorServer(const InspectorServer&) = delete;
  InspectorServer& operator=(const InspectorServer&) = delete;

  uint16_t port() const { return port_; }
  // A worker named `title`; `root` is the absolute folder of its modules. Lives as long as this.
  // The loop's thread.
  Target& add_target(const std::string& title, const std::string& root);

 private:
  class Desk;
  InspectorServer(loop::Loop& loop, context::CpuSlot* cpu);
  void send(uint32_t client, std::string message) override;
  void resume(uint32_t client) override;

  loop::Loop& node_loop_;
  context::CpuSlot* cpu_;
  uint16_t port_ = 0;
  std::unique_ptr<loop::Loop> loop_;  // of the thread
  std::unique_ptr<Desk> desk_;        // likewise
  std::mutex lock_;                   // for the list; targets themselves stay
  std::vector<std::unique_ptr<Target>> targets_;
  std::thread thread_;
};

}  // namespace skerry::inspect
