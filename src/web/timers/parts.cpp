#include "web/parts.h"
#include "js/method.h"
#include "web/timers/timers.h"

namespace skerry::web {

void add_timers(js::SurfaceParts& parts) {
  constexpr const char* kSet =
      "(handler: (...args: any[]) => void, timeout?: number, ...args: any[]): number";
  constexpr const char* kClear = "(id?: number): void";
  parts.functions.push_back({"setTimeout", js::Method<&set_timeout>::call_static, 1, kSet});
  parts.functions.push_back({"setInterval", js::Method<&set_interval>::call_static, 1, kSet});
  parts.functions.push_back({"clearTimeout", js::Method<&clear_timer>::call_static, 0, kClear});
  parts.functions.push_back({"clearInterval", js::Method<&clear_timer>::call_static, 0, kClear});
}

}  // namespace skerry::web
