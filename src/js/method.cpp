#include "js/method.h"

namespace skerry::js {

namespace {

std::string function_name(const CallInfo& info) {
  v8::Local<v8::Value> data = info.Data();
  return data->IsString() ? to_utf8(info.GetIsolate(), data.As<v8::String>()) : std::string();
}

void throw_type_error(const CallInfo& info, std::string_view text) {
  info.GetIsolate()->ThrowException(v8::Exception::TypeError(from_utf8(info.GetIsolate(), text)));
}

}  // namespace

std::string failed_text(const CallInfo& info, const char* class_name, std::string_view what) {
  std::string text = "Failed to ";
  if (info.IsConstructCall() && class_name != nullptr) {
    text += std::string("construct '") + class_name + "': ";
  } else {
    text += "execute '" + function_name(info) + "'";
    if (class_name != nullptr) text += std::string(" on '") + class_name + "'";
    text += ": ";
  }
  text += what;
  return text;
}

void throw_missing_arguments(const CallInfo& info, const char* class_name, int required) {
  throw_type_error(
      info, failed_text(info, class_name,
                        std::to_string(required) + (required == 1 ? " argument" : " arguments") +
                            " required, but only " + std::to_string(info.Length()) + " present."));
}

void throw_illegal_invocation(const CallInfo& info) {
  throw_type_error(info, "Illegal invocation");
}

void throw_needs_new(const CallInfo& info, const char* class_name) {
  throw_type_error(
      info, std::string("Failed to construct '") + class_name +
                "': Please use the 'new' operator, this object constructor cannot be called as a "
                "function.");
}

void throw_bad_argument(const CallInfo& info, const char* class_name, int index, Throw& thrown) {
  if (thrown.kind == Throw::Kind::type_error || thrown.kind == Throw::Kind::range_error)
    thrown.message =
        failed_text(info, class_name, "parameter " + std::to_string(index) + " " + thrown.message);
  Env::from(info.GetIsolate()).throw_js(thrown);
}

}  // namespace skerry::js
