#include "web/parts.h"
#include "js/method.h"
#include "web/encoding/base64.h"
#include "web/encoding/text_decoder.h"
#include "web/encoding/text_encoder.h"

namespace skerry::web {

void add_encoding(js::SurfaceParts& parts) {
  parts.classes.push_back(&TextEncoder::info);
  parts.classes.push_back(&TextDecoder::info);
  parts.functions.push_back({"atob", js::Method<&atob>::call_static, 1, "(data: string): string"});
  parts.functions.push_back({"btoa", js::Method<&btoa>::call_static, 1, "(data: string): string"});
}

}  // namespace skerry::web
