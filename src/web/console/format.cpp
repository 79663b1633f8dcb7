#include "web/console/format.h"

#include <cmath>
#include <cstdlib>

#include "js/convert.h"
#include "web/console/inspect.h"

namespace skerry::web {

namespace {

std::string plain_text(js::Env& env, v8::Local<v8::Value> value) {
  if (value->IsString()) return js::to_utf8(env.isolate(), value.As<v8::String>());
  return inspect(env, value);
}

std::string number_text(js::Env& env, double number) {
  return inspect(env, v8::Number::New(env.isolate(), number));
}

// %d, %i and %f. Objects are NaN: their valueOf would run the worker's code.
std::string as_number(js::Env& env, v8::Local<v8::Value> value, char kind) {
  if (value->IsObject() || value->IsSymbol()) return "NaN";
  if (value->IsBigInt() && kind != 'f') return inspect(env, value);
  double number = std::nan("");
  if (kind == 'd' && !value->IsBigInt()) {
    number = value->NumberValue(env.context()).FromMaybe(number);
    return number_text(env, number);
  }
  // parseInt and parseFloat read as far as there is a number.
  v8::Local<v8::String> text;
  if (!value->ToString(env.context()).ToLocal(&text)) return "NaN";
  std::string digits = js::to_utf8(env.isolate(), text);
  const size_t start = digits.find_first_not_of(" \t\n\r");
  if (start == std::string::npos) return "NaN";
  digits.erase(0, start);
  const size_t first = digits.find_first_not_of("+-");
  if (first == std::string::npos ||
      !(digits[first] == '.' || (digits[first] >= '0' && digits[first] <= '9')))
    return digits.starts_with("Infinity") && kind == 'f' ? "Infinity" : "NaN";
  // strtod also knows hexadecimal and names; JavaScript's decimal literals do not have them.
  digits.resize(std::min(digits.find_first_not_of("+-0123456789.eE"), digits.size()));
  number = std::strtod(digits.c_str(), nullptr);
  return number_text(env, kind == 'i' ? std::trunc(number) : number);
}

std::string as_text(js::Env& env, v8::Local<v8::Value> value) {
  InspectOptions shallow;
  shallow.depth = 0;
  return value->IsString() ? js::to_utf8(env.isolate(), value.As<v8::String>())
                           : inspect(env, value, shallow);
}

std::string as_json(js::Env& env, v8::Local<v8::Value> value) {
  v8::TryCatch swallowed(env.isolate());
  v8::Local<v8::String> json;
  std::string text = "undefined";
  if (v8::JSON::Stringify(env.context(), value).ToLocal(&json))
    text = js::to_utf8(env.isolate(), json);
  else if (swallowed.HasCaught())
    text = "[Circular]";
  if (swallowed.HasTerminated()) swallowed.ReThrow();
  return text;
}

bool is_specifier(char c) {
  return std::string_view("sdifoOcj").contains(c);
}

std::string substitute(js::Env& env, char kind, v8::Local<v8::Value> value) {
  switch (kind) {
    case 's': return as_text(env, value);
    case 'd':
    case 'i':
    case 'f': return as_number(env, value, kind);
    case 'j': return as_json(env, value);
    case 'c': return {};
    case 'o': {
      InspectOptions deep;
      deep.depth = 4;
      return inspect(env, value, deep);
    }
    default: return inspect(env, value);
  }
}

}  // namespace

std::string format_log(js::Env& env, v8::LocalVector<v8::Value>& arguments) {
  if (arguments.empty()) return {};
  std::string out;
  size_t used = 0;
  if (arguments[0]->IsString()) {
    const std::string format = js::to_utf8(env.isolate(), arguments[0].As<v8::String>());
    used = 1;
    // A single argument is no format: "%%" stays as it is.
    size_t from = 0;
    for (size_t at = format.find('%');
         arguments.size() > 1 && at + 1 < format.size() && at != std::string::npos;
         at = format.find('%', at)) {
      const char kind = format[at + 1];
      if (kind == '%') {
        out.append(format, from, at + 1 - from);
        at = from = at + 2;
      } else if (is_specifier(kind) && used < arguments.size()) {
        out.append(format, from, at - from);
        out += substitute(env, kind, arguments[used++]);
        at = from = at + 2;
      } else {
        ++at;
      }
    }
    out.append(format, from);
  } else {
    out = plain_text(env, arguments[0]);
    used = 1;
  }
  for (; used < arguments.size(); ++used) {
    out += ' ';
    out += plain_text(env, arguments[used]);
  }
  return out;
}

}  // namespace skerry::web
