// DOMException: https://webidl.spec.whatwg.org/#idl-DOMException
#pragma once

#include <optional>
#include <string>

#include "js/convert.h"
#include "js/wrapped.h"

namespace skerry::web {

class DomException final : public js::Wrapped {
 public:
  static const js::ClassInfo info;
  DomException(std::string message, std::string name)
      : Wrapped(info), message_(std::move(message)), name_(std::move(name)) {}

  static js::Js<std::unique_ptr<DomException>> construct(js::Env& env,
                                                         std::optional<js::UsvString> message,
                                                         js::OptionalValue options);
  void attached(js::Env& env);
  // The exception as a value, with a stack from here.
  static v8::Local<v8::Value> make(js::Env& env, const char* name, std::string_view message);

  std::string message(js::Env&) const { return message_; }
  std::string name(js::Env&) const { return name_; }
  uint16_t code(js::Env&) const;
  const std::string& name_text() const { return name_; }
  const std::string& message_text() const { return message_; }

 private:
  std::string message_;
  std::string name_;
};

}  // namespace skerry::web
