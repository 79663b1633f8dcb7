#include "web/parts.h"
#include "web/pair_iterator.h"
#include "web/url/url.h"
#include "web/url/url_search_params.h"

namespace skerry::web {

void add_url(js::SurfaceParts& parts) {
  parts.classes.push_back(&Url::info);
  parts.classes.push_back(&UrlSearchParams::info);
  parts.classes.push_back(&PairIterator<UrlSearchParams>::info);
}

}  // namespace skerry::web
