// One worker as a client of the inspector sees it, whatever isolate runs it just now. Between two
// threads: that of the sockets, which brings messages, and the loop's, which runs the isolate.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "context/cpu_slot.h"
#include "inspect/isolate_inspector.h"
#include "loop/loop.h"
#include "worker/worker.h"

namespace skerry::inspect {

// The side of the sockets, as a target sees it. Any thread.
class ClientSink {
 public:
  virtual void send(uint32_t client, std::string message) = 0;
  // The queue has room again.
  virtual void resume(uint32_t client) = 0;

 protected:
  ~ClientSink() = default;
};

class Target final : public worker::IsolateWatcher, private InspectorHost {
 public:
  struct About {
    std::string id;     // the path of its WebSocket
    std::string title;  // the worker's name
    std::string root;   // the folder that names of scripts are relative to
  };
  // `loop` is the node's; all three outlive this.
  Target(About about, loop::Loop& loop, context::CpuSlot* cpu, ClientSink& clients);
  ~Target();
  const About& about() const { return about_; }
  // Of the main module. Any thread.
  std::string url();

  // The thread of the sockets. False from push(): no more until ClientSink::resume().
  void open(uint32_t client);
  bool push(uint32_t client, std::string message);
  void close(uint32_t client);
  // A pause ends, and nothing pauses from now on: the process is to stop.
  void release();

  // The loop's thread: the main module of the next isolate. If a bundler made it, its source map is
  // asked for when a client is told of the script, and given to it in place of what the script
  // says; empty: that stands.
  void set_main(std::string name, std::function<std::string()> make_map_url);

  // The loop's thread: another isolate runs the worker; sessions move there.
  void on_isolate(js::Env& env) override;
  // Nothing, when it is not the one that runs the worker now.
  void on_isolate_end(js::Env& env) override;

 private:
  struct Event {
    enum class What : uint8_t { open, message, close } what;
    uint32_t client;
    std::string text;
  };
  void put(Event event);
  bool take(Event* event);
  static void on_interrupt(v8::Isolate* isolate, void* target);
  void drain();
  void handle(const Event& event);

  void send_to_client(uint32_t client, std::string message) override;
  void run_paused() override;
  std::string url_of(const std::string& script) override;

  const About about_;
  loop::Loop& loop_;
  context::CpuSlot* cpu_;
  ClientSink& clients_;

  std::mutex lock_;
  std::condition_variable wake_;
  std::deque<Event> queue_;
  size_t queued_bytes_ = 0;
  std::vector<uint32_t> stopped_;  // clients that wait for room
  v8::Isolate* isolate_ = nullptr;
  std::string main_;
  bool posted_ = false;
  bool released_ = false;

  // The loop's thread only.
  std::function<std::string()> make_map_url_;
  std::unique_ptr<IsolateInspector> inspector_;
  std::map<uint32_t, IsolateInspector::State> clients_open_;  // and the state they bring along
  std::shared_ptr<Target*> self_;
};

}  // namespace skerry::inspect
