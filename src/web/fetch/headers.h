// Headers: https://fetch.spec.whatwg.org/#headers-class
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "js/convert.h"
#include "web/fetch/header_data.h"

namespace skerry::web {

class Headers final : public js::Wrapped {
 public:
  static const js::ClassInfo info;
  static constexpr const char* iterator_name = "Headers Iterator";
  static v8::Local<v8::Value> pair_text(js::Env& env, const std::string& bytes) {
    return js::from_latin1(env.isolate(), bytes);
  }
  explicit Headers(Ref<HeaderData> data) : Wrapped(info), data_(std::move(data)) {}

  static js::Js<std::unique_ptr<Headers>> construct(js::Env& env, js::OptionalValue init);
  js::Js<> append(js::Env& env, js::ByteString name, js::ByteString value);
  js::Js<> remove(js::Env& env, js::ByteString name);
  js::Js<std::optional<js::ByteString>> get(js::Env& env, js::ByteString name);
  v8::Local<v8::Value> get_set_cookie(js::Env& env);
  js::Js<bool> has(js::Env& env, js::ByteString name);
  js::Js<> set(js::Env& env, js::ByteString name, js::ByteString value);
  js::Js<> for_each(js::Env& env, v8::Local<v8::Function> callback,
                    std::optional<v8::Local<v8::Value>> receiver);
  js::Js<v8::Local<v8::Value>> entries(js::Env& env);
  js::Js<v8::Local<v8::Value>> keys(js::Env& env);
  js::Js<v8::Local<v8::Value>> values(js::Env& env);

  // https://fetch.spec.whatwg.org/#concept-headers-fill
  static js::Js<> fill(js::Env& env, HeaderData& data, v8::Local<v8::Value> init);
  // https://fetch.spec.whatwg.org/#concept-headers-append
  static js::Js<> append_to(HeaderData& data, std::string_view name, std::string_view value);

  const Ref<HeaderData>& data() const { return data_; }
  // The pair at a position of the sorted, combined list; for iterators.
  std::optional<std::pair<std::string, std::string>> pair_at(size_t index);

 private:
  Ref<HeaderData> data_;
  std::vector<types::Header> sorted_;
  uint32_t sorted_version_ = UINT32_MAX;
};

}  // namespace skerry::web
