// What a method can fail with, as JavaScript sees it: a closed set, made into a JS exception only
// in the method trampoline (js/method.h) or when a promise is rejected.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <utility>

#include "base/error.h"

namespace skerry::js {

struct Throw {
  enum class Kind : uint8_t {
    type_error,
    range_error,
    syntax_error,
    error,
    dom_exception,
    pending
  };
  Kind kind;
  const char* dom_name = "";  // a DOMException name, static storage
  std::string message;
};

template <class T = void>
using Js = std::expected<T, Throw>;

inline std::unexpected<Throw> type_error(std::string message) {
  return std::unexpected<Throw>(Throw{Throw::Kind::type_error, "", std::move(message)});
}
inline std::unexpected<Throw> range_error(std::string message) {
  return std::unexpected<Throw>(Throw{Throw::Kind::range_error, "", std::move(message)});
}
inline std::unexpected<Throw> syntax_error(std::string message) {
  return std::unexpected<Throw>(Throw{Throw::Kind::syntax_error, "", std::move(message)});
}
inline std::unexpected<Throw> plain_error(std::string message) {
  return std::unexpected<Throw>(Throw{Throw::Kind::error, "", std::move(message)});
}
// `name` is one of https://webidl.spec.whatwg.org/#dfn-error-names-table and has static storage.
inline std::unexpected<Throw> dom_error(const char* name, std::string message) {
  return std::unexpected<Throw>(Throw{Throw::Kind::dom_exception, name, std::move(message)});
}
// V8 already holds the exception: a callback into JavaScript threw, or the isolate is being
// terminated.
inline std::unexpected<Throw> already_thrown() {
  return std::unexpected<Throw>(Throw{Throw::Kind::pending, "", {}});
}
template <class T>
std::unexpected<Throw> pass(Js<T>& failed) {
  return std::unexpected<Throw>(std::move(failed.error()));
}

}  // namespace skerry::js
