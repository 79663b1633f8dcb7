#include "base/error.h"

namespace skerry {

std::string_view code_name(Code code) {
  switch (code) {
    case Code::invalid: return "invalid";
    case Code::not_found: return "not found";
    case Code::too_large: return "too large";
    case Code::refused: return "refused";
    case Code::unsupported: return "unsupported";
    case Code::closed: return "closed";
    case Code::timeout: return "timeout";
    case Code::cancelled: return "cancelled";
    case Code::busy: return "busy";
    case Code::corrupt: return "corrupt";
    case Code::full: return "full";
    case Code::io: return "io";
    case Code::internal: return "internal";
  }
  return "unknown";
}

std::string Error::chain() const {
  std::string all = text;
  for (const Error* below = cause.get(); below != nullptr; below = below->cause.get()) {
    all += ": ";
    all += below->text;
  }
  return all;
}

Error Error::clone() const {
  Error copy(code, text);
  if (cause) copy.cause = std::make_unique<Error>(cause->clone());
  return copy;
}

}  // namespace skerry
