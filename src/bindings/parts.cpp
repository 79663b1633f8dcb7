#include "bindings/parts.h"

#include "bindings/assets_fetcher.h"
#include "bindings/fetcher.h"
#include "bindings/kv.h"
#include "bindings/kv_stream.h"
#include "builtins/builtins.h"
#include "js/env.h"

namespace skerry::bindings {

namespace {

void fill_workers(js::Env& env, v8::Local<v8::Object> internal) {
  v8::Local<v8::Object> bindings = env.bindings();
  if (!bindings.IsEmpty()) (void)internal->Set(env.context(), env.name("env"), bindings);
}

}  // namespace

void add_bindings(js::SurfaceParts& parts) {
  parts.classes.push_back(&KvNamespace::info);
  parts.classes.push_back(&KvBodySink::info);
  parts.classes.push_back(&AssetsFetcher::info);
  parts.classes.push_back(&Fetcher::info);
  parts.builtins.push_back({workers_module, builtins::text("workers"), fill_workers});
}

}  // namespace skerry::bindings
