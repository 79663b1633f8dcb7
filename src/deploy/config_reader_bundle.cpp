// The keys that speak to the bundler, and a build command of the project's own.
#include <algorithm>

#include "deploy/config_reader.h"

namespace skerry::deploy {

using Type = ConfigValue::Type;

namespace {

constexpr size_t kPairsMax = 500;
constexpr size_t kTextBytesMax = 64 * 1024;

// A zero byte ends an argument of a program.
bool is_argument(std::string_view text) {
  return text.size() <= kTextBytesMax && !text.contains('\0');
}

}  // namespace

std::string ConfigReader::read_text(std::string_view key) {
  const ConfigValue* value = typed(key, Type::string);
  if (value == nullptr) return {};
  if (is_argument(value->as_string())) return value->as_string();
  error(value->at(), shown_name(key) + " is too long, or contains a zero byte");
  return {};
}

// An object of texts.
BundleConfig::Pairs ConfigReader::read_pairs(std::string_view key) {
  BundleConfig::Pairs pairs;
  const ConfigValue* object = typed(key, Type::object);
  if (object == nullptr) return pairs;
  if (object->members().size() > kPairsMax) {
    error(object->at(), shown_name(key) + " has more than 500 entries");
    return pairs;
  }
  for (const ConfigMember& member : object->members()) {
    if (!has_type(member.value, std::string(key) + "." + member.key, Type::string)) continue;
    // The bundler takes "name=value".
    if (member.key.empty() || member.key.contains('=') || !is_argument(member.key) ||
        !is_argument(member.value.as_string())) {
      error(member.key_at, shown_name(member.key) + " in " + shown_name(key) +
                               " cannot be used: a name is not empty, and has no '=' in it");
      continue;
    }
    pairs.emplace_back(member.key, member.value.as_string());
  }
  return pairs;
}

void ConfigReader::read_bundle() {
  BundleConfig& bundle = config_.bundle;
  bundle.define = read_pairs("define");
  bundle.alias = read_pairs("alias");
  bundle.jsx_factory = read_text("jsx_factory");
  bundle.jsx_fragment = read_text("jsx_fragment");
  if (std::string tsconfig = read_text("tsconfig"); !tsconfig.empty())
    bundle.tsconfig = join_path(folder_, tsconfig);
  bundle.minify = read_flag("minify");
  if (effective("keep_names") != nullptr) bundle.keep_names = read_flag("keep_names");
  const bool asked = !bundle.define.empty() || !bundle.alias.empty() || bundle.minify ||
                     !bundle.jsx_factory.empty() || !bundle.jsx_fragment.empty() ||
                     !bundle.tsconfig.empty();
  bundle.needed = asked && !config_.no_bundle;
}

// https://developers.cloudflare.com/workers/wrangler/configuration/#custom-builds
void ConfigReader::read_build() {
  const ConfigMember* member = effective("build");
  if (member == nullptr || !has_type(member->value, "build", Type::object)) return;
  const ConfigValue& build = member->value;
  check_members(build, "build", {"command", "cwd", "watch_dir", "upload"});
  const ConfigValue* command = build.find("command");
  if (command == nullptr || !has_type(*command, "build.command", Type::string)) return;
  if (command->as_string().empty()) return;
  if (!is_argument(command->as_string())) {
    error(command->at(), "'build.command' is too long, or contains a zero byte");
    return;
  }
  if (is_deploy()) {
    warn(member->key_at,
         "'build' runs in dev only: build the worker before it is served, so that 'main' is there");
    return;
  }
  config_.build.command = command->as_string();
  const ConfigValue* cwd = build.find("cwd");
  const bool has_cwd = cwd != nullptr && has_type(*cwd, "build.cwd", Type::string);
  config_.build.cwd = has_cwd ? join_path(folder_, cwd->as_string()) : folder_;
  const ConfigValue* watch = build.find("watch_dir");
  if (watch == nullptr) {
    config_.build.watch_dirs.push_back(join_path(folder_, "src"));
  } else if (watch->is_string()) {
    config_.build.watch_dirs.push_back(join_path(folder_, watch->as_string()));
  } else if (has_type(*watch, "build.watch_dir", Type::array)) {
    for (const ConfigValue& each : watch->items()) {
      if (!has_type(each, "build.watch_dir", Type::string)) continue;
      config_.build.watch_dirs.push_back(join_path(folder_, each.as_string()));
      if (config_.build.watch_dirs.size() == kPairsMax) break;
    }
  }
}

}  // namespace skerry::deploy
