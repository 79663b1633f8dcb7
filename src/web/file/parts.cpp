#include "web/parts.h"
#include "js/method.h"
#include "web/file/blob.h"
#include "web/file/form_data.h"
#include "web/pair_iterator.h"

namespace skerry::web {

void add_file(js::SurfaceParts& parts) {
  parts.classes.push_back(&Blob::info);
  parts.classes.push_back(&File::info);
  parts.classes.push_back(&FormData::info);
  parts.classes.push_back(&PairIterator<FormData>::info);
}

}  // namespace skerry::web
