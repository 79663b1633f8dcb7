// URL: https://url.spec.whatwg.org/#url-class
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "js/convert.h"
#include "types/url.h"

namespace skerry::web {

class UrlSearchParams;

class Url final : public js::Wrapped {
 public:
  static const js::ClassInfo info;
  explicit Url(types::Url url) : Wrapped(info), url_(std::move(url)) {}

  static js::Js<std::unique_ptr<Url>> construct(js::Env& env, js::UsvString url,
                                                std::optional<js::UsvString> base);
  // Null when it fails.
  static v8::Local<v8::Value> parse(js::Env& env, js::UsvString url,
                                    std::optional<js::UsvString> base);
  static bool can_parse(js::Env& env, js::UsvString url, std::optional<js::UsvString> base);

  v8::Local<v8::Value> href(js::Env& env);
  js::Js<> set_href(js::Env& env, js::UsvString value);
  v8::Local<v8::Value> origin(js::Env& env);
  v8::Local<v8::Value> protocol(js::Env& env);
  void set_protocol(js::Env& env, js::UsvString value);
  v8::Local<v8::Value> username(js::Env& env);
  void set_username(js::Env& env, js::UsvString value);
  v8::Local<v8::Value> password(js::Env& env);
  void set_password(js::Env& env, js::UsvString value);
  v8::Local<v8::Value> host(js::Env& env);
  void set_host(js::Env& env, js::UsvString value);
  v8::Local<v8::Value> hostname(js::Env& env);
  void set_hostname(js::Env& env, js::UsvString value);
  v8::Local<v8::Value> port(js::Env& env);
  void set_port(js::Env& env, js::UsvString value);
  v8::Local<v8::Value> pathname(js::Env& env);
  void set_pathname(js::Env& env, js::UsvString value);
  v8::Local<v8::Value> search(js::Env& env);
  void set_search(js::Env& env, js::UsvString value);
  v8::Local<v8::Value> search_params(js::Env& env);
  v8::Local<v8::Value> hash(js::Env& env);
  void set_hash(js::Env& env, js::UsvString value);

  // For UrlSearchParams, whose list changed: the query takes its serialisation.
  void take_query(std::string_view serialised) { url_.set_serialized_query(serialised); }
  const types::Url& url() const { return url_; }

 private:
  static constexpr int kSearchParams = 0;
  UrlSearchParams* made_search_params(js::Env& env) const;
  void refresh_search_params(js::Env& env);

  types::Url url_;
};

}  // namespace skerry::web
