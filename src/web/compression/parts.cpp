#include "web/parts.h"
#include "builtins/builtins.h"
#include "js/method.h"
#include "web/compression/coder.h"

namespace skerry::web {

namespace {

void describe(js::ClassTable& table) {
  table.method<&Coder::step>("step", "(input: any, output: any, finish: boolean): number");
  table.getter<&Coder::used>("used", "number");
  table.getter<&Coder::ended>("ended", "boolean");
}

std::optional<codec::Coding> format_of(std::string_view name) {
  if (name == "gzip") return codec::Coding::gzip;
  if (name == "deflate") return codec::Coding::deflate;
  if (name == "deflate-raw") return codec::Coding::deflate_raw;
  return std::nullopt;
}

// make(format, decodes): a Coder, or undefined for an unknown format.
void make_coder(const v8::FunctionCallbackInfo<v8::Value>& info) {
  js::Env& env = js::Env::from(info.GetIsolate());
  if (!info[0]->IsString()) return;
  std::optional<codec::Coding> coding =
      format_of(js::to_utf8(info.GetIsolate(), info[0].As<v8::String>()));
  if (!coding) return;
  const bool decodes = info[1]->IsTrue();
  std::unique_ptr<codec::Transform> transform =
      decodes ? codec::make_decoder(*coding) : codec::make_encoder(*coding);
  if (!transform) return env.throw_js(js::range_error("Out of memory").error());
  info.GetReturnValue().Set(env.wrap(std::make_unique<Coder>(std::move(transform), decodes)));
}

void fill_compression(js::Env& env, v8::Local<v8::Object> internal) {
  v8::Local<v8::Function> function;
  if (v8::Function::New(env.context(), make_coder, {}, 0, v8::ConstructorBehavior::kThrow)
          .ToLocal(&function))
    internal->CreateDataProperty(env.context(), env.name("makeCoder"), function).Check();
}

constexpr const char* kTypes[][2] = {
    {"CompressionStream",
     "declare class CompressionStream {\n"
     "  constructor(format: \"gzip\" | \"deflate\" | \"deflate-raw\");\n"
     "  readonly readable: ReadableStream<Uint8Array>;\n"
     "  readonly writable: WritableStream<BufferSource>;\n}"},
    {"DecompressionStream",
     "declare class DecompressionStream {\n"
     "  constructor(format: \"gzip\" | \"deflate\" | \"deflate-raw\");\n"
     "  readonly readable: ReadableStream<Uint8Array>;\n"
     "  readonly writable: WritableStream<BufferSource>;\n}"},
};

}  // namespace

const js::ClassInfo Coder::info{
    .name = "Coder", .describe = describe, .exposed = false, .solitary = true};

js::Js<double> Coder::step(js::Env&, v8::Local<v8::Value> in, v8::Local<v8::Value> out,
                           v8::Local<v8::Value> finish) {
  std::span<uint8_t> input = js::buffer_source(in).value_or(std::span<uint8_t>());
  std::span<uint8_t> output = js::buffer_source(out).value_or(std::span<uint8_t>());
  used_ = 0;
  if (output.empty()) return 0;
  Result<codec::Step> done =
      transform_->step(input, output, finish->IsTrue() ? codec::Flush::finish : codec::Flush::none);
  if (!done) return js::type_error(done.error().chain());
  used_ = static_cast<double>(done->used);
  ended_ = decodes_ ? done->ended : finish->IsTrue() && done->ended;
  return static_cast<double>(done->made);
}

// https://compression.spec.whatwg.org/
void add_compression(js::SurfaceParts& parts) {
  parts.classes.push_back(&Coder::info);
  parts.builtins.push_back({"compression", builtins::text("compression"), fill_compression});
  for (const auto& [name, types] : kTypes) parts.exports.push_back({name, "compression", types});
}

}  // namespace skerry::web
