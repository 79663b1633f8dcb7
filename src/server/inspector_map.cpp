#include "server/inspector_map.h"

#include <filesystem>

#include "base/json.h"
#include "server/worker_files.h"
#include "types/base64.h"

namespace skerry::server {

namespace {
constexpr size_t kSourceBytesMax = 4u << 20;
}

// https://tc39.es/ecma426/#sec-source-map-format
std::string inspector_map_url(const bundle::Bundle& bundle) {
  if (bundle.map == nullptr) return {};
  Result<ConfigValue> map = parse_json(*bundle.map, bundle.main + ".map");
  if (!map) return {};
  const ConfigValue* sources = map->find("sources");
  const ConfigValue* mappings = map->find("mappings");
  if (sources == nullptr || mappings == nullptr) return {};
  std::string urls, texts;
  for (const ConfigValue& source : sources->items()) {
    std::filesystem::path path =
        (std::filesystem::path(bundle.map_folder) / source.as_string()).lexically_normal();
    if (!urls.empty()) urls += ',', texts += ',';
    append_json_string(urls, "file://" + path.string());
    // A file that has gone since is shown as it was built: not at all.
    if (Result<std::string> text = read_file(path.string(), kSourceBytesMax))
      append_json_string(texts, *text);
    else
      texts += "null";
  }
  std::string json = "{\"version\":3,\"sources\":[" + urls + "],\"sourcesContent\":[" + texts + "]";
  if (const ConfigValue* names = map->find("names")) json += ",\"names\":" + to_json(*names);
  json += ",\"mappings\":";
  append_json_string(json, mappings->as_string());
  json += "}";
  return "data:application/json;base64," + types::base64_encode(json);
}

}  // namespace skerry::server
