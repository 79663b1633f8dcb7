// Tells V8's collector of memory outside its heap that an object keeps, for as long as this lives,
// so that large dead objects are looked for.
#pragma once

#include "js/v8.h"

#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Weverything"
#include <v8-external-memory-accounter.h>
#pragma clang diagnostic pop

namespace skerry::js {

class ExternalBytes {
 public:
  ExternalBytes() = default;
  ~ExternalBytes() {
    if (isolate_ != nullptr) accounter_.Decrease(isolate_, bytes_);
  }
  ExternalBytes(const ExternalBytes&) = delete;
  ExternalBytes& operator=(const ExternalBytes&) = delete;
  // Once. The isolate outlives this.
  void tell(v8::Isolate* isolate, size_t bytes) {
    if (isolate_ != nullptr || bytes == 0) return;
    isolate_ = isolate;
    bytes_ = bytes;
    accounter_.Increase(isolate, bytes);
  }

 private:
  v8::Isolate* isolate_ = nullptr;
  size_t bytes_ = 0;
  v8::ExternalMemoryAccounter accounter_;
};

}  // namespace skerry::js
