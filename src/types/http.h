// The head of an HTTP request as it came from the wire: one buffer and slices of it, so that
// nothing is copied unless somebody asks. Reference-counted on one thread; the connection fills it,
// JavaScript may keep it after the connection is gone.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/ref.h"

namespace skerry::types {

enum class Method : uint8_t { get, head, post, put, del, patch, options, connect, trace, other };

struct HeaderSlice {
  uint32_t name_offset;
  uint32_t name_size;
  uint32_t value_offset;
  uint32_t value_size;
};

// The TLS connection that a request came over. Texts as OpenSSL names them ("TLSv1.3",
// "TLS_AES_128_GCM_SHA256"), in static memory.
struct TlsFacts {
  const char* version;
  const char* cipher;
};

class RequestHead final : public RefCounted<RequestHead> {
 public:
  std::string_view method_name() const { return slice(method_offset, method_size); }
  // As sent in the request line: origin-form ("/a?b"), absolute-form, or "*".
  std::string_view target() const { return slice(target_offset, target_size); }
  std::string_view name(const HeaderSlice& h) const { return slice(h.name_offset, h.name_size); }
  std::string_view value(const HeaderSlice& h) const { return slice(h.value_offset, h.value_size); }
  // The value of the only, or first, header of that name (given in lower case); empty when absent.
  std::string_view header(std::string_view lower_name) const;
  std::string_view slice(uint32_t offset, uint32_t size) const {
    return std::string_view(raw).substr(offset, size);
  }
  static void recycle(RequestHead* head);  // to a per-thread free-list of bounded size
  static Ref<RequestHead> take();          // from that free-list, cleared

  std::string raw;  // request line and header block, as received
  std::vector<HeaderSlice>
      headers;  // in order; names as sent, values without surrounding white space
  uint32_t method_offset = 0, method_size = 0;
  uint32_t target_offset = 0, target_size = 0;
  uint32_t host_offset = 0,
           host_size = 0;               // value of Host (or authority of an absolute-form target)
  uint32_t cf_offset = 0, cf_size = 0;  // of a call by another worker: its request.cf as JSON
  Method method = Method::get;
  uint8_t http_minor = 1;
  const TlsFacts* tls = nullptr;  // static memory; null: no TLS
  std::string_view host() const { return slice(host_offset, host_size); }
  // Address of the peer of the socket: 16 bytes, IPv4 as ::ffff:a.b.c.d; all zero for a Unix
  // socket.
  uint8_t peer_address[16] = {};
  uint16_t peer_port = 0;
};

}  // namespace skerry::types
