#include "web/file/form_data.h"

#include <algorithm>
#include <cmath>

#include "base/limits.h"
#include "js/method.h"
#include "types/mime.h"
#include "types/multipart.h"
#include "types/url_search_params.h"
#include "types/utf8.h"
#include "web/pair_iterator.h"

namespace skerry::web {

namespace {

using Value = v8::Local<v8::Value>;

void describe(js::ClassTable& t) {
  t.constructor<&FormData::construct>("()");
  t.method<&FormData::append>("append",
                              "(name: string, value: string | Blob, filename?: string): void");
  t.method<&FormData::remove>("delete", "(name: string): void");
  t.method<&FormData::get>("get", "(name: string): File | string | null");
  t.method<&FormData::get_all>("getAll", "(name: string): (File | string)[]");
  t.method<&FormData::has>("has", "(name: string): boolean");
  t.method<&FormData::set>("set", "(name: string, value: string | Blob, filename?: string): void");
  t.method<&FormData::entries>("entries", "(): IterableIterator<[string, File | string]>");
  t.method<&FormData::for_each>(
      "forEach",
      "(callback: (value: File | string, name: string, parent: FormData) => void, thisArg?: any): "
      "void");
  t.method<&FormData::keys>("keys", "(): IterableIterator<string>");
  t.method<&FormData::values>("values", "(): IterableIterator<File | string>");
  t.alias("@@iterator", "entries");
}

}  // namespace

const js::ClassInfo FormData::info{
    .name = "FormData", .parent = nullptr, .describe = describe, .slots = 1, .solitary = true};

// https://xhr.spec.whatwg.org/#dom-formdata: there are no forms here to take.
js::Js<std::unique_ptr<FormData>> FormData::construct(js::Env&, js::Rest arguments) {
  if (arguments.size() > 0 && !arguments[0]->IsUndefined())
    return js::type_error(
        "Failed to construct 'FormData': parameter 1 is not of type 'HTMLFormElement'.");
  return std::make_unique<FormData>();
}

v8::Local<v8::Array> FormData::files(js::Env& env) {
  v8::Local<v8::Value> kept = slot(env.isolate(), kFiles);
  if (kept->IsArray()) return kept.As<v8::Array>();
  v8::Local<v8::Array> made = v8::Array::New(env.isolate());
  set_slot(env.isolate(), kFiles, made);
  return made;
}

uint32_t FormData::add_file(js::Env& env, v8::Local<v8::Object> file) {
  const auto index = static_cast<uint32_t>(files_.size());
  files_.push_back(nullptr);
  (void)files(env)->CreateDataProperty(env.context(), index, file);
  return index;
}

// https://xhr.spec.whatwg.org/#create-an-entry, with the choice between the two overloads of
// append() and set(): a third argument wants a Blob.
js::Js<FormData::Entry> FormData::read_entry(js::Env& env, std::string name, Value value,
                                             const js::Rest& rest, const char* method) {
  Entry entry{std::move(name), {}, std::nullopt};
  const Blob* blob = js::unwrap<Blob>(value);
  const bool has_filename = rest.size() > 0 && !rest[0]->IsUndefined();
  if (blob == nullptr) {
    if (rest.size() > 0)
      return js::type_error(std::string("Failed to execute '") + method +
                            "' on 'FormData': parameter 2 is not of type 'Blob'.");
    js::Js<js::UsvString> text = js::FromJs<js::UsvString>::get(env, value);
    if (!text) return js::pass(text);
    entry.text = std::move(text->value);
    return entry;
  }
  const File* file = js::unwrap<File>(value);
  if (file != nullptr && !has_filename) {
    entry.file = add_file(env, value.As<v8::Object>());
    return entry;
  }
  std::string filename = "blob";
  if (has_filename) {
    js::Js<js::UsvString> text = js::FromJs<js::UsvString>::get(env, rest[0]);
    if (!text) return js::pass(text);
    filename = std::move(text->value);
  }
  const double modified = file != nullptr ? file->last_modified() : std::trunc(env.now_ms());
  entry.file = add_file(env, env.wrap(std::make_unique<File>(blob->data(), blob->type(),
                                                             std::move(filename), modified)));
  return entry;
}

size_t FormData::bytes_of(const Entry& entry) {
  return sizeof(Entry) + entry.name.size() + entry.text.size();
}

js::Js<> FormData::count(const Entry& entry) {
  text_bytes_ += bytes_of(entry);
  if (text_bytes_ <= limits::form_text_bytes_max) return {};
  text_bytes_ -= bytes_of(entry);
  return js::range_error("A FormData holds at most " + std::to_string(limits::form_text_bytes_max) +
                         " bytes of text.");
}

// https://xhr.spec.whatwg.org/#dom-formdata-append
js::Js<> FormData::append(js::Env& env, js::UsvString name, Value value, js::Rest rest) {
  js::Js<Entry> entry = read_entry(env, std::move(name.value), value, rest, "append");
  if (!entry) return js::pass(entry);
  js::Js<> fits = count(*entry);
  if (!fits) return fits;
  entries_.push_back(std::move(*entry));
  return {};
}

// https://xhr.spec.whatwg.org/#dom-formdata-set
js::Js<> FormData::set(js::Env& env, js::UsvString name, Value value, js::Rest rest) {
  js::Js<Entry> entry = read_entry(env, std::move(name.value), value, rest, "set");
  if (!entry) return js::pass(entry);
  js::Js<> fits = count(*entry);
  if (!fits) return fits;
  auto same = [&](const Entry& e) { return e.name == entry->name; };
  auto first = std::find_if(entries_.begin(), entries_.end(), same);
  if (first == entries_.end()) {
    entries_.push_back(std::move(*entry));
    return {};
  }
  for (auto old = first; old != entries_.end(); ++old)
    if (same(*old)) text_bytes_ -= bytes_of(*old);
  entries_.erase(std::remove_if(first + 1, entries_.end(), same), entries_.end());
  *first = std::move(*entry);
  return {};
}

void FormData::remove(js::Env&, js::UsvString name) {
  std::erase_if(entries_, [&](const Entry& e) {
    if (e.name != name.value) return false;
    text_bytes_ -= bytes_of(e);
    return true;
  });
}

Value FormData::value_of(js::Env& env, const Entry& entry) {
  if (!entry.file) return js::from_utf8(env.isolate(), entry.text);
  v8::Local<v8::Array> objects = files(env);
  const uint32_t index = *entry.file;
  if (std::unique_ptr<FileValue> file = std::move(files_[index])) {
    v8::Local<v8::Object> made = env.wrap(std::make_unique<File>(
        std::move(file->data), std::move(file->type), std::move(file->name), file->last_modified));
    (void)objects->CreateDataProperty(env.context(), index, made);
    return made;
  }
  Value object;
  if (objects->Get(env.context(), index).ToLocal(&object)) return object;
  return v8::Undefined(env.isolate());
}

const File* FormData::file_of(js::Env& env, const Entry& entry) {
  return js::unwrap<File>(value_of(env, entry));
}

Value FormData::get(js::Env& env, js::UsvString name) {
  for (const Entry& entry : entries_)
    if (entry.name == name.value) return value_of(env, entry);
  return v8::Null(env.isolate());
}

Value FormData::get_all(js::Env& env, js::UsvString name) {
  v8::LocalVector<v8::Value> found(env.isolate());
  for (const Entry& entry : entries_)
    if (entry.name == name.value) found.push_back(value_of(env, entry));
  return v8::Array::New(env.isolate(), found.data(), found.size());
}

bool FormData::has(js::Env&, js::UsvString name) {
  return std::any_of(entries_.begin(), entries_.end(),
                     [&](const Entry& e) { return e.name == name.value; });
}

js::Js<> FormData::for_each(js::Env& env, v8::Local<v8::Function> callback,
                            std::optional<v8::Local<v8::Value>> receiver) {
  return for_each_pair(env, *this, callback,
                       receiver.value_or(v8::Undefined(env.isolate()).As<v8::Value>()));
}
js::Js<Value> FormData::entries(js::Env& env) {
  return PairIterator<FormData>::make(env, *this, IterationKind::entries);
}
js::Js<Value> FormData::keys(js::Env& env) {
  return PairIterator<FormData>::make(env, *this, IterationKind::keys);
}
js::Js<Value> FormData::values(js::Env& env) {
  return PairIterator<FormData>::make(env, *this, IterationKind::values);
}

std::optional<std::pair<FormData::Half, FormData::Half>> FormData::pair_at(size_t index) {
  if (index >= entries_.size()) return std::nullopt;
  return std::pair(Half{this, index, true}, Half{this, index, false});
}

Value FormData::pair_text(js::Env& env, const Half& half) {
  const Entry& entry = half.form->entries_[half.index];
  if (half.is_name) return js::from_utf8(env.isolate(), entry.name);
  return half.form->value_of(env, entry);
}

js::Js<BlobData> FormData::serialize(js::Env& env, std::string_view boundary) {
  BlobData out;
  std::string gathered;
  for (const Entry& entry : entries_) {
    const File* file = entry.file ? file_of(env, entry) : nullptr;
    if (file == nullptr) {
      gathered += types::multipart_head(boundary, entry.name, std::nullopt, {});
      gathered += types::with_crlf(entry.text);
    } else {
      gathered += types::multipart_head(boundary, entry.name, file->name(), file->type());
      js::Js<> added = out.add(env, gathered);
      if (!added) return js::pass(added);
      gathered.clear();
      added = out.add(env, file->data());
      if (!added) return js::pass(added);
    }
    gathered += "\r\n";
  }
  gathered += types::multipart_end(boundary);
  js::Js<> added = out.add(env, gathered);
  if (!added) return js::pass(added);
  return out;
}

js::Js<Value> FormData::parse(js::Env& env, std::string_view bytes, std::string_view content_type) {
  const std::optional<types::MimeType> mime = types::extract_mime_type(content_type);
  FormData& form = env.wrap_ref(std::make_unique<FormData>());
  v8::Local<v8::Object> object = form.object(env.isolate());
  if (mime && mime->is("application/x-www-form-urlencoded")) {
    if (std::count(bytes.begin(), bytes.end(), '&') >=
        static_cast<std::ptrdiff_t>(limits::form_parts_max))
      return js::type_error("The form has more than " + std::to_string(limits::form_parts_max) +
                            " fields.");
    for (const auto& [name, value] : types::UrlSearchParams(bytes).entries())
      form.entries_.push_back({name, value, std::nullopt});
    for (const Entry& entry : form.entries_) form.text_bytes_ += bytes_of(entry);
    return object.As<v8::Value>();
  }
  if (!mime || !mime->is("multipart/form-data"))
    return js::type_error(
        "Unrecognized Content-Type header value. FormData can only parse the following MIME types: "
        "multipart/form-data, application/x-www-form-urlencoded");
  const std::string* boundary = mime->parameter("boundary");
  if (boundary == nullptr)
    return js::type_error(
        "No boundary string in Content-Type header. The multipart/form-data "
        "MIME type requires a boundary parameter.");
  Result<std::vector<types::MultipartPart>> parts = types::parse_multipart(bytes, *boundary);
  if (!parts) return js::type_error("Failed to parse the body as a form: " + parts.error().text);
  BlobData whole;
  for (types::MultipartPart& part : *parts) {
    const std::string_view content = bytes.substr(part.offset, part.size);
    Entry entry{std::move(part.name), {}, std::nullopt};
    if (part.filename) {
      // The files share one copy of the body.
      if (whole.empty()) {
        js::Js<> added = whole.add(env, bytes);
        if (!added) return js::pass(added);
      }
      auto file = std::make_unique<FileValue>();
      file->data = whole.slice(part.offset, part.offset + part.size);
      file->type = blob_type(part.content_type.empty() ? "text/plain" : part.content_type);
      file->name = std::move(*part.filename);
      file->last_modified = std::trunc(env.now_ms());
      entry.file = static_cast<uint32_t>(form.files_.size());
      form.files_.push_back(std::move(file));
    } else {
      // UTF-8 decode without BOM
      std::string_view text = content;
      if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
      entry.text = types::to_valid_utf8(std::string(text));
    }
    form.text_bytes_ += bytes_of(entry);
    form.entries_.push_back(std::move(entry));
  }
  return object.As<v8::Value>();
}

}  // namespace skerry::web
