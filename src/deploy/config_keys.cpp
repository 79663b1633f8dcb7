#include "deploy/config_keys.h"

#include <algorithm>
#include <array>

namespace skerry::deploy {
namespace {

constexpr size_t suggestion_length_max = 64;

constexpr auto honoured = KeySupport::honoured;
constexpr auto harmless = KeySupport::harmless;
constexpr auto unsupported = KeySupport::unsupported;
constexpr auto inherited = KeyScope::inherited;
constexpr auto per_environment = KeyScope::per_environment;
constexpr auto top_only = KeyScope::top_only;

constexpr ConfigKey keys[] = {
    {"alias", honoured, top_only},
    {"assets", honoured, inherited},
    {"base_dir", honoured, inherited},
    {"build", honoured, inherited},
    {"compatibility_date", honoured, inherited},
    {"compatibility_flags", honoured, inherited},
    {"define", honoured, per_environment},
    {"env", honoured, top_only},
    {"find_additional_modules", honoured, inherited},
    {"jsx_factory", honoured, inherited},
    {"jsx_fragment", honoured, inherited},
    {"keep_names", honoured, inherited},
    {"kv_namespaces", honoured, per_environment},
    {"limits", honoured, inherited},
    {"main", honoured, inherited},
    {"minify", honoured, inherited},
    {"name", honoured, inherited},
    {"no_bundle", honoured, inherited},
    {"route", honoured, inherited},
    {"routes", honoured, inherited},
    {"rules", honoured, inherited},
    {"secrets", honoured, per_environment},
    {"services", honoured, per_environment},
    {"tsconfig", honoured, inherited},
    {"vars", honoured, per_environment},

    {"$schema", harmless, top_only},
    {"account_id", harmless, inherited},
    {"compliance_region", harmless, inherited},
    {"dev", harmless, top_only},
    {"keep_vars", harmless, top_only},
    {"legacy_env", harmless, top_only},
    {"logpush", harmless, inherited},
    {"observability", harmless, inherited},
    {"placement", harmless, inherited},
    {"preserve_file_names", harmless, inherited},
    {"preview_urls", harmless, inherited},
    {"send_metrics", harmless, top_only},
    {"upload_source_maps", harmless, inherited},
    {"usage_model", harmless, inherited},
    {"workers_dev", harmless, inherited},

    {"access", unsupported, inherited},
    {"addresses", unsupported, top_only},
    {"agent_memory", unsupported, per_environment},
    {"ai", unsupported, per_environment},
    {"ai_search", unsupported, per_environment},
    {"ai_search_namespaces", unsupported, per_environment},
    {"analytics_engine_datasets", unsupported, per_environment},
    {"artifacts", unsupported, per_environment},
    {"browser", unsupported, per_environment},
    {"cache", unsupported, inherited},
    {"cloudchamber", unsupported, per_environment},
    {"connect", unsupported, per_environment},
    {"containers", unsupported, per_environment},
    {"d1_databases", unsupported, per_environment},
    {"data_blobs", unsupported, top_only},
    {"dispatch_namespaces", unsupported, per_environment},
    {"durable_objects", unsupported, per_environment},
    {"exports", unsupported, inherited},
    {"first_party_worker", unsupported, inherited},
    {"flagship", unsupported, per_environment},
    {"hyperdrive", unsupported, per_environment},
    {"images", unsupported, per_environment},
    {"logfwdr", unsupported, per_environment},
    {"media", unsupported, per_environment},
    {"migrations", unsupported, inherited},
    {"mtls_certificates", unsupported, per_environment},
    {"pages_build_output_dir", unsupported, top_only},
    {"pipelines", unsupported, per_environment},
    {"previews", unsupported, inherited},
    {"python_modules", unsupported, inherited},
    {"queues", unsupported, per_environment},
    {"r2_buckets", unsupported, per_environment},
    {"ratelimits", unsupported, per_environment},
    {"secrets_store_secrets", unsupported, per_environment},
    {"send_email", unsupported, per_environment},
    {"site", unsupported, top_only},
    {"stream", unsupported, per_environment},
    {"streaming_tail_consumers", unsupported, per_environment},
    {"tail_consumers", unsupported, per_environment},
    {"text_blobs", unsupported, top_only},
    {"triggers", unsupported, inherited},
    {"unsafe", unsupported, per_environment},
    {"unsafe_hello_world", unsupported, per_environment},
    {"vectorize", unsupported, per_environment},
    {"version_metadata", unsupported, per_environment},
    {"vpc_networks", unsupported, per_environment},
    {"vpc_services", unsupported, per_environment},
    {"wasm_modules", unsupported, top_only},
    {"worker_loaders", unsupported, per_environment},
    {"workflows", unsupported, per_environment},
};

constexpr auto key_names = [] {
  std::array<std::string_view, std::size(keys)> names;
  std::ranges::transform(keys, names.begin(), &ConfigKey::name);
  return names;
}();

// Levenshtein's distance with one row; both lengths are at most suggestion_length_max.
size_t edit_distance(std::string_view a, std::string_view b) {
  std::array<size_t, suggestion_length_max + 1> row;
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 0; i < a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i + 1;
    for (size_t j = 0; j < b.size(); ++j) {
      const size_t above = row[j + 1];
      row[j + 1] = std::min({above + 1, row[j] + 1, diagonal + (a[i] == b[j] ? 0 : 1)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

}  // namespace

std::span<const ConfigKey> config_keys() {
  return keys;
}

const ConfigKey* find_config_key(std::string_view name) {
  const auto* found = std::ranges::find(keys, name, &ConfigKey::name);
  return found == std::end(keys) ? nullptr : found;
}

std::string_view nearest_name(std::string_view name, std::span<const std::string_view> known) {
  if (name.empty() || name.size() > suggestion_length_max) return "";
  std::string_view nearest;
  // A third of the name may differ, three characters at most.
  size_t best = std::min<size_t>(name.size() / 3, 3) + 1;
  for (std::string_view candidate : known) {
    if (candidate.size() > suggestion_length_max) continue;
    const size_t distance = edit_distance(name, candidate);
    if (distance < best) {
      best = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

std::string_view nearest_config_key(std::string_view name) {
  return nearest_name(name, key_names);
}

std::string suggestion_text(std::string_view suggestion) {
  if (suggestion.empty()) return "";
  return " (did you mean '" + std::string(suggestion) + "'?)";
}

}  // namespace skerry::deploy
