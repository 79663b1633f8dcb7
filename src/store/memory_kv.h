// KV in memory, for tests and for namespaces that need not outlive the process. Same contract as on
// disk, except that "durable" means: until the store goes.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "store/kv.h"

namespace skerry::store {

class MemoryKvStore final : public KvStore {
 public:
  // `now_s` gives Unix seconds; empty: the system's clock. Called on any thread.
  explicit MemoryKvStore(std::function<int64_t()> now_s = {});
  ~MemoryKvStore() override;
  Result<std::unique_ptr<KvNamespace>> open(std::string_view namespace_id,
                                            Executor& executor) override;

 private:
  struct Shared;
  std::shared_ptr<Shared> shared_;
};

}  // namespace skerry::store
