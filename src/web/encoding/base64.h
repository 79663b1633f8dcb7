// atob and btoa: https://html.spec.whatwg.org/#atob
#pragma once

#include <string>

#include "js/convert.h"

namespace skerry::web {

// InvalidCharacterError when a character is above U+00FF.
js::Js<std::string> btoa(js::Env& env, v8::Local<v8::String> data);
// InvalidCharacterError when it is not forgiving-base64.
js::Js<js::ByteString> atob(js::Env& env, v8::Local<v8::String> data);

}  // namespace skerry::web
