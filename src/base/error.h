// Expected failures: Result<T> carries an Error with a code, a text for people and, if there is
// one, its cause. Whatever a tenant, a peer or the disk can trigger travels as one of these;
// base/check.h is for our own bugs only.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace skerry {

enum class Code : uint8_t {
  invalid,      // the input is malformed
  not_found,    // what was named does not exist
  too_large,    // a limit of size or count was passed
  refused,      // a policy says no, or the peer refused
  unsupported,  // well-formed, but not something skerry does
  closed,       // the peer or the stream ended early
  timeout,
  cancelled,  // the owner asked for it to end
  busy,       // try again later
  corrupt,    // stored data is damaged
  full,       // no room left on the disk, or a quota is used up
  io,         // the operating system failed
  internal,   // should not happen; carries details for the log
};

std::string_view code_name(Code code);

// Move-only; cheap to move. `cause` is the error below this one, or null.
struct Error {
  Code code = Code::internal;
  std::string text;
  std::unique_ptr<Error> cause;

  Error(Code error_code, std::string error_text) : code(error_code), text(std::move(error_text)) {}
  Error(Code error_code, std::string error_text, Error because)
      : code(error_code),
        text(std::move(error_text)),
        cause(std::make_unique<Error>(std::move(because))) {}

  // The text followed by those of its causes, joined with ": ".
  std::string chain() const;
  Error clone() const;
};

template <class T = void>
using Result = std::expected<T, Error>;

// Shorthand for an early return: `return fail(Code::invalid, "…")`.
inline std::unexpected<Error> fail(Code code, std::string text) {
  return std::unexpected<Error>(Error(code, std::move(text)));
}
inline std::unexpected<Error> fail(Code code, std::string text, Error cause) {
  return std::unexpected<Error>(Error(code, std::move(text), std::move(cause)));
}
inline std::unexpected<Error> fail(Error error) {
  return std::unexpected<Error>(std::move(error));
}

}  // namespace skerry
