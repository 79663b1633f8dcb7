#include "web/file/blob.h"

#include <cmath>

#include "js/method.h"
#include "web/fetch/body.h"

namespace skerry::web {

namespace {

using Value = v8::Local<v8::Value>;

void describe_blob(js::ClassTable& t) {
  t.constructor<&Blob::construct>("(blobParts?: Iterable<BlobPart>, options?: BlobPropertyBag)");
  t.getter<static_cast<double (Blob::*)(js::Env&)>(&Blob::size)>("size", "number");
  t.getter<static_cast<std::string_view (Blob::*)(js::Env&)>(&Blob::type)>("type", "string");
  t.method<&Blob::slice>("slice", "(start?: number, end?: number, contentType?: string): Blob");
  t.method<&Blob::stream>("stream", "(): ReadableStream<Uint8Array>");
  t.promise_method<&Blob::text>("text", "(): Promise<string>");
  t.promise_method<&Blob::array_buffer>("arrayBuffer", "(): Promise<ArrayBuffer>");
  t.promise_method<&Blob::bytes>("bytes", "(): Promise<Uint8Array>");
}

void describe_file(js::ClassTable& t) {
  t.constructor<&File::construct>(
      "(fileBits: Iterable<BlobPart>, fileName: string, options?: FilePropertyBag)");
  t.getter<static_cast<std::string_view (File::*)(js::Env&)>(&File::name)>("name", "string");
  t.getter<static_cast<double (File::*)(js::Env&)>(&File::last_modified)>("lastModified", "number");
}

// https://w3c.github.io/FileAPI/#typedefdef-blobpart, converted: a buffer or blob itself, or text.
struct BlobPart {
  Value object;
  std::string text;
};

struct BlobOptions {
  bool native_endings = false;
  std::string type;
  std::optional<double> last_modified;
};

js::Js<std::vector<BlobPart>> read_parts(js::Env& env, Value list) {
  std::vector<BlobPart> parts;
  uint64_t text_bytes = 0;  // one text may be there many times
  js::Js<> read = js::iterate(env, list, [&](Value item) -> js::Js<> {
    if (item->IsArrayBuffer() || item->IsArrayBufferView() || js::unwrap<Blob>(item) != nullptr) {
      parts.push_back({item, {}});
      return {};
    }
    js::Js<js::UsvString> text = js::FromJs<js::UsvString>::get(env, item);
    if (!text) return js::pass(text);
    text_bytes += text->value.size();
    parts.push_back({{}, std::move(text->value)});
    return BlobData::check_size(text_bytes);
  });
  if (!read) return js::pass(read);
  return parts;
}

// https://w3c.github.io/FileAPI/#dfn-BlobPropertyBag, and with `file` #dfn-FilePropertyBag
js::Js<BlobOptions> read_options(js::Env& env, Value options, bool file) {
  BlobOptions out;
  if (options->IsNullOrUndefined()) return out;
  if (!options->IsObject()) return js::type_error("The options are not an object.");
  js::Js<Value> endings = js::member(env, options, "endings");
  if (!endings) return js::pass(endings);
  if (!(*endings)->IsUndefined()) {
    js::Js<v8::Local<v8::String>> text = js::to_string(env, *endings);
    if (!text) return js::pass(text);
    const std::string name = js::to_utf8(env.isolate(), *text);
    if (name != "transparent" && name != "native")
      return js::type_error("The provided value '" + name.substr(0, 64) +
                            "' is not a valid enum value of type EndingType.");
    out.native_endings = name == "native";
  }
  js::Js<Value> type = js::member(env, options, "type");
  if (!type) return js::pass(type);
  if (!(*type)->IsUndefined()) {
    js::Js<v8::Local<v8::String>> text = js::to_string(env, *type);
    if (!text) return js::pass(text);
    out.type = blob_type(js::to_utf8(env.isolate(), *text));
  }
  if (!file) return out;
  js::Js<Value> modified = js::member(env, options, "lastModified");
  if (!modified) return js::pass(modified);
  if ((*modified)->IsUndefined()) return out;
  js::Js<double> number = js::FromJs<double>::get(env, *modified);
  if (!number) return js::pass(number);
  // https://webidl.spec.whatwg.org/#js-long-long: modulo 2^64; what is past 2^53 is no time.
  out.last_modified =
      std::isfinite(*number) ? std::trunc(std::fmod(*number, 18446744073709551616.0)) + 0.0 : 0;
  return out;
}

// https://w3c.github.io/FileAPI/#convert-line-endings-to-native: LF, here.
std::string with_lf(const std::string& text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    out += text[i] == '\r' ? '\n' : text[i];
    if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') ++i;
  }
  return out;
}

// https://w3c.github.io/FileAPI/#process-blob-parts. Neighbours that are copied share memory.
js::Js<BlobData> join_parts(js::Env& env, const std::vector<BlobPart>& parts, bool native_endings) {
  BlobData data;
  std::string gathered;
  for (const BlobPart& part : parts) {
    if (part.object.IsEmpty()) {
      gathered += native_endings ? with_lf(part.text) : part.text;
    } else if (auto bytes = js::buffer_source(part.object)) {
      if (gathered.empty() && parts.size() == 1) {
        js::Js<> added =
            data.add(env, {reinterpret_cast<const char*>(bytes->data()), bytes->size()});
        if (!added) return js::pass(added);
        return data;
      }
      js::Js<> fits = BlobData::check_size(data.size() + gathered.size() + bytes->size());
      if (!fits) return js::pass(fits);
      gathered.append(reinterpret_cast<const char*>(bytes->data()), bytes->size());
    } else if (const Blob* blob = js::unwrap<Blob>(part.object)) {
      js::Js<> added = data.add(env, gathered);
      if (!added) return js::pass(added);
      gathered.clear();
      added = data.add(env, blob->data());
      if (!added) return js::pass(added);
    }
  }
  js::Js<> added = data.add(env, gathered);
  if (!added) return js::pass(added);
  return data;
}

// [Clamp] long long, as a distance from the start.
js::Js<uint64_t> position(js::Env& env, Value value, uint64_t size, uint64_t missing) {
  if (value->IsUndefined()) return missing;
  js::Js<double> number = js::FromJs<double>::get(env, value);
  if (!number) return js::pass(number);
  if (std::isnan(*number)) return uint64_t{0};
  const double whole = std::nearbyint(*number), end = static_cast<double>(size);
  return static_cast<uint64_t>(whole < 0 ? std::max(0.0, end + whole) : std::min(whole, end));
}

}  // namespace

