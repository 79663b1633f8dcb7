#include "deploy/config_reader.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/json.h"

namespace skerry::deploy {
namespace {

using Type = ConfigValue::Type;

bool is_name_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

bool is_worker_name(std::string_view name) {
  return !name.empty() && name.size() <= worker_name_length_max && name.front() != '-' &&
         std::ranges::all_of(name, is_name_char);
}

bool is_kv_id(std::string_view id) {
  auto allowed = [](char c) { return is_name_char(c) || c == '.' || (c >= 'A' && c <= 'Z'); };
  return !id.empty() && id.size() <= kv_id_length_max && id.front() != '.' &&
         std::ranges::all_of(id, allowed);
}

// Nothing was asked for, so nothing is lost: `"queues": {"producers": []}`, `"assets": null`.
bool asks_for_nothing(const ConfigValue& value) {
  switch (value.type()) {
    case Type::null: return true;
    case Type::boolean: return !value.as_boolean();
    case Type::array: return value.items().empty();
    case Type::object:
      return std::ranges::all_of(value.members(), [](const ConfigMember& member) {
        return asks_for_nothing(member.value);
      });
    case Type::number:
    case Type::string: return false;
  }
  return false;
}

std::string joined(const std::vector<std::string_view>& names) {
  std::string out;
  for (std::string_view name : names) {
    if (!out.empty()) out += ", ";
    out += shown_name(name);
  }
  return out;
}

}  // namespace

std::string shown_name(std::string_view name) {
  constexpr size_t shown_length_max = 60;
  size_t cut = std::min(name.size(), shown_length_max);
  while (cut < name.size() && cut > 0 && (static_cast<unsigned char>(name[cut]) & 0xC0) == 0x80) {
    --cut;
  }
  std::string shown = json_string(name.substr(0, cut));
  shown.front() = '\'';
  shown.pop_back();
  return shown + (cut < name.size() ? "…'" : "'");
}

void ConfigReader::add(Severity severity, SourcePosition at, std::string text) {
  if (diagnostics_.size() == diagnostics_max) {
    diagnostics_.push_back({severity, file_name_, {}, "more problems follow; they are not listed"});
    return;
  }
  if (diagnostics_.size() > diagnostics_max) {
    // The last line stands for all that follow, so it must refuse when one of them does.
    if (severity == Severity::error) diagnostics_.back().severity = Severity::error;
    return;
  }
  diagnostics_.push_back({severity, file_name_, at, std::move(text)});
}

void ConfigReader::not_honoured(SourcePosition at, std::string text) {
  if (is_deploy()) {
    error(at, text + "; remove it to deploy");
  } else {
    warn(at, text + "; it is ignored");
  }
}

WorkerConfig ConfigReader::read() {
  if (!root_.is_object()) {
    error(root_.at(), "a configuration is an object; begin it with '{'");
    return std::move(config_);
  }
  if (!select_environment()) return std::move(config_);
  check_keys();
  read_name();
  read_main();
  read_compatibility();
  read_flags();
  read_vars();
  read_secrets();
  read_kv_namespaces();
  read_services();
  read_rules();
  read_routes();
  read_limits();
  read_assets();
  config_.no_bundle = read_flag("no_bundle");
  read_bundle();
  read_build();
  config_.find_additional_modules = read_flag("find_additional_modules");
  return std::move(config_);
}

bool ConfigReader::select_environment() {
  const ConfigValue* environments = root_.find("env");
  if (environments != nullptr && !has_type(*environments, "env", Type::object)) return false;
  if (options_.environment.empty()) return true;
  const ConfigMember* chosen =
      environments == nullptr ? nullptr : environments->find_member(options_.environment);
  if (chosen != nullptr) {
    if (!has_type(chosen->value, "env." + chosen->key, Type::object)) return false;
    environment_ = &chosen->value;
    return true;
  }
  std::string text = "there is no environment " + shown_name(options_.environment);
  if (environments == nullptr || environments->members().empty()) {
    text += ": the configuration has no 'env'; leave out --env";
    error({}, std::move(text));
    return false;
  }
  std::vector<std::string_view> names;
  for (const ConfigMember& member : environments->members()) {
    if (names.size() < 20) names.push_back(member.key);
  }
  text +=
      suggestion_text(nearest_name(options_.environment, names)) + "; there is " + joined(names);
  error(environments->at(), std::move(text));
  return false;
}

void ConfigReader::check_keys() {
  for (const ConfigMember& member : root_.members()) check_key(member, false);
  if (environment_ == nullptr) return;
  for (const ConfigMember& member : environment_->members()) check_key(member, true);
}

void ConfigReader::check_key(const ConfigMember& member, bool in_environment) {
  const ConfigKey* key = find_config_key(member.key);
  if (key == nullptr) {
    not_honoured(member.key_at, "unknown key " + shown_name(member.key) +
                                    suggestion_text(nearest_config_key(member.key)));
    return;
  }
  if (key->support == KeySupport::harmless) return;
  if (in_environment && key->scope == KeyScope::top_only) {
    not_honoured(member.key_at, "key " + shown_name(member.key) +
                                    " belongs at the top level, not in an environment");
    return;
  }
  if (!in_environment && environment_ != nullptr && key->scope != KeyScope::top_only) {
    const bool overridden = environment_->find(member.key) != nullptr;
    if (overridden) return;
    if (key->scope == KeyScope::per_environment) {
      if (asks_for_nothing(member.value)) return;
      warn(member.key_at, "key " + shown_name(member.key) +
                              " is not inherited by environments; repeat it in 'env." +
                              options_.environment + "' if it is needed there");
      return;
    }
  }
  if (key->support == KeySupport::unsupported && !asks_for_nothing(member.value)) {
    not_honoured(member.key_at, "key " + shown_name(member.key) + " is not supported yet");
  }
}

const ConfigMember* ConfigReader::effective(std::string_view key) {
  if (environment_ == nullptr) return root_.find_member(key);
  if (const ConfigMember* own = environment_->find_member(key)) return own;
  const ConfigKey* known = find_config_key(key);
  if (known != nullptr && known->scope == KeyScope::per_environment) return nullptr;
  return root_.find_member(key);
}

const ConfigValue* ConfigReader::typed(std::string_view key, Type type) {
  const ConfigMember* member = effective(key);
  if (member == nullptr || !has_type(member->value, key, type)) return nullptr;
  return &member->value;
}

bool ConfigReader::has_type(const ConfigValue& value, std::string_view what, Type type) {
  if (value.type() == type) return true;
  error(value.at(), shown_name(what) + " must be " + std::string(type_name(type)) + ", not " +
                        std::string(type_name(value.type())));
  return false;
}

void ConfigReader::check_members(const ConfigValue& object, std::string_view where,
                                 std::initializer_list<std::string_view> known) {
  for (const ConfigMember& member : object.members()) {
    if (std::ranges::find(known, std::string_view(member.key)) != known.end()) continue;
    not_honoured(member.key_at,
                 "unknown key " + shown_name(member.key) + " in " + shown_name(where) +
                     suggestion_text(nearest_name(member.key, {known.begin(), known.size()})));
  }
}

void ConfigReader::read_name() {
  const ConfigValue* name = typed("name", Type::string);
  if (name == nullptr) {
    config_.name = default_name_;
  } else if (is_worker_name(name->as_string())) {
    config_.name = name->as_string();
  } else {
    error(name->at(), "name " + shown_name(name->as_string()) +
                          " cannot be used: it takes 1 to 63 of a-z, 0-9, '-' and '_' and does not "
                          "begin with '-'; try '" +
                          worker_name_from(name->as_string()) + "'");
    return;
  }
  // An environment is a worker of its own, named after the top level unless it has its own name.
  const bool own_name = environment_ != nullptr && environment_->find("name") != nullptr;
  if (environment_ == nullptr || own_name) return;
  const std::string full = config_.name + "-" + options_.environment;
  if (is_worker_name(full)) {
    config_.name = full;
  } else {
    error(environment_->at(), "the worker would be named " + shown_name(full) +
                                  ", which is no valid name; give the environment a 'name'");
  }
}

void ConfigReader::read_main() {
  const ConfigMember* member = effective("main");
  // Static files need no worker.
  const ConfigMember* assets = effective("assets");
  if (member == nullptr && assets != nullptr && !assets->value.is_null()) return;
  if (member == nullptr) {
    error(root_.at(), "there is no 'main'; name the worker's file, like \"main\": \"index.mjs\"");
    return;
  }
  if (!has_type(member->value, "main", Type::string)) return;
  const std::string& main = member->value.as_string();
  const SourcePosition at = member->value.at();
  if (main.empty() || main.size() > path_bytes_max || main.find('\0') != std::string::npos ||
      main.ends_with('/')) {
    error(at, "'main' must be the path of a file");
    return;
  }
  config_.main_path = join_path(folder_, main);
  const ConfigValue* base = typed("base_dir", Type::string);
  if (base != nullptr && base->as_string().size() > path_bytes_max) {
    error(base->at(), "'base_dir' must be the path of a folder");
    return;
  }
  if (base != nullptr) {
    config_.base_dir = join_path(folder_, base->as_string());
    std::string prefix = config_.base_dir;
    if (prefix == ".") prefix.clear();
    if (!prefix.empty() && !prefix.ends_with('/')) prefix += '/';
    if (!config_.main_path.starts_with(prefix) || config_.main_path.starts_with(prefix + "../")) {
      error(at, "'main' lies outside 'base_dir'; make base_dir a folder above it");
      return;
    }
    config_.main_module = config_.main_path.substr(prefix.size());
    return;
  }
  const size_t slash = config_.main_path.rfind('/');
  config_.base_dir = slash == std::string::npos ? "." : config_.main_path.substr(0, slash);
  if (slash == 0) config_.base_dir = "/";
  config_.main_module = config_.main_path.substr(slash == std::string::npos ? 0 : slash + 1);
}

void ConfigReader::read_compatibility() {
  config_.compatibility_date = options_.today;
  const ConfigMember* member = effective("compatibility_date");
  if (member == nullptr) {
    warn(root_.at(),
         "there is no 'compatibility_date'; today's is used, add \"compatibility_date\": \"" +
             options_.today.text() + "\" so that it stays");
    return;
  }
  if (!has_type(member->value, "compatibility_date", Type::string)) return;
  const std::string& text = member->value.as_string();
  const auto date = parse_compatibility_date(text);
  if (!date) {
    error(member->value.at(), "compatibility_date " + shown_name(text) +
                                  " is no day; write it as YYYY-MM-DD, like \"" +
                                  options_.today.text() + "\"");
    return;
  }
  config_.compatibility_date = *date;
  if (*date > options_.today) {
    warn(member->value.at(),
         "compatibility_date " + text + " lies in the future; today is " + options_.today.text());
  } else if (*date < compatibility_date_min) {
    warn(member->value.at(), "compatibility_date " + text + " is older than the oldest one, " +
                                 compatibility_date_min.text());
  }
}

void ConfigReader::read_flags() {
  const ConfigValue* flags = typed("compatibility_flags", Type::array);
  if (flags == nullptr) return;
  for (const ConfigValue& flag : flags->items()) {
    if (!has_type(flag, "compatibility_flags", Type::string)) continue;
    const std::string& name = flag.as_string();
    if (std::ranges::find(config_.compatibility_flags, name) != config_.compatibility_flags.end()) {
      warn(flag.at(), "compatibility flag " + shown_name(name) + " is listed twice");
      continue;
    }
    if (config_.compatibility_flags.size() == 200) {
      error(flag.at(), "more than 200 compatibility flags");
      return;
    }
    const FlagSupport support = flag_support(name);
    if (support == FlagSupport::unknown) {
      not_honoured(flag.at(), "unknown compatibility flag " + shown_name(name) +
                                  suggestion_text(nearest_name(name, known_flags())));
    } else if (support == FlagSupport::unsupported) {
      warn(flag.at(),
           "compatibility flag " + shown_name(name) + " " + std::string(flag_advice(name)));
    }
    config_.compatibility_flags.push_back(name);
  }
}

bool ConfigReader::claim_binding(std::string_view name, SourcePosition at) {
  const auto [place, is_new] = bindings_.try_emplace(std::string(name), at);
  if (is_new) return true;
  error(at, "binding " + shown_name(name) + " is already used at line " +
                std::to_string(place->second.line) + "; give one of the two another name");
  return false;
}

void ConfigReader::read_vars() {
  const ConfigValue* vars = typed("vars", Type::object);
  if (vars == nullptr) return;
  if (vars->members().size() > vars_max) {
    error(vars->at(), "there are " + std::to_string(vars->members().size()) +
                          " vars; at most 128 are allowed, put more into one as JSON");
    return;
  }
  for (const ConfigMember& member : vars->members()) {
    if (member.key.empty()) {
      error(member.key_at, "a var needs a name");
      continue;
    }
    const bool is_json = !member.value.is_string();
    std::string value = is_json ? to_json(member.value) : member.value.as_string();
    if (value.size() > var_bytes_max) {
      error(member.value.at(), "var " + shown_name(member.key) + " is " +
                                   std::to_string(value.size()) + " bytes; at most " +
                                   std::to_string(var_bytes_max) +
                                   " are allowed, keep larger data in KV or in a module");
      continue;
    }
    if (!claim_binding(member.key, member.key_at)) continue;
    config_.vars.push_back({member.key, std::move(value), is_json});
  }
}

void ConfigReader::read_secrets() {
  const ConfigValue* secrets = typed("secrets", Type::object);
  if (secrets == nullptr) return;
  check_members(*secrets, "secrets", {"required"});
  const ConfigValue* required = secrets->find("required");
  if (required == nullptr || !has_type(*required, "secrets.required", Type::array)) return;
  if (required->items().size() > vars_max) {
    error(required->at(), "at most 128 secrets are allowed");
    return;
  }
  for (const ConfigValue& name : required->items()) {
    if (!has_type(name, "secrets.required", Type::string)) continue;
    if (name.as_string().empty()) {
      error(name.at(), "a secret needs a name");
      continue;
    }
    config_.required_secrets.push_back(name.as_string());
  }
}

void ConfigReader::read_kv_namespaces() {
  const ConfigValue* namespaces = typed("kv_namespaces", Type::array);
  if (namespaces == nullptr) return;
  for (const ConfigValue& entry : namespaces->items()) {
    if (has_type(entry, "kv_namespaces", Type::object)) read_kv_namespace(entry);
  }
}

void ConfigReader::read_kv_namespace(const ConfigValue& entry) {
  check_members(entry, "kv_namespaces",
                {"binding", "id", "preview_id", "remote", "experimental_remote"});
  for (std::string_view key : {"remote", "experimental_remote"}) {
    const ConfigMember* remote = entry.find_member(key);
    if (remote != nullptr && !asks_for_nothing(remote->value)) {
      error(remote->key_at,
            std::string(key) +
                " is not possible: skerry keeps KV on this machine and each id is a "
                "local namespace; remove it");
    }
  }
  const ConfigValue* binding = entry.find("binding");
  if (binding == nullptr) {
    error(entry.at(), "this KV namespace has no 'binding'; name it, like \"binding\": \"KV\"");
    return;
  }
  if (!has_type(*binding, "binding", Type::string)) return;
  if (binding->as_string().empty()) {
    error(binding->at(), "'binding' must not be empty");
    return;
  }
  // The local runtime of wrangler uses preview_id where there is one.
  const ConfigValue* id = is_deploy() ? nullptr : entry.find("preview_id");
  if (id == nullptr) id = entry.find("id");
  std::string id_text;
  if (id == nullptr) {
    // Named as wrangler names what it provisions, so two workers do not share a namespace by
    // accident.
    id_text = worker_name_from(config_.name + "-" + binding->as_string());
  } else {
    if (!has_type(*id, "id", Type::string)) return;
    id_text = id->as_string();
    if (!is_kv_id(id_text)) {
      error(id->at(),
            "KV id " + shown_name(id_text) +
                " cannot be used: it takes 1 to 128 letters, digits, '-', '_' and '.' and "
                "does not begin with '.'");
      return;
    }
  }
  if (!claim_binding(binding->as_string(), binding->at())) return;
  config_.kv_namespaces.push_back({binding->as_string(), std::move(id_text)});
}

void ConfigReader::read_services() {
  const ConfigValue* services = typed("services", Type::array);
  if (services == nullptr) return;
  for (const ConfigValue& entry : services->items()) {
    if (has_type(entry, "services", Type::object)) read_service(entry);
  }
  if (config_.services.size() > services_max) {
    error(services->at(), "more than " + std::to_string(services_max) + " service bindings");
  }
}

void ConfigReader::read_service(const ConfigValue& entry) {
  check_members(entry, "services",
                {"binding", "service", "environment", "entrypoint", "props", "remote",
                 "experimental_remote"});
  for (std::string_view key : {"remote", "experimental_remote"}) {
    const ConfigMember* remote = entry.find_member(key);
    if (remote != nullptr && !asks_for_nothing(remote->value)) {
      error(remote->key_at,
            std::string(key) + " is not possible: services are workers of this process; remove it");
    }
  }
  ServiceBinding made;
  made.at = entry.at();
  for (auto [key, into] : {std::pair("binding", &made.binding), std::pair("service", &made.service),
                           std::pair("entrypoint", &made.entrypoint)}) {
    const ConfigValue* value = entry.find(key);
    if (value == nullptr && into == &made.entrypoint) continue;
    if (value == nullptr) {
      error(entry.at(),
            "this service binding has no '" + std::string(key) +
                "'; write {\"binding\": \"OTHER\", \"service\": \"name-of-the-worker\"}");
      return;
    }
    if (!has_type(*value, key, Type::string)) return;
    *into = value->as_string();
    if (into->empty()) {
      error(value->at(), "'" + std::string(key) + "' must not be empty");
      return;
    }
  }
  if (const ConfigMember* environment = entry.find_member("environment")) {
    warn(environment->key_at, "'environment' has no effect: name the worker itself in 'service'");
  }
  if (const ConfigValue* props = entry.find("props")) {
    if (!has_type(*props, "props", Type::object)) return;
    made.props = to_json(*props);
    if (made.props.size() > props_bytes_max) {
      error(props->at(), "'props' is larger than " + std::to_string(props_bytes_max) + " bytes");
      return;
    }
  }
  if (!claim_binding(made.binding, made.at)) return;
  config_.services.push_back(std::move(made));
}

std::vector<std::string> ConfigReader::read_globs(const ConfigValue& rule) {
  std::vector<std::string> globs;
  const ConfigValue* list = rule.find("globs");
  if (list == nullptr) {
    error(rule.at(), "this rule has no 'globs'; list the files, like [\"**/*.txt\"]");
    return globs;
  }
  if (!has_type(*list, "globs", Type::array)) return globs;
  if (list->items().size() > 200) {
    error(list->at(), "a rule has at most 200 globs");
    return globs;
  }
  for (const ConfigValue& glob : list->items()) {
    if (!has_type(glob, "globs", Type::string)) continue;
    if (glob.as_string().size() > 1024) {
      error(glob.at(), "a glob has at most 1,024 bytes");
      continue;
    }
    globs.push_back(glob.as_string());
  }
  return globs;
}

void ConfigReader::read_rules() {
  const ConfigValue* list = typed("rules", Type::array);
  if (list == nullptr) return;
  std::vector<ModuleRules::Rule> rules;
  std::vector<SourcePosition> places;
  for (const ConfigValue& entry : list->items()) {
    if (rules.size() == 200) {
      error(entry.at(), "there are at most 200 rules");
      break;
    }
    if (!has_type(entry, "rules", Type::object)) continue;
    check_members(entry, "rules", {"type", "globs", "fallthrough"});
    const ConfigValue* type = entry.find("type");
    if (type == nullptr) {
      error(entry.at(),
            "this rule has no 'type'; use ESModule, CommonJS, CompiledWasm, Text or Data");
      continue;
    }
    if (!has_type(*type, "type", Type::string)) continue;
    const auto known = parse_module_type(type->as_string());
    if (!known) {
      error(type->at(), "rule type " + shown_name(type->as_string()) +
                            " is not known here; use ESModule, CommonJS, CompiledWasm, Text, Data "
                            "or JSON");
      continue;
    }
    const ConfigValue* fallthrough = entry.find("fallthrough");
    if (fallthrough != nullptr && !has_type(*fallthrough, "fallthrough", Type::boolean)) continue;
    rules.push_back(
        {*known, read_globs(entry), fallthrough != nullptr && fallthrough->as_boolean()});
    places.push_back(entry.at());
  }
  config_.rules = ModuleRules(std::move(rules));
  for (size_t index : config_.rules.shadowed()) {
    warn(places[index],
         "this rule never counts: an earlier one of its type ends the search; set \"fallthrough\": "
         "true on that one");
  }
}

void ConfigReader::read_routes() {
  // 'route' and 'routes' are one setting: an environment that has either inherits neither.
  const ConfigValue* source = &root_;
  if (environment_ != nullptr &&
      (environment_->find("route") != nullptr || environment_->find("routes") != nullptr)) {
    source = environment_;
  }
  if (const ConfigValue* route = source->find("route")) read_route(*route, "route");
  const ConfigValue* routes = source->find("routes");
  if (routes == nullptr || !has_type(*routes, "routes", Type::array)) return;
  if (routes->items().size() > routes_max) {
    error(routes->at(), "there are at most 1,000 routes");
    return;
  }
  for (const ConfigValue& entry : routes->items()) read_route(entry, "routes");
}

void ConfigReader::read_route(const ConfigValue& entry, std::string_view key) {
  const ConfigValue* text = &entry;
  bool custom_domain = false;
  if (entry.is_object()) {
    check_members(
        entry, key,
        {"pattern", "zone_id", "zone_name", "custom_domain", "enabled", "previews_enabled"});
    text = entry.find("pattern");
    if (text == nullptr) {
      error(entry.at(), "this route has no 'pattern'; write one, like \"example.com/*\"");
      return;
    }
    if (const ConfigValue* custom = entry.find("custom_domain")) {
      if (!has_type(*custom, "custom_domain", Type::boolean)) return;
      custom_domain = custom->as_boolean();
    }
    const ConfigValue* enabled = entry.find("enabled");
    if (enabled != nullptr && enabled->is_boolean() && !enabled->as_boolean()) return;
  }
  if (!has_type(*text, key, Type::string)) return;
  Result<RoutePattern> pattern = custom_domain ? parse_custom_domain(text->as_string())
                                               : parse_route_pattern(text->as_string());
  if (!pattern) {
    error(text->at(), "route " + pattern.error().text);
    return;
  }
  config_.routes.push_back({text->as_string(), std::move(*pattern), text->at()});
}

std::optional<uint32_t> ConfigReader::read_count(const ConfigValue& limits, std::string_view key,
                                                 uint32_t max) {
  const ConfigValue* value = limits.find(key);
  const std::string name = "limits." + std::string(key);
  if (value == nullptr || !has_type(*value, name, Type::number)) return std::nullopt;
  const double number = value->as_number().value;
  if (number != std::floor(number) || number < 1 || number > max) {
    error(value->at(),
          shown_name(name) + " must be a whole number from 1 to " + std::to_string(max));
    return std::nullopt;
  }
  return static_cast<uint32_t>(number);
}

void ConfigReader::read_limits() {
  const ConfigValue* limits = typed("limits", Type::object);
  if (limits == nullptr) return;
  check_members(*limits, "limits", {"cpu_ms", "subrequests"});
  config_.limits.cpu_ms = read_count(*limits, "cpu_ms", cpu_ms_max);
  config_.limits.subrequests = read_count(*limits, "subrequests", subrequests_max);
}

bool ConfigReader::read_flag(std::string_view key) {
  const ConfigValue* value = typed(key, Type::boolean);
  return value != nullptr && value->as_boolean();
}

}  // namespace skerry::deploy
