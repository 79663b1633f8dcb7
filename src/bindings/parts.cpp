#include "bindings/parts.h"

#include "bindings/assets_fetcher.h"
#include "bindings/kv.h"
#include "bindings/kv_stream.h"

namespace skerry::bindings {

void add_bindings(js::SurfaceParts& parts) {
  parts.classes.push_back(&KvNamespace::info);
  parts.classes.push_back(&KvBodySink::info);
  parts.classes.push_back(&AssetsFetcher::info);
}

}  // namespace skerry::bindings
