#include "web/parts.h"
#include "js/method.h"
#include "web/fetch/fetch.h"
#include "web/fetch/native_sink.h"
#include "web/fetch/request.h"
#include "web/fetch/response.h"
#include "web/pair_iterator.h"

namespace skerry::web {

void add_fetch(js::SurfaceParts& parts) {
  parts.classes.insert(parts.classes.end(),
                       {&Headers::info, &Request::info, &Response::info, &NativeSource::info,
                        &NativeSink::info, &PairIterator<Headers>::info});
  parts.functions.push_back(
      {"fetch", js::Method<&fetch>::call_promise, 1,
       "(input: Request | string | URL, init?: RequestInit): Promise<Response>"});
}

}  // namespace skerry::web
