// V8's inspector of one isolate, with a session for each client. Messages are JSON of the Chrome
// DevTools protocol. The isolate's thread only.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "js/console_tap.h"
#include "js/env.h"

namespace skerry::inspect {

// Who brings the messages and takes the answers.
class InspectorHost {
 public:
  virtual void send_to_client(uint32_t client, std::string message) = 0;
  // JavaScript stands at a breakpoint: dispatches messages until is_paused() is false.
  virtual void run_paused() = 0;
  // The URL of a script, from the name it was compiled with; empty: the name is it.
  virtual std::string url_of(const std::string& script) = 0;

 protected:
  ~InspectorHost() = default;
};

class IsolateInspector final : public js::ConsoleTap {
 public:
  // The isolate is entered in all calls.
  IsolateInspector(js::Env& env, const std::string& name, InspectorHost& host);
  // Clients are told that the context is gone.
  ~IsolateInspector();
  IsolateInspector(const IsolateInspector&) = delete;
  IsolateInspector& operator=(const IsolateInspector&) = delete;

  using State = std::vector<uint8_t>;
  // With the state of a session of an earlier isolate, or none.
  void connect(uint32_t client, const State& state);
  void disconnect(uint32_t client);
  // What every session has switched on, to connect() with again.
  std::map<uint32_t, State> states() const;
  // Anything may be in it: what is wrong is answered.
  void dispatch(uint32_t client, const std::string& message);
  bool is_paused() const;
  js::Env& env() { return env_; }

  void console_called(js::Env& env, const char* method,
                      std::span<v8::Local<v8::Value>> arguments) override;

 private:
  class Client;
  class Session;
  js::Env& env_;
  std::unique_ptr<Client> client_;
  std::map<uint32_t, std::unique_ptr<Session>> sessions_;
};

}  // namespace skerry::inspect
