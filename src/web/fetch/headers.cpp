#include "web/fetch/headers.h"

#include "js/method.h"
#include "web/pair_iterator.h"

namespace skerry::web {

namespace {

void describe(js::ClassTable& table) {
  table.constructor<&Headers::construct>("(init?: HeadersInit)");
  table.method<&Headers::append>("append", "(name: string, value: string): void");
  table.method<&Headers::remove>("delete", "(name: string): void");
  table.method<&Headers::get>("get", "(name: string): string | null");
  table.method<&Headers::get_set_cookie>("getSetCookie", "(): string[]");
  table.method<&Headers::has>("has", "(name: string): boolean");
  table.method<&Headers::set>("set", "(name: string, value: string): void");
  table.method<&Headers::entries>("entries", "(): IterableIterator<[string, string]>");
  table.method<&Headers::for_each>(
      "forEach",
      "(callback: (value: string, key: string, parent: Headers) => void, thisArg?: any): void");
  table.method<&Headers::keys>("keys", "(): IterableIterator<string>");
  table.method<&Headers::values>("values", "(): IterableIterator<string>");
  table.alias("@@iterator", "entries");
}

js::Js<std::string> read_byte_string(js::Env& env, v8::Local<v8::Value> value) {
  js::Js<js::ByteString> text = js::FromJs<js::ByteString>::get(env, value);
  if (!text) return js::pass(text);
  return std::move(text->value);
}

js::Js<> check_name(std::string_view name) {
  if (types::is_header_name(name)) return {};
  return js::type_error("Invalid header name: \"" + std::string(name) + "\" is not a token.");
}

// https://fetch.spec.whatwg.org/#headers-validate
js::Js<> check_change(const HeaderData& data, std::string_view name) {
  js::Js<> valid = check_name(name);
  if (!valid) return valid;
  if (data.guard == HeadersGuard::immutable)
    return js::type_error("Can't modify immutable headers.");
  return {};
}

// Names arrive in any case; comparing wants lower case, and most are.
std::string lowered(std::string name) {
  for (char& c : name)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
  return name;
}

}  // namespace

const js::ClassInfo Headers::info{.name = "Headers", .describe = describe};

// https://fetch.spec.whatwg.org/#dom-headers
js::Js<std::unique_ptr<Headers>> Headers::construct(js::Env& env, js::OptionalValue init) {
  auto headers = std::make_unique<Headers>(make_ref<HeaderData>());
  if (init->IsUndefined()) return headers;
  js::Js<> filled = fill(env, *headers->data_, init);
  if (!filled) return js::pass(filled);
  return headers;
}

js::Js<> Headers::fill(js::Env& env, HeaderData& data, v8::Local<v8::Value> init) {
  if (init->IsUndefined()) return {};
  if (Headers* other = js::unwrap<Headers>(init)) {
    // The common copy; iterating it by the standard gives the same list, lower-cased.
    if (data.list().empty()) {
      data.list() = other->data_->list();
    } else {
      for (const types::Header& header : other->data_->list().entries())
        data.list().append(header.name, header.value);
    }
    data.body_was_decoded |= other->data_->body_was_decoded;
    return {};
  }
  js::Js<js::PairList> pairs = js::to_pairs(env, init, read_byte_string);
  if (!pairs) {
    if (pairs.error().kind == js::Throw::Kind::type_error)
      pairs.error().message = "Headers: the initial value " + pairs.error().message;
    return js::pass(pairs);
  }
  for (const auto& [name, value] : *pairs) {
    js::Js<> appended = append_to(data, name, value);
    if (!appended) return appended;
  }
  return {};
}

js::Js<> Headers::append_to(HeaderData& data, std::string_view name, std::string_view given) {
  // 1.
  std::string_view value = types::trim_header_value(given);
  // 2.
  js::Js<> allowed = check_change(data, name);
  if (!allowed) return allowed;
  if (!types::is_header_value(value))
    return js::type_error("Invalid header value for \"" + std::string(name) +
                          "\": it contains a line break or a NUL character.");
  // 5.
  data.list().append(name, value);
  ++data.version;
  return {};
}

// https://fetch.spec.whatwg.org/#dom-headers-append
js::Js<> Headers::append(js::Env&, js::ByteString name, js::ByteString value) {
  return append_to(*data_, name.value, value.value);
}

// https://fetch.spec.whatwg.org/#dom-headers-delete
js::Js<> Headers::remove(js::Env&, js::ByteString name) {
  js::Js<> allowed = check_change(*data_, name.value);
  if (!allowed) return allowed;
  data_->list().remove(name.value);
  ++data_->version;
  return {};
}

// https://fetch.spec.whatwg.org/#dom-headers-get
js::Js<std::optional<js::ByteString>> Headers::get(js::Env&, js::ByteString name) {
  js::Js<> valid = check_name(name.value);
  if (!valid) return js::pass(valid);
  std::optional<std::string> value = data_->get(lowered(std::move(name.value)));
  if (!value) return std::optional<js::ByteString>();
  return std::optional<js::ByteString>(js::ByteString{std::move(*value)});
}

// https://fetch.spec.whatwg.org/#dom-headers-getsetcookie
v8::Local<v8::Value> Headers::get_set_cookie(js::Env& env) {
  std::vector<v8::Local<v8::Value>> values;
  for (const std::string& value : data_->list().get_set_cookie())
    values.push_back(js::from_latin1(env.isolate(), value));
  return v8::Array::New(env.isolate(), values.data(), values.size());
}

// https://fetch.spec.whatwg.org/#dom-headers-has
js::Js<bool> Headers::has(js::Env&, js::ByteString name) {
  js::Js<> valid = check_name(name.value);
  if (!valid) return js::pass(valid);
  return data_->has(lowered(std::move(name.value)));
}

// https://fetch.spec.whatwg.org/#dom-headers-set
js::Js<> Headers::set(js::Env&, js::ByteString name, js::ByteString given) {
  std::string_view value = types::trim_header_value(given.value);
  js::Js<> allowed = check_change(*data_, name.value);
  if (!allowed) return allowed;
  if (!types::is_header_value(value))
    return js::type_error("Invalid header value for \"" + name.value +
                          "\": it contains a line break or a NUL character.");
  data_->list().set(name.value, value);
  ++data_->version;
  return {};
}

std::optional<std::pair<std::string, std::string>> Headers::pair_at(size_t index) {
  // https://fetch.spec.whatwg.org/#concept-header-list-sort-and-combine, made again only after a
  // change.
  if (sorted_version_ != data_->version || index == 0) {
    sorted_ = data_->list().sorted_and_combined();
    sorted_version_ = data_->version;
  }
  if (index >= sorted_.size()) return std::nullopt;
  return std::pair(sorted_[index].name, sorted_[index].value);
}

js::Js<> Headers::for_each(js::Env& env, v8::Local<v8::Function> callback,
                           std::optional<v8::Local<v8::Value>> receiver) {
  return for_each_pair(env, *this, callback, receiver.value_or(v8::Undefined(env.isolate())));
}

js::Js<v8::Local<v8::Value>> Headers::entries(js::Env& env) {
  return PairIterator<Headers>::make(env, *this, IterationKind::entries);
}
js::Js<v8::Local<v8::Value>> Headers::keys(js::Env& env) {
  return PairIterator<Headers>::make(env, *this, IterationKind::keys);
}
js::Js<v8::Local<v8::Value>> Headers::values(js::Env& env) {
  return PairIterator<Headers>::make(env, *this, IterationKind::values);
}

}  // namespace skerry::web
