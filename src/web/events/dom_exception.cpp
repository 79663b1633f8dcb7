#include "web/events/dom_exception.h"

#include "js/method.h"

namespace skerry::web {

namespace {

struct LegacyCode {
  const char* name;
  const char* constant;
  uint16_t code;
};

// https://webidl.spec.whatwg.org/#dfn-error-names-table
constexpr LegacyCode kLegacyCodes[] = {
    {"IndexSizeError", "INDEX_SIZE_ERR", 1},
    {"", "DOMSTRING_SIZE_ERR", 2},
    {"HierarchyRequestError", "HIERARCHY_REQUEST_ERR", 3},
    {"WrongDocumentError", "WRONG_DOCUMENT_ERR", 4},
    {"InvalidCharacterError", "INVALID_CHARACTER_ERR", 5},
    {"", "NO_DATA_ALLOWED_ERR", 6},
    {"NoModificationAllowedError", "NO_MODIFICATION_ALLOWED_ERR", 7},
    {"NotFoundError", "NOT_FOUND_ERR", 8},
    {"NotSupportedError", "NOT_SUPPORTED_ERR", 9},
    {"InUseAttributeError", "INUSE_ATTRIBUTE_ERR", 10},
    {"InvalidStateError", "INVALID_STATE_ERR", 11},
    {"SyntaxError", "SYNTAX_ERR", 12},
    {"InvalidModificationError", "INVALID_MODIFICATION_ERR", 13},
    {"NamespaceError", "NAMESPACE_ERR", 14},
    {"InvalidAccessError", "INVALID_ACCESS_ERR", 15},
    {"", "VALIDATION_ERR", 16},
    {"TypeMismatchError", "TYPE_MISMATCH_ERR", 17},
    {"SecurityError", "SECURITY_ERR", 18},
    {"NetworkError", "NETWORK_ERR", 19},
    {"AbortError", "ABORT_ERR", 20},
    {"URLMismatchError", "URL_MISMATCH_ERR", 21},
    {"QuotaExceededError", "QUOTA_EXCEEDED_ERR", 22},
    {"TimeoutError", "TIMEOUT_ERR", 23},
    {"InvalidNodeTypeError", "INVALID_NODE_TYPE_ERR", 24},
    {"DataCloneError", "DATA_CLONE_ERR", 25},
};

void describe(js::ClassTable& table) {
  table.constructor<&DomException::construct>(
      "(message?: string, name?: string | { name?: string; cause?: unknown })");
  table.getter<&DomException::name>("name", "string");
  table.getter<&DomException::message>("message", "string");
  table.getter<&DomException::code>("code", "number");
  for (const LegacyCode& legacy : kLegacyCodes) table.constant(legacy.constant, legacy.code);
}

}  // namespace

const js::ClassInfo DomException::info{.name = "DOMException", .describe = describe};

// https://webidl.spec.whatwg.org/#dom-domexception-domexception
js::Js<std::unique_ptr<DomException>> DomException::construct(js::Env& env,
                                                              std::optional<js::UsvString> message,
                                                              js::OptionalValue options) {
  std::string name = "Error";
  if (options->IsObject()) {
    // DEVIATION: Node and Deno take an options bag with `name` and `cause`; the standard takes only
    // a name.
    js::Js<v8::Local<v8::Value>> given = js::member(env, options, "name");
    if (!given) return js::pass(given);
    options.value = *given;
  }
  if (!options->IsUndefined()) {
    js::Js<js::UsvString> text = js::FromJs<js::UsvString>::get(env, options);
    if (!text) return js::pass(text);
    name = std::move(text->value);
  }
  return std::make_unique<DomException>(message ? std::move(message->value) : std::string(),
                                        std::move(name));
}

void DomException::attached(js::Env& env) {
  (void)v8::Exception::CaptureStackTrace(env.context(), object(env.isolate()));
}

v8::Local<v8::Value> DomException::make(js::Env& env, const char* name, std::string_view message) {
  DomException& made = env.wrap_ref(std::make_unique<DomException>(std::string(message), name));
  made.attached(env);
  return made.object(env.isolate());
}

uint16_t DomException::code(js::Env&) const {
  for (const LegacyCode& legacy : kLegacyCodes)
    if (legacy.name[0] != '\0' && name_ == legacy.name) return legacy.code;
  return 0;
}

}  // namespace skerry::web
