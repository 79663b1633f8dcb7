// The header list behind a Headers object: shared by it and its Request or Response, and for an
// incoming request not copied out of the wire's buffer until somebody changes or lists it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/ref.h"
#include "types/header_list.h"
#include "types/http.h"

namespace skerry::web {

// What the node knows about an incoming request beyond its bytes. Lives as long as the node's
// workers.
class RequestFacts {
 public:
  virtual ~RequestFacts() = default;
  // `request.cf` as JSON text.
  virtual std::string cf_json(const types::RequestHead& head) const = 0;
  // Headers added to what the client sent, and removed from it: cf-connecting-ip, cf-ipcountry and
  // so on.
  virtual void adjust_headers(const types::RequestHead& head, types::HeaderList& list) const = 0;
  // Whether adjust_headers may touch this name (in lower case).
  virtual bool adjusts(std::string_view lower_name) const = 0;
  // "http" or "https".
  virtual std::string_view scheme(const types::RequestHead& head) const = 0;
};

// https://fetch.spec.whatwg.org/#concept-headers-guard; request-no-cors has no use here.
enum class HeadersGuard : uint8_t { none, immutable, request, response };

class HeaderData final : public RefCounted<HeaderData> {
 public:
  HeaderData() = default;
  HeaderData(Ref<types::RequestHead> head, const RequestFacts* facts)
      : head_(std::move(head)), facts_(facts) {}

  // For reading and changing; copies what is still on the wire's buffer first.
  types::HeaderList& list() {
    if (head_) materialise();
    return list_;
  }
  // One value, without copying the rest.
  std::optional<std::string> get(std::string_view lower_name);
  bool has(std::string_view lower_name) {
    return head_ ? get(lower_name).has_value() : list_.contains(lower_name);
  }

  HeadersGuard guard = HeadersGuard::none;
  // Of a response whose content coding was taken off while its header stayed: sent on, it gets the
  // coding back.
  bool body_was_decoded = false;
  uint32_t version = 0;  // moves with each change, so that iterators notice

 private:
  void materialise();
  types::HeaderList list_;
  Ref<types::RequestHead> head_;  // set while not materialised
  const RequestFacts* facts_ = nullptr;
};

}  // namespace skerry::web
