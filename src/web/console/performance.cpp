#include "web/console/performance.h"

#include "js/method.h"

namespace skerry::web {

namespace {

void describe_performance(js::ClassTable& t) {
  t.getter<&Performance::time_origin>("timeOrigin", "number");
  t.method<&Performance::now>("now", "(): number");
  t.method<&Performance::to_json>("toJSON", "(): { timeOrigin: number }");
}

void describe_navigator(js::ClassTable& t) {
  t.getter<&Navigator::user_agent>("userAgent", "string");
}

}  // namespace

const js::ClassInfo Performance::info{
    .name = "Performance", .parent = nullptr, .describe = describe_performance};
const js::ClassInfo Navigator::info{
    .name = "Navigator", .parent = nullptr, .describe = describe_navigator};

// https://w3c.github.io/hr-time/#tojson-method
js::Js<v8::Local<v8::Value>> Performance::to_json(js::Env& env) {
  v8::Local<v8::Object> made = v8::Object::New(env.isolate());
  if (made->CreateDataProperty(env.context(), env.name("timeOrigin"),
                               v8::Number::New(env.isolate(), time_origin(env)))
          .IsNothing())
    return js::already_thrown();
  return made.As<v8::Value>();
}

js::Js<v8::Local<v8::Value>> make_performance(js::Env& env) {
  return env.wrap(std::make_unique<Performance>()).As<v8::Value>();
}

js::Js<v8::Local<v8::Value>> make_navigator(js::Env& env) {
  return env.wrap(std::make_unique<Navigator>()).As<v8::Value>();
}

// https://html.spec.whatwg.org/#dom-self
js::Js<v8::Local<v8::Value>> make_self(js::Env& env) {
  return env.context()->Global().As<v8::Value>();
}

}  // namespace skerry::web