const js::ClassInfo Blob::info{
    .name = "Blob", .parent = nullptr, .describe = describe_blob, .solitary = true};
const js::ClassInfo File::info{
    .name = "File", .parent = &Blob::info, .describe = describe_file, .solitary = true};

std::string blob_type(std::string type) {
  for (char& c : type) {
    if (c < 0x20 || c > 0x7e) return {};
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return type;
}

// https://w3c.github.io/FileAPI/#constructorBlob
js::Js<std::unique_ptr<Blob>> Blob::construct(js::Env& env, js::OptionalValue parts,
                                              js::OptionalValue options) {
  std::vector<BlobPart> list;
  if (!parts->IsUndefined()) {
    js::Js<std::vector<BlobPart>> read = read_parts(env, parts);
    if (!read) return js::pass(read);
    list = std::move(*read);
  }
  js::Js<BlobOptions> bag = read_options(env, options, false);
  if (!bag) return js::pass(bag);
  js::Js<BlobData> data = join_parts(env, list, bag->native_endings);
  if (!data) return js::pass(data);
  return std::make_unique<Blob>(std::move(*data), std::move(bag->type));
}

// https://w3c.github.io/FileAPI/#file-constructor
js::Js<std::unique_ptr<File>> File::construct(js::Env& env, Value parts, js::UsvString name,
                                              js::OptionalValue options) {
  js::Js<std::vector<BlobPart>> list = read_parts(env, parts);
  if (!list) return js::pass(list);
  js::Js<BlobOptions> bag = read_options(env, options, true);
  if (!bag) return js::pass(bag);
  js::Js<BlobData> data = join_parts(env, *list, bag->native_endings);
  if (!data) return js::pass(data);
  return std::make_unique<File>(std::move(*data), std::move(bag->type), std::move(name.value),
                                bag->last_modified.value_or(std::trunc(env.now_ms())));
}

// https://w3c.github.io/FileAPI/#slice-blob
js::Js<std::unique_ptr<Blob>> Blob::slice(js::Env& env, js::OptionalValue start,
                                          js::OptionalValue end, std::optional<Value> type) {
  const uint64_t size = data_.size();
  js::Js<uint64_t> from = position(env, start, size, 0);
  if (!from) return js::pass(from);
  js::Js<uint64_t> to = position(env, end, size, size);
  if (!to) return js::pass(to);
  std::string content_type;
  if (type) {
    js::Js<v8::Local<v8::String>> text = js::to_string(env, *type);
    if (!text) return js::pass(text);
    content_type = blob_type(js::to_utf8(env.isolate(), *text));
  }
  return std::make_unique<Blob>(data_.slice(*from, std::max(*from, *to)), std::move(content_type));
}

// https://w3c.github.io/FileAPI/#blob-get-stream. DEVIATION: outside a request the stream gives the
// bytes as one chunk, and no stream reads into buffers of the reader yet.
js::Js<Value> Blob::stream(js::Env& env) {
  context::RequestContext* context = context::current(env);
  if (context != nullptr && !context->closed())
    return make_native_stream(env, *context, data_.to_source());
  v8::Local<v8::Object> source = env.wrap(std::make_unique<NativeSource>(data_.to_string()));
  return call_streams(env, "createNativeReadable", {source});
}

// https://w3c.github.io/FileAPI/#text-method-algo
Blob::Promise Blob::text(js::Env& env) {
  return js::resolved(env, decode_utf8(env.isolate(), data_.to_string()));
}

// https://w3c.github.io/FileAPI/#arraybuffer-method-algo
Blob::Promise Blob::array_buffer(js::Env& env) {
  v8::Local<v8::ArrayBuffer> buffer;
  if (!data_.to_array_buffer(env.isolate()).ToLocal(&buffer))
    return js::range_error("Array buffer allocation failed");
  return js::resolved(env, buffer);
}

// https://w3c.github.io/FileAPI/#bytes-method-algo
Blob::Promise Blob::bytes(js::Env& env) {
  v8::Local<v8::ArrayBuffer> buffer;
  if (!data_.to_array_buffer(env.isolate()).ToLocal(&buffer))
    return js::range_error("Array buffer allocation failed");
  return js::resolved(env, v8::Uint8Array::New(buffer, 0, buffer->ByteLength()));
}

}  // namespace skerry::web
