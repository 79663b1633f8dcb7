#include "node/modules.h"

#include <algorithm>

#include "builtins/builtins.h"
#include "js/env.h"
#include "node/native.h"

namespace skerry::node {

namespace {

struct Module {
  const char* name;
  const char* source;  // in src/builtins/manifest
  void (*fill)(js::Env&, v8::Local<v8::Object> internal) = nullptr;
};

constexpr const char* kUnavailable = "node_unavailable";

// By name without "node:", sorted.
constexpr Module kModules[] = {
    {"node:_http_agent", kUnavailable},
    {"node:_http_client", kUnavailable},
    {"node:_http_common", kUnavailable},
    {"node:_http_incoming", kUnavailable},
    {"node:_http_outgoing", kUnavailable},
    {"node:_http_server", kUnavailable},
    {"node:_stream_duplex", "node_stream_part"},
    {"node:_stream_passthrough", "node_stream_part"},
    {"node:_stream_readable", "node_stream_part"},
    {"node:_stream_transform", "node_stream_part"},
    {"node:_stream_wrap", kUnavailable},
    {"node:_stream_writable", "node_stream_part"},
    {"node:_tls_common", kUnavailable},
    {"node:_tls_wrap", kUnavailable},
    {"node:assert", "node_assert"},
    {"node:assert/strict", "node_assert_strict"},
    {"node:async_hooks", "node_async_hooks", fill_async_context},
    {"node:buffer", "node_buffer", fill_buffer},
    {"node:child_process", kUnavailable},
    {"node:cluster", kUnavailable},
    {"node:console", "node_console"},
    {"node:constants", "node_constants_module"},
    {"node:crypto", "node_crypto", fill_crypto},
    {"node:dgram", kUnavailable},
    {"node:diagnostics_channel", "node_diagnostics_channel"},
    {"node:dns", kUnavailable},
    {"node:dns/promises", kUnavailable},
    {"node:domain", kUnavailable},
    {"node:events", "node_events"},
    {"node:fs", kUnavailable},
    {"node:fs/promises", kUnavailable},
    {"node:http", kUnavailable},
    {"node:http2", kUnavailable},
    {"node:https", kUnavailable},
    {"node:inspector", kUnavailable},
    {"node:inspector/promises", kUnavailable},
    {"node:module", "node_module", fill_host},
    {"node:net", kUnavailable},
    {"node:os", "node_os"},
    {"node:path", "node_path"},
    {"node:path/posix", "node_path_posix"},
    {"node:path/win32", "node_path_win32"},
    {"node:perf_hooks", "node_perf_hooks"},
    {"node:process", "node_process", fill_host},
    {"node:punycode", "node_punycode"},
    {"node:querystring", "node_querystring"},
    {"node:readline", kUnavailable},
    {"node:readline/promises", kUnavailable},
    {"node:repl", kUnavailable},
    {"node:sea", kUnavailable},
    {"node:sqlite", kUnavailable},
    {"node:stream", "node_stream"},
    {"node:stream/consumers", "node_stream_consumers"},
    {"node:stream/promises", "node_stream_promises"},
    {"node:stream/web", "node_stream_web"},
    {"node:string_decoder", "node_string_decoder"},
    {"node:sys", "node_sys"},
    {"node:test", kUnavailable},
    {"node:timers", "node_timers"},
    {"node:timers/promises", "node_timers_promises"},
    {"node:tls", kUnavailable},
    {"node:trace_events", kUnavailable},
    {"node:tty", kUnavailable},
    {"node:url", "node_url"},
    {"node:util", "node_util"},
    {"node:util/types", "node_util_types", fill_types},
    {"node:v8", kUnavailable},
    {"node:vm", kUnavailable},
    {"node:wasi", kUnavailable},
    {"node:worker_threads", kUnavailable},
    {"node:zlib", kUnavailable},
};
static_assert(std::ranges::is_sorted(kModules, {},
                                     [](const Module& m) { return std::string_view(m.name); }));

// Shared by modules, out of reach of imports.
constexpr Module kShared[] = {
    {"node_constants", "node_constants"},
    {"node_errors", "node_errors"},
    {"node_inspect", "node_inspect", fill_inspect},
};

constexpr std::string_view kPrefix = "node:";

}  // namespace

Compat compat_of(std::span<const std::string> flags) {
  Compat compat = Compat::none;
  for (const std::string& flag : flags) {
    if (flag == "nodejs_compat" || flag == "nodejs_compat_v2") return Compat::full;
    if (flag == "nodejs_als") compat = Compat::async_context;
  }
  return compat;
}

Result<const char*> find_module(std::string_view specifier, Compat compat) {
  const bool prefixed = specifier.starts_with(kPrefix);
  // A bare name is Node's only for workers that asked for Node; else it is a path.
  if (!prefixed && compat == Compat::none) return nullptr;
  const std::string_view name = prefixed ? specifier.substr(kPrefix.size()) : specifier;
  auto bare = [](const Module& m) { return std::string_view(m.name).substr(kPrefix.size()); };
  const Module* found = std::ranges::lower_bound(kModules, name, {}, bare);
  if (found == std::end(kModules) || bare(*found) != name) {
    if (!prefixed) return nullptr;
    return fail(Code::not_found, "Node has no module of this name, or skerry does not know it");
  }
  const bool allowed =
      compat == Compat::full || (compat == Compat::async_context && name == "async_hooks");
  if (allowed) return found->name;
  if (!prefixed) return nullptr;
  return fail(Code::unsupported,
              "it is a module of Node's; add \"nodejs_compat\" to \"compatibility_flags\" in the "
              "worker's configuration");
}

std::vector<std::string_view> module_names() {
  std::vector<std::string_view> names;
  for (const Module& module : kModules)
    names.push_back(std::string_view(module.name).substr(kPrefix.size()));
  return names;
}

void add_node(js::SurfaceParts& parts) {
  add_crypto_classes(parts);
  for (const Module& module : kModules)
    parts.builtins.push_back({module.name, builtins::text(module.source), module.fill});
  for (const Module& module : kShared)
    parts.builtins.push_back({module.name, builtins::text(module.source), module.fill});
}

}  // namespace skerry::node
