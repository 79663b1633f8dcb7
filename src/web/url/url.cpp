#include "web/url/url.h"

#include "js/method.h"
#include "web/url/url_search_params.h"

namespace skerry::web {

namespace {

void describe(js::ClassTable& t) {
  t.constructor<&Url::construct>("(url: string | URL, base?: string | URL)");
  t.static_method<&Url::parse>("parse", "(url: string | URL, base?: string | URL): URL | null");
  t.static_method<&Url::can_parse>("canParse", "(url: string | URL, base?: string | URL): boolean");
  t.accessor<&Url::href, &Url::set_href>("href", "string");
  t.getter<&Url::origin>("origin", "string");
  t.accessor<&Url::protocol, &Url::set_protocol>("protocol", "string");
  t.accessor<&Url::username, &Url::set_username>("username", "string");
  t.accessor<&Url::password, &Url::set_password>("password", "string");
  t.accessor<&Url::host, &Url::set_host>("host", "string");
  t.accessor<&Url::hostname, &Url::set_hostname>("hostname", "string");
  t.accessor<&Url::port, &Url::set_port>("port", "string");
  t.accessor<&Url::pathname, &Url::set_pathname>("pathname", "string");
  t.accessor<&Url::search, &Url::set_search>("search", "string");
  t.getter<&Url::search_params>("searchParams", "URLSearchParams");
  t.accessor<&Url::hash, &Url::set_hash>("hash", "string");
  t.method<&Url::href>("toJSON", "(): string");
  t.method<&Url::href>("toString", "(): string");
}

// The text of a URL is ASCII.
v8::Local<v8::Value> text(js::Env& env, std::string_view ascii) {
  return js::from_latin1(env.isolate(), ascii);
}

// https://url.spec.whatwg.org/#api-url-parser
std::optional<types::Url> parse_with_base(const js::UsvString& url,
                                          const std::optional<js::UsvString>& base) {
  if (!base) return types::parse_url(url.value);
  std::optional<types::Url> parsed_base = types::parse_url(base->value);
  if (!parsed_base) return std::nullopt;
  return types::parse_url(url.value, &*parsed_base);
}

}  // namespace

const js::ClassInfo Url::info{.name = "URL", .parent = nullptr, .describe = describe, .slots = 1};

// https://url.spec.whatwg.org/#dom-url-url
js::Js<std::unique_ptr<Url>> Url::construct(js::Env&, js::UsvString url,
                                            std::optional<js::UsvString> base) {
  std::optional<types::Url> parsed = parse_with_base(url, base);
  if (!parsed) return js::type_error("Invalid URL: '" + url.value.substr(0, 200) + "'");
  return std::make_unique<Url>(std::move(*parsed));
}

// https://url.spec.whatwg.org/#dom-url-parse
v8::Local<v8::Value> Url::parse(js::Env& env, js::UsvString url,
                                std::optional<js::UsvString> base) {
  std::optional<types::Url> parsed = parse_with_base(url, base);
  if (!parsed) return v8::Null(env.isolate());
  return env.wrap(std::make_unique<Url>(std::move(*parsed)));
}

// https://url.spec.whatwg.org/#dom-url-canparse
bool Url::can_parse(js::Env&, js::UsvString url, std::optional<js::UsvString> base) {
  return parse_with_base(url, base).has_value();
}

// https://url.spec.whatwg.org/#api: the getters
v8::Local<v8::Value> Url::href(js::Env& env) {
  return text(env, url_.href());
}
v8::Local<v8::Value> Url::origin(js::Env& env) {
  return text(env, url_.origin());
}
v8::Local<v8::Value> Url::protocol(js::Env& env) {
  return text(env, url_.protocol());
}
v8::Local<v8::Value> Url::username(js::Env& env) {
  return text(env, url_.username());
}
v8::Local<v8::Value> Url::password(js::Env& env) {
  return text(env, url_.password());
}
v8::Local<v8::Value> Url::host(js::Env& env) {
  return text(env, url_.host());
}
v8::Local<v8::Value> Url::hostname(js::Env& env) {
  return text(env, url_.hostname());
}
v8::Local<v8::Value> Url::port(js::Env& env) {
  return text(env, url_.port());
}
v8::Local<v8::Value> Url::pathname(js::Env& env) {
  return text(env, url_.pathname());
}
v8::Local<v8::Value> Url::search(js::Env& env) {
  return text(env, url_.search());
}
v8::Local<v8::Value> Url::hash(js::Env& env) {
  return text(env, url_.hash());
}

// https://url.spec.whatwg.org/#dom-url-href
js::Js<> Url::set_href(js::Env& env, js::UsvString value) {
  if (!url_.set_href(value.value))
    return js::type_error("Invalid URL: '" + value.value.substr(0, 200) + "'");
  refresh_search_params(env);
  return {};
}

// https://url.spec.whatwg.org/#api: the setters ignore what they cannot take
void Url::set_protocol(js::Env&, js::UsvString value) {
  (void)url_.set_protocol(value.value);
}
void Url::set_username(js::Env&, js::UsvString value) {
  (void)url_.set_username(value.value);
}
void Url::set_password(js::Env&, js::UsvString value) {
  (void)url_.set_password(value.value);
}
void Url::set_host(js::Env&, js::UsvString value) {
  (void)url_.set_host(value.value);
}
void Url::set_hostname(js::Env&, js::UsvString value) {
  (void)url_.set_hostname(value.value);
}
void Url::set_port(js::Env&, js::UsvString value) {
  (void)url_.set_port(value.value);
}
void Url::set_pathname(js::Env&, js::UsvString value) {
  (void)url_.set_pathname(value.value);
}
void Url::set_hash(js::Env&, js::UsvString value) {
  (void)url_.set_hash(value.value);
}

// https://url.spec.whatwg.org/#dom-url-search
void Url::set_search(js::Env& env, js::UsvString value) {
  (void)url_.set_search(value.value);
  refresh_search_params(env);
}

// https://url.spec.whatwg.org/#dom-url-searchparams
v8::Local<v8::Value> Url::search_params(js::Env& env) {
  v8::Isolate* isolate = env.isolate();
  v8::Local<v8::Value> kept = slot(isolate, kSearchParams);
  if (kept->IsObject()) return kept;
  UrlSearchParams& made = env.wrap_ref(
      std::make_unique<UrlSearchParams>(types::UrlSearchParams(url_.query().value_or(""))));
  made.belong_to(env, *this);
  set_slot(isolate, kSearchParams, made.object(isolate));
  return made.object(isolate);
}

UrlSearchParams* Url::made_search_params(js::Env& env) const {
  return js::unwrap<UrlSearchParams>(slot(env.isolate(), kSearchParams));
}

void Url::refresh_search_params(js::Env& env) {
  if (UrlSearchParams* made = made_search_params(env))
    made->replace(types::UrlSearchParams(url_.query().value_or("")));
}

}  // namespace skerry::web
