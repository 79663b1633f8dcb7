// URLSearchParams: https://url.spec.whatwg.org/#interface-urlsearchparams
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "js/convert.h"
#include "types/url_search_params.h"

namespace skerry::web {

class Url;

class UrlSearchParams final : public js::Wrapped {
 public:
  static const js::ClassInfo info;
  static constexpr const char* iterator_name = "URLSearchParams Iterator";
  explicit UrlSearchParams(types::UrlSearchParams list) : Wrapped(info), list_(std::move(list)) {}

  static js::Js<std::unique_ptr<UrlSearchParams>> construct(
      js::Env& env, std::optional<v8::Local<v8::Value>> init);
  uint32_t size(js::Env& env);
  void append(js::Env& env, js::UsvString name, js::UsvString value);
  void remove(js::Env& env, js::UsvString name, std::optional<js::UsvString> value);
  v8::Local<v8::Value> get(js::Env& env, js::UsvString name);
  v8::Local<v8::Value> get_all(js::Env& env, js::UsvString name);
  bool has(js::Env& env, js::UsvString name, std::optional<js::UsvString> value);
  void set(js::Env& env, js::UsvString name, js::UsvString value);
  void sort(js::Env& env);
  std::string to_string(js::Env& env);
  js::Js<> for_each(js::Env& env, v8::Local<v8::Function> callback,
                    std::optional<v8::Local<v8::Value>> receiver);
  js::Js<v8::Local<v8::Value>> entries(js::Env& env);
  js::Js<v8::Local<v8::Value>> keys(js::Env& env);
  js::Js<v8::Local<v8::Value>> values(js::Env& env);

  // For iterators.
  std::optional<std::pair<std::string_view, std::string_view>> pair_at(size_t index) const;
  // From now on changes of the list show in the query of `url`.
  void belong_to(js::Env& env, Url& url);
  // The URL's query changed.
  void replace(types::UrlSearchParams list) { list_ = std::move(list); }
  const types::UrlSearchParams& list() const { return list_; }

 private:
  static constexpr int kUrl = 0;
  void update(js::Env& env);

  types::UrlSearchParams list_;
};

}  // namespace skerry::web
