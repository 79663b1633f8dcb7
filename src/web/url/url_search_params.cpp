#include "web/url/url_search_params.h"

#include "js/method.h"
#include "web/pair_iterator.h"
#include "web/url/url.h"

namespace skerry::web {

namespace {

void describe(js::ClassTable& t) {
  t.constructor<&UrlSearchParams::construct>(
      "(init?: string | Iterable<[string, string]> | Record<string, string> | URLSearchParams)");
  t.getter<&UrlSearchParams::size>("size", "number");
  t.method<&UrlSearchParams::append>("append", "(name: string, value: string): void");
  t.method<&UrlSearchParams::remove>("delete", "(name: string, value?: string): void");
  t.method<&UrlSearchParams::get>("get", "(name: string): string | null");
  t.method<&UrlSearchParams::get_all>("getAll", "(name: string): string[]");
  t.method<&UrlSearchParams::has>("has", "(name: string, value?: string): boolean");
  t.method<&UrlSearchParams::set>("set", "(name: string, value: string): void");
  t.method<&UrlSearchParams::sort>("sort", "(): void");
  t.method<&UrlSearchParams::to_string>("toString", "(): string");
  t.method<&UrlSearchParams::entries>("entries", "(): IterableIterator<[string, string]>");
  t.method<&UrlSearchParams::for_each>(
      "forEach",
      "(callback: (value: string, name: string, parent: URLSearchParams) => void, thisArg?: any): "
      "void");
  t.method<&UrlSearchParams::keys>("keys", "(): IterableIterator<string>");
  t.method<&UrlSearchParams::values>("values", "(): IterableIterator<string>");
  t.alias("@@iterator", "entries");
}

js::Js<std::string> read_text(js::Env& env, v8::Local<v8::Value> value) {
  js::Js<js::UsvString> text = js::FromJs<js::UsvString>::get(env, value);
  if (!text) return js::pass(text);
  return std::move(text->value);
}

}  // namespace

const js::ClassInfo UrlSearchParams::info{
    .name = "URLSearchParams", .parent = nullptr, .describe = describe, .slots = 1};

// https://url.spec.whatwg.org/#dom-urlsearchparams-urlsearchparams
js::Js<std::unique_ptr<UrlSearchParams>> UrlSearchParams::construct(
    js::Env& env, std::optional<v8::Local<v8::Value>> init) {
  types::UrlSearchParams list;
  if (init && (*init)->IsObject()) {
    js::Js<js::PairList> pairs = js::to_pairs(env, *init, read_text);
    if (!pairs) return js::pass(pairs);
    // A record's keys may become equal as scalar values; the later value then takes the place.
    for (const auto& [name, value] : *pairs) list.append(name, value);
  } else if (init) {
    js::Js<std::string> text = read_text(env, *init);
    if (!text) return js::pass(text);
    std::string_view form = *text;
    if (form.starts_with('?')) form.remove_prefix(1);
    list = types::UrlSearchParams(form);
  }
  return std::make_unique<UrlSearchParams>(std::move(list));
}

uint32_t UrlSearchParams::size(js::Env&) {
  return static_cast<uint32_t>(list_.size());
}

// https://url.spec.whatwg.org/#dom-urlsearchparams-append
void UrlSearchParams::append(js::Env& env, js::UsvString name, js::UsvString value) {
  list_.append(name.value, value.value);
  update(env);
}

// https://url.spec.whatwg.org/#dom-urlsearchparams-delete
void UrlSearchParams::remove(js::Env& env, js::UsvString name, std::optional<js::UsvString> value) {
  if (value)
    list_.remove(name.value, value->value);
  else
    list_.remove(name.value);
  update(env);
}

// https://url.spec.whatwg.org/#dom-urlsearchparams-get
v8::Local<v8::Value> UrlSearchParams::get(js::Env& env, js::UsvString name) {
  const std::string* found = list_.get(name.value);
  if (found == nullptr) return v8::Null(env.isolate());
  return js::from_utf8(env.isolate(), *found);
}

// https://url.spec.whatwg.org/#dom-urlsearchparams-getall
v8::Local<v8::Value> UrlSearchParams::get_all(js::Env& env, js::UsvString name) {
  v8::LocalVector<v8::Value> found(env.isolate());
  for (const auto& [key, value] : list_.entries())
    if (key == name.value) found.push_back(js::from_utf8(env.isolate(), value));
  return v8::Array::New(env.isolate(), found.data(), found.size());
}

// https://url.spec.whatwg.org/#dom-urlsearchparams-has
bool UrlSearchParams::has(js::Env&, js::UsvString name, std::optional<js::UsvString> value) {
  return value ? list_.has(name.value, value->value) : list_.has(name.value);
}

// https://url.spec.whatwg.org/#dom-urlsearchparams-set
void UrlSearchParams::set(js::Env& env, js::UsvString name, js::UsvString value) {
  list_.set(name.value, value.value);
  update(env);
}

// https://url.spec.whatwg.org/#dom-urlsearchparams-sort
void UrlSearchParams::sort(js::Env& env) {
  list_.sort();
  update(env);
}

std::string UrlSearchParams::to_string(js::Env&) {
  return list_.to_string();
}

js::Js<> UrlSearchParams::for_each(js::Env& env, v8::Local<v8::Function> callback,
                                   std::optional<v8::Local<v8::Value>> receiver) {
  return for_each_pair(env, *this, callback,
                       receiver.value_or(v8::Undefined(env.isolate()).As<v8::Value>()));
}
js::Js<v8::Local<v8::Value>> UrlSearchParams::entries(js::Env& env) {
  return PairIterator<UrlSearchParams>::make(env, *this, IterationKind::entries);
}
js::Js<v8::Local<v8::Value>> UrlSearchParams::keys(js::Env& env) {
  return PairIterator<UrlSearchParams>::make(env, *this, IterationKind::keys);
}
js::Js<v8::Local<v8::Value>> UrlSearchParams::values(js::Env& env) {
  return PairIterator<UrlSearchParams>::make(env, *this, IterationKind::values);
}

std::optional<std::pair<std::string_view, std::string_view>> UrlSearchParams::pair_at(
    size_t index) const {
  if (index >= list_.size()) return std::nullopt;
  const auto& [name, value] = list_.entries()[index];
  return std::pair<std::string_view, std::string_view>(name, value);
}

void UrlSearchParams::belong_to(js::Env& env, Url& url) {
  set_slot(env.isolate(), kUrl, url.object(env.isolate()));
}

// https://url.spec.whatwg.org/#concept-urlsearchparams-update
void UrlSearchParams::update(js::Env& env) {
  if (Url* url = js::unwrap<Url>(slot(env.isolate(), kUrl))) url->take_query(list_.to_string());
}

}  // namespace skerry::web
