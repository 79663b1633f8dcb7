#include "bindings/assets_fetcher.h"

#include "context/request_context.h"
#include "js/method.h"
#include "types/url.h"
#include "web/events/abort_signal.h"
#include "web/fetch/request.h"
#include "web/fetch/response.h"

namespace skerry::bindings {

namespace {

void describe(js::ClassTable& table) {
  table.promise_method<&AssetsFetcher::fetch>(
      "fetch", "(input: Request | string | URL, init?: RequestInit): Promise<Response>");
}

// One file on its way to JavaScript. Keeps the files alive: the binding may be collected first.
class FileOperation final : public context::PromiseOperation, public web::OutboundObserver {
 public:
  FileOperation(context::RequestContext& context, js::Env& env,
                std::shared_ptr<web::Outbound> files)
      : PromiseOperation(context, env), files_(std::move(files)) {}

  void start(web::OutboundRequest request) {
    url_ = request.url;
    call_ = files_->start(std::move(request), nullptr, std::nullopt, *this);
  }

  void on_response(web::OutboundResponse response) override {
    auto held = std::make_shared<web::OutboundResponse>(std::move(response));
    settle([held, url = url_](js::Env& env, Resolver resolver) {
      web::Response& made = env.wrap_ref(std::make_unique<web::Response>());
      made.set_from_network(held->status, std::move(held->status_text), std::move(held->headers),
                            url, false);
      if (held->body)
        made.set_network_body(*context::current(env), std::move(held->body),
                              web::CodingMode::automatic);
      (void)resolver->Resolve(env.context(), made.object(env.isolate()));
    });
  }

  void on_error(Error error) override {
    reject({js::Throw::Kind::error, "", "The asset cannot be read: " + error.chain()});
  }

 private:
  std::shared_ptr<web::Outbound> files_;
  std::unique_ptr<web::OutboundCall> call_;
  std::string url_;
};

}  // namespace

const js::ClassInfo AssetsFetcher::info{
    .name = "AssetsFetcher", .describe = describe, .exposed = false};

js::Js<v8::Local<v8::Promise>> AssetsFetcher::fetch(js::Env& env, v8::Local<v8::Value> input,
                                                    js::OptionalValue init) {
  js::Js<context::RequestContext*> context = context::require_current(env, "fetch()");
  if (!context) return js::pass(context);
  v8::Local<v8::Value> arguments[] = {input, init};
  v8::Local<v8::Object> object;
  if (!env.class_function(web::Request::info)
           ->NewInstance(env.context(), 2, arguments)
           .ToLocal(&object))
    return js::already_thrown();
  web::Request& request = *js::unwrap<web::Request>(object);
  if (++(*context)->subrequests > (*context)->subrequests_max)
    return js::plain_error("Too many subrequests by single worker invocation; the limit is " +
                           std::to_string((*context)->subrequests_max) + " (limits.subrequests).");
  if (request.has_signal(env)) {
    web::AbortSignal* signal = js::unwrap<web::AbortSignal>(request.signal(env));
    if (js::Js<> fine = signal->throw_if_aborted(env); !fine) return js::pass(fine);
  }
  std::optional<types::Url> url = types::parse_url(request.url_text());
  if (!url) return js::type_error("Fetch API cannot load: " + std::string(request.url_text()));
  web::OutboundRequest wanted;
  wanted.method = request.method_text();
  wanted.url = std::string(url->href_without_fragment());
  wanted.headers = request.header_data().list();
  auto* operation = new FileOperation(**context, env, files_);
  v8::Local<v8::Promise> promise = operation->promise(env.isolate());
  operation->start(std::move(wanted));
  return promise;
}

}  // namespace skerry::bindings
