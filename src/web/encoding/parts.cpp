#include "web/parts.h"
#include "builtins/builtins.h"
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
  // Both stand on TransformStream, so they are JavaScript as it is.
  parts.builtins.push_back({"encoding_streams", builtins::text("encoding_streams")});
  parts.exports.push_back({"TextEncoderStream", "encoding_streams",
                           "declare class TextEncoderStream {\n  constructor();\n"
                           "  readonly encoding: string;\n"
                           "  readonly readable: ReadableStream<Uint8Array>;\n"
                           "  readonly writable: WritableStream<string>;\n}"});
  parts.exports.push_back(
      {"TextDecoderStream", "encoding_streams",
       "declare class TextDecoderStream {\n"
       "  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean });\n"
       "  readonly encoding: string;\n  readonly fatal: boolean;\n"
       "  readonly ignoreBOM: boolean;\n"
       "  readonly readable: ReadableStream<string>;\n"
       "  readonly writable: WritableStream<BufferSource>;\n}"});
}

}  // namespace skerry::web
