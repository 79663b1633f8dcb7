#include "types/http.h"

#include <cstddef>
#include <cstring>

#include "types/ascii.h"

namespace skerry::types {
namespace {

// Heads kept per thread. A busy loop has about as many heads alive as it has requests in flight.
constexpr size_t pooled_heads_max = 256;
// A head that grew past these gives its memory back, so that one large request does not pin memory
// for good.
constexpr size_t pooled_raw_bytes_max = 16 * 1024;
constexpr size_t pooled_header_slices_max = 512;

// Outlives the pool below: trivial thread-locals stay readable while a thread is torn down.
thread_local bool pool_is_gone = false;

struct HeadPool {
  RequestHead* heads[pooled_heads_max];
  size_t count = 0;
  ~HeadPool() {
    pool_is_gone = true;
    while (count > 0) delete heads[--count];
  }
};

thread_local HeadPool pool;

void clear(RequestHead& head) {
  // Assigning an empty value would keep the capacity; only a swap gives it back.
  head.raw.clear();
  if (head.raw.capacity() > pooled_raw_bytes_max) std::string().swap(head.raw);
  head.headers.clear();
  if (head.headers.capacity() > pooled_header_slices_max)
    std::vector<HeaderSlice>().swap(head.headers);
  head.method_offset = head.method_size = 0;
  head.target_offset = head.target_size = 0;
  head.host_offset = head.host_size = 0;
  head.cf_offset = head.cf_size = 0;
  head.method = Method::get;
  head.http_minor = 1;
  head.tls = nullptr;
  std::memset(head.peer_address, 0, sizeof head.peer_address);
  head.peer_port = 0;
}

}  // namespace

std::string_view RequestHead::header(std::string_view lower_name) const {
  for (const HeaderSlice& h : headers) {
    if (h.name_size == lower_name.size() && equals_ascii_case(name(h), lower_name)) return value(h);
  }
  return {};
}

void RequestHead::recycle(RequestHead* head) {
  if (pool_is_gone || pool.count == pooled_heads_max) {
    delete head;
    return;
  }
  clear(*head);
  pool.heads[pool.count++] = head;
}

Ref<RequestHead> RequestHead::take() {
  if (pool_is_gone || pool.count == 0) return make_ref<RequestHead>();
  return Ref<RequestHead>(pool.heads[--pool.count]);
}

}  // namespace skerry::types
