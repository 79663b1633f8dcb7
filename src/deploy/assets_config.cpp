// The key `assets`: https://developers.cloudflare.com/workers/wrangler/configuration/#assets
#include <algorithm>

#include "deploy/config_reader.h"

namespace skerry::deploy {

namespace {

using Type = ConfigValue::Type;
using assets::HtmlHandling;
using assets::NotFoundHandling;

template <class Value>
struct Choice {
  std::string_view name;
  Value value;
};

constexpr Choice<HtmlHandling> html_choices[] = {
    {"auto-trailing-slash", HtmlHandling::auto_trailing_slash},
    {"force-trailing-slash", HtmlHandling::force_trailing_slash},
    {"drop-trailing-slash", HtmlHandling::drop_trailing_slash},
    {"none", HtmlHandling::none}};
constexpr Choice<NotFoundHandling> not_found_choices[] = {
    {"none", NotFoundHandling::none},
    {"single-page-application", NotFoundHandling::single_page_application},
    {"404-page", NotFoundHandling::not_found_page}};

}  // namespace

template <class Choices, class Value>
void ConfigReader::read_choice(const ConfigValue& object, std::string_view key,
                               const Choices& choices, Value& value) {
  const ConfigValue* given = object.find(key);
  if (given == nullptr || !has_type(*given, "assets." + std::string(key), Type::string)) return;
  std::string names;
  for (const auto& choice : choices) {
    if (choice.name == given->as_string()) {
      value = choice.value;
      return;
    }
    names += (names.empty() ? "" : ", ") + std::string(choice.name);
  }
  error(given->at(), shown_name("assets." + std::string(key)) + " must be one of " + names +
                         ", not " + shown_name(given->as_string()));
}

void ConfigReader::read_assets() {
  const ConfigMember* member = effective("assets");
  if (member == nullptr || member->value.is_null()) return;
  const ConfigValue* value = typed("assets", Type::object);
  if (value == nullptr) return;
  check_members(
      *value, "assets",
      {"directory", "binding", "html_handling", "not_found_handling", "run_worker_first"});
  const ConfigValue* directory = value->find("directory");
  if (directory == nullptr) {
    error(value->at(), "'assets' has no 'directory'; name the folder of files, like \"./public\"");
    return;
  }
  if (!has_type(*directory, "assets.directory", Type::string)) return;
  const std::string& path = directory->as_string();
  if (path.empty() || path.size() > path_bytes_max || path.find('\0') != std::string::npos) {
    error(directory->at(), "'assets.directory' must be the path of a folder");
    return;
  }
  assets::SiteOptions& site = config_.assets.emplace();
  site.directory = join_path(folder_, path);
  config_.assets_at = directory->at();
  site.has_worker = !config_.main_path.empty();
  read_choice(*value, "html_handling", html_choices, site.html_handling);
  read_choice(*value, "not_found_handling", not_found_choices, site.not_found_handling);
  // https://developers.cloudflare.com/workers/configuration/compatibility-flags/#navigation-requests-prefer-asset-serving
  auto has_flag = [&](std::string_view flag) {
    return std::ranges::find(config_.compatibility_flags, flag) !=
           config_.compatibility_flags.end();
  };
  site.navigation_prefers_assets = has_flag("assets_navigation_prefers_asset_serving") ||
                                   (config_.compatibility_date >= CompatibilityDate{2025, 4, 1} &&
                                    !has_flag("assets_navigation_has_no_effect"));
  if (const ConfigValue* binding = value->find("binding")) read_assets_binding(*binding);
  if (const ConfigValue* first = value->find("run_worker_first")) read_worker_first(*first);
}

void ConfigReader::read_assets_binding(const ConfigValue& binding) {
  if (!has_type(binding, "assets.binding", Type::string)) return;
  if (binding.as_string().empty()) {
    error(binding.at(), "'assets.binding' must not be empty");
  } else if (config_.main_path.empty()) {
    error(binding.at(),
          "'assets.binding' is for a worker, and there is no 'main'; remove one or add the other");
  } else if (claim_binding(binding.as_string(), binding.at())) {
    config_.assets_binding = binding.as_string();
  }
}

void ConfigReader::read_worker_first(const ConfigValue& value) {
  assets::SiteOptions& site = *config_.assets;
  if (value.is_boolean()) {
    site.worker_first = value.as_boolean();
  } else if (value.is_array()) {
    read_worker_first_globs(value);
  } else {
    error(value.at(),
          "'assets.run_worker_first' must be true, false or a list of paths such as \"/api/*\"");
    return;
  }
  bool asked = site.worker_first || !site.worker_first_globs.empty();
  if (asked && config_.main_path.empty())
    error(value.at(),
          "'assets.run_worker_first' needs a worker, and there is no 'main'; remove one or add the "
          "other");
}

void ConfigReader::read_worker_first_globs(const ConfigValue& list) {
  assets::SiteOptions& site = *config_.assets;
  if (list.items().empty() || list.items().size() > limits::asset_first_globs_max) {
    error(list.at(), "'assets.run_worker_first' is a list of 1 to " +
                         std::to_string(limits::asset_first_globs_max) + " paths");
    return;
  }
  for (const ConfigValue& item : list.items()) {
    if (!has_type(item, "assets.run_worker_first", Type::string)) continue;
    std::string_view glob = item.as_string();
    bool negated = glob.starts_with('!');
    if (negated) glob.remove_prefix(1);
    if (!glob.starts_with('/')) {
      error(item.at(), "a path of 'assets.run_worker_first' begins with '/' or '!/'");
    } else if (item.as_string().size() > limits::asset_first_glob_bytes_max) {
      error(item.at(), "a path of 'assets.run_worker_first' has at most " +
                           std::to_string(limits::asset_first_glob_bytes_max) + " bytes");
    } else {
      auto& globs = negated ? site.assets_first_globs : site.worker_first_globs;
      for (const std::string& other : globs) {
        auto covers = [](std::string_view a, std::string_view b) {
          return a.ends_with('*') && b.starts_with(a.substr(0, a.size() - 1));
        };
        if (other == glob)
          error(item.at(), "the path " + shown_name(glob) + " is listed twice");
        else if (covers(other, glob) || covers(glob, other))
          error(item.at(), "of the paths " + shown_name(other) + " and " + shown_name(glob) +
                               " one includes the other; remove the narrower");
      }
      globs.emplace_back(glob);
    }
  }
  if (site.worker_first_globs.empty() && !site.assets_first_globs.empty())
    error(list.at(),
          "'assets.run_worker_first' has only paths that begin with '!'; name one for the worker "
          "too");
}

}  // namespace skerry::deploy
