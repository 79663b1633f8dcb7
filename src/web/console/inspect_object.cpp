// The kinds of objects inspect() knows.
#include <algorithm>
#include <cmath>

#include "js/class_table.h"
#include "js/convert.h"
#include "web/console/inspector.h"

namespace skerry::web {

namespace {

void indent_lines(std::string& text, int indentation) {
  const std::string spaces(static_cast<size_t>(indentation), ' ');
  for (size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 1))
    text.insert(at + 1, spaces);
}

bool is_boxed(v8::Local<v8::Object> object) {
  return object->IsNumberObject() || object->IsStringObject() || object->IsBooleanObject() ||
         object->IsSymbolObject() || object->IsBigIntObject();
}

bool is_plain(v8::Local<v8::Object> object) {
  return !object->IsArray() && !object->IsMap() && !object->IsSet() && !object->IsPromise() &&
         !object->IsArrayBuffer() && !object->IsArrayBufferView() &&
         js::wrapped_of(object) == nullptr;
}

}  // namespace

std::string Inspector::object(v8::Local<v8::Object> object, int level) {
  // A proxy is shown as what it stands for, without asking it.
  for (int hops = 0; object->IsProxy(); ++hops) {
    v8::Local<v8::Value> target = object.As<v8::Proxy>()->GetTarget();
    if (!target->IsObject()) return "<Revoked Proxy>";
    if (hops == 64) return "[Proxy]";
    object = target.As<v8::Object>();
  }
  if (std::find(seen_.begin(), seen_.end(), object) != seen_.end()) {
    auto found = std::find(circular_.begin(), circular_.end(), object);
    if (found == circular_.end()) found = circular_.insert(found, object);
    return "[Circular *" + std::to_string(found - circular_.begin() + 1) + "]";
  }
  std::string text = body(object, level);
  auto found = std::find(circular_.begin(), circular_.end(), object);
  if (found == circular_.end()) return text;
  return "<ref *" + std::to_string(found - circular_.begin() + 1) + "> " + text;
}

std::string Inspector::body(v8::Local<v8::Object> object, int level) {
  Shape shape;
  v8::Local<v8::Array> keys;
  const bool leaf = as_leaf(object, shape);
  // Elements count as keys without being listed: the list of a large array's would not fit in the
  // heap.
  const size_t elements = object->IsArray()        ? object.As<v8::Array>()->Length()
                          : object->IsTypedArray() ? object.As<v8::TypedArray>()->Length()
                                                   : 0;
  const bool has_keys =
      object
          ->GetPropertyNames(context_, v8::KeyCollectionMode::kOwnOnly, v8::ONLY_ENUMERABLE,
                             shape.skip_indices || elements != 0 ? v8::IndexFilter::kSkipIndices
                                                                 : v8::IndexFilter::kIncludeIndices)
          .ToLocal(&keys) &&
      (keys->Length() != 0 || elements != 0);
  const bool is_error = object->IsNativeError();
  if (leaf && !has_keys && !is_error) return shape.base;
  if (level > options_.depth && (has_keys || !leaf)) {
    if (object->IsArray() && object.As<v8::Array>()->Length() != 0) return "[Array]";
    std::string name = constructor_name(object);
    if (is_error) return "[" + name + "]";
    if (!object->IsArray() && (has_keys || name != "Object"))
      return "[" + (name.empty() ? "Object: null prototype" : name) + "]";
  }
  if (!has_keys && object->IsArray() && object.As<v8::Array>()->Length() == 0 &&
      constructor_name(object) == "Array")
    return "[]";
  if (has_keys || leaf || !is_plain(object)) deepest_ = level;
  seen_.push_back(object);
  indentation_ += 2;
  if (is_error) {
    as_error(object, shape);
  } else if (!leaf && !as_buffer(object, level, shape) && !as_collection(object, level, shape) &&
             !as_host_object(object, level, shape)) {
    std::string text = prefix(object, "Object");
    if (text != "Object ") shape.open = text + "{";
  }
  add_own_properties(object, level, shape);
  if (is_error) {
    add_hidden(object, "cause", level, shape);
    add_hidden(object, "errors", level, shape);
  }
  indentation_ -= 2;
  seen_.pop_back();
  if (is_error) indent_lines(shape.base, indentation_);
  return layout(shape, level);
}

bool Inspector::as_leaf(v8::Local<v8::Object> object, Shape& shape) {
  if (object->IsFunction()) {
    as_function(object.As<v8::Function>(), shape);
  } else if (object->IsNativeError()) {
    shape.base = "[Error]";
  } else if (object->IsRegExp()) {
    v8::Local<v8::RegExp> regexp = object.As<v8::RegExp>();
    shape.base = "/" + text_of(regexp->GetSource()) + "/";
    const int flags = regexp->GetFlags();
    constexpr std::pair<int, char> kFlags[] = {
        {v8::RegExp::kHasIndices, 'd'},  {v8::RegExp::kGlobal, 'g'}, {v8::RegExp::kIgnoreCase, 'i'},
        {v8::RegExp::kMultiline, 'm'},   {v8::RegExp::kDotAll, 's'}, {v8::RegExp::kUnicode, 'u'},
        {v8::RegExp::kUnicodeSets, 'v'}, {v8::RegExp::kSticky, 'y'}};
    for (auto [flag, letter] : kFlags)
      if ((flags & flag) != 0) shape.base += letter;
  } else if (object->IsDate()) {
    v8::Local<v8::Date> date = object.As<v8::Date>();
    shape.base = std::isnan(date->ValueOf()) ? "Invalid Date" : text_of(date->ToISOString());
  } else if (is_boxed(object)) {
    v8::Local<v8::Value> inner;
    const char* kind = "Number";
    if (object->IsStringObject()) {
      kind = "String";
      inner = object.As<v8::StringObject>()->ValueOf();
      shape.skip_indices = true;
    } else if (object->IsBooleanObject()) {
      kind = "Boolean";
      inner = v8::Boolean::New(isolate_, object.As<v8::BooleanObject>()->ValueOf());
    } else if (object->IsSymbolObject()) {
      kind = "Symbol";
      inner = object.As<v8::SymbolObject>()->ValueOf();
    } else if (object->IsBigIntObject()) {
      kind = "BigInt";
      inner = object.As<v8::BigIntObject>()->ValueOf();
    } else {
      inner = v8::Number::New(isolate_, object.As<v8::NumberObject>()->ValueOf());
    }
    shape.base = "[" + std::string(kind) + ": " + value(inner, 0) + "]";
  } else if (object->IsExternal()) {
    shape.base = "[External]";
  } else {
    return false;
  }
  return true;
}

void Inspector::as_function(v8::Local<v8::Function> function, Shape& shape) {
  std::string kind = "Function";
  if (function->IsAsyncFunction())
    kind = "AsyncFunction";
  else if (function->IsGeneratorFunction())
    kind = "GeneratorFunction";
  v8::Local<v8::String> source;
  bool is_class = false;
  if (function->FunctionProtoToString(context_).ToLocal(&source) && source->Length() > 5) {
    std::string start = text_of(source).substr(0, 24);
    is_class = start.starts_with("class") && !start.starts_with("class(");
    if (start.starts_with("async") && start.contains('*')) kind = "AsyncGeneratorFunction";
  }
  v8::Local<v8::Value> given = function->GetName();
  std::string name = given->IsString() ? text_of(given.As<v8::String>()) : std::string();
  if (!is_class) {
    shape.base = name.empty() ? "[" + kind + " (anonymous)]" : "[" + kind + ": " + name + "]";
    return;
  }
  shape.base = "[class " + (name.empty() ? "(anonymous)" : name);
  v8::Local<v8::Value> parent = function->GetPrototypeV2();
  if (parent->IsFunction() && !parent->IsProxy()) {
    v8::Local<v8::Value> parent_name = parent.As<v8::Function>()->GetName();
    if (parent_name->IsString() && parent_name.As<v8::String>()->Length() != 0)
      shape.base += " extends " + text_of(parent_name.As<v8::String>());
  }
  shape.base += "]";
}

void Inspector::as_error(v8::Local<v8::Object> error, Shape& shape) {
  v8::Local<v8::Value> stack = native_getter_result(error, "stack");
  std::string text;
  if (stack->IsString()) text = text_of(stack.As<v8::String>());
  if (text.empty()) {
    v8::Local<v8::Value> name = inherited_data(error, env_.name("name"));
    v8::Local<v8::Value> message = inherited_data(error, env_.name("message"));
    text = name->IsString() ? text_of(name.As<v8::String>()) : "Error";
    if (message->IsString() && message.As<v8::String>()->Length() != 0)
      text += ": " + text_of(message.As<v8::String>());
  }
  if (!text.contains("\n    at ")) text = "[" + text + "]";
  shape.base = std::move(text);
}

bool Inspector::as_collection(v8::Local<v8::Object> object, int level, Shape& shape) {
  if (object->IsArray()) {
    as_array(object.As<v8::Array>(), level, shape);
  } else if (object->IsMap()) {
    v8::Local<v8::Map> map = object.As<v8::Map>();
    shape.open = prefix(object, "Map", static_cast<int64_t>(map->Size())) + "{";
    as_map(map->AsArray(), level, shape);
  } else if (object->IsSet()) {
    v8::Local<v8::Set> set = object.As<v8::Set>();
    shape.open = prefix(object, "Set", static_cast<int64_t>(set->Size())) + "{";
    as_set(set->AsArray(), level, shape);
  } else if (object->IsMapIterator() || object->IsSetIterator()) {
    bool pairs = false;
    v8::Local<v8::Array> left;
    shape.open = object->IsMapIterator() ? "[Map Iterator] {" : "[Set Iterator] {";
    if (object->PreviewEntries(&pairs).ToLocal(&left)) {
      if (pairs)
        as_map(left, level, shape);
      else
        as_set(left, level, shape);
    }
  } else if (object->IsPromise()) {
    shape.open = prefix(object, "Promise") + "{";
    as_promise(object.As<v8::Promise>(), level, shape);
  } else if (object->IsWeakMap() || object->IsWeakSet()) {
    shape.open = prefix(object, object->IsWeakMap() ? "WeakMap" : "WeakSet") + "{";
    shape.entries.push_back("<items unknown>");
  } else if (object->IsModuleNamespaceObject()) {
    shape.open = "[Module: null prototype] {";
  } else if (object->IsGeneratorObject()) {
    shape.open = "Object [Generator] {";
  } else if (object->IsArgumentsObject()) {
    shape.open = "[Arguments] {";
  } else {
    return false;
  }
  return true;
}

void Inspector::as_array(v8::Local<v8::Array> array, int level, Shape& shape) {
  const uint32_t length = array->Length();
  std::string text = prefix(array, "Array", length);
  const bool plain = text == "Array(" + std::to_string(length) + ") ";
  shape.open = (plain ? "" : text) + "[";
  shape.close = "]";
  shape.is_list = true;
  shape.skip_indices = true;
  shape.numeric = length != 0;
  // Indices that exist, asked for only once a hole was met: a sparse array may be very long.
  v8::Local<v8::Array> present;
  uint32_t next_present = 0;
  for (uint32_t i = 0; i < length;) {
    if (shape.entries.size() >= entries_max() || budget_ <= 0) return add_more(length - i, shape);
    v8::Local<v8::String> key;
    if (!v8::Integer::NewFromUnsigned(isolate_, i)->ToString(context_).ToLocal(&key)) return;
    Property property = own_property(array, key);
    if (property.kind == Property::Kind::data) {
      shape.numeric = shape.numeric && (property.data->IsNumber() || property.data->IsBigInt());
      shape.entries.push_back(nested(property.data, level));
      ++i;
      continue;
    }
    shape.numeric = false;
    if (property.kind != Property::Kind::none) {
      shape.entries.push_back(property.kind == Property::Kind::both     ? "[Getter/Setter]"
                              : property.kind == Property::Kind::getter ? "[Getter]"
                                                                        : "[Setter]");
      ++i;
      continue;
    }
    if (present.IsEmpty() &&
        !array
             ->GetPropertyNames(context_, v8::KeyCollectionMode::kOwnOnly, v8::SKIP_SYMBOLS,
                                v8::IndexFilter::kIncludeIndices)
             .ToLocal(&present))
      return;
    uint32_t until = length;
    for (; next_present < present->Length(); ++next_present) {
      v8::Local<v8::Value> index;
      if (!present->Get(context_, next_present).ToLocal(&index) || !index->IsUint32()) break;
      if (index.As<v8::Uint32>()->Value() <= i) continue;
      until = std::min(index.As<v8::Uint32>()->Value(), length);
      break;
    }
    const uint32_t holes = until - i;
    shape.entries.push_back("<" + std::to_string(holes) + " empty item" +
                            (holes == 1 ? ">" : "s>"));
    i = until;
  }
}

void Inspector::as_map(v8::Local<v8::Array> pairs, int level, Shape& shape) {
  const uint32_t count = pairs->Length() / 2;
  for (uint32_t i = 0; i < count; ++i) {
    if (i >= entries_max() || budget_ <= 0) return add_more(count - i, shape);
    v8::Local<v8::Value> key, item;
    if (!pairs->Get(context_, i * 2).ToLocal(&key) ||
        !pairs->Get(context_, i * 2 + 1).ToLocal(&item))
      return;
    std::string text = nested(key, level) + " => ";
    shape.entries.push_back(text + nested(item, level));
  }
}

void Inspector::as_set(v8::Local<v8::Array> values, int level, Shape& shape) {
  const uint32_t count = values->Length();
  for (uint32_t i = 0; i < count; ++i) {
    if (i >= entries_max() || budget_ <= 0) return add_more(count - i, shape);
    v8::Local<v8::Value> item;
    if (values->Get(context_, i).ToLocal(&item)) shape.entries.push_back(nested(item, level));
  }
}

void Inspector::as_promise(v8::Local<v8::Promise> promise, int level, Shape& shape) {
  switch (promise->State()) {
    case v8::Promise::kPending: shape.entries.push_back("<pending>"); break;
    case v8::Promise::kFulfilled: shape.entries.push_back(nested(promise->Result(), level)); break;
    case v8::Promise::kRejected:
      shape.entries.push_back("<rejected> " + nested(promise->Result(), level));
      break;
  }
}

bool Inspector::as_buffer(v8::Local<v8::Object> object, int level, Shape& shape) {
  if (object->IsArrayBuffer() || object->IsSharedArrayBuffer()) {
    std::span<uint8_t> bytes = *js::buffer_source(object);
    const bool shared = object->IsSharedArrayBuffer();
    shape.open = prefix(object, shared ? "SharedArrayBuffer" : "ArrayBuffer") + "{";
    if (!shared && object.As<v8::ArrayBuffer>()->WasDetached()) {
      shape.entries.push_back("(detached)");
    } else {
      std::string contents = "[Uint8Contents]: <";
      const size_t shown = std::min<size_t>(bytes.size(), 50);
      char hex[4];
      for (size_t i = 0; i < shown; ++i) {
        std::snprintf(hex, sizeof hex, i == 0 ? "%02x" : " %02x", bytes[i]);
        contents += hex;
      }
      if (shown < bytes.size()) {
        const size_t left = bytes.size() - shown;
        contents += " ... " + std::to_string(left) + " more byte" + (left == 1 ? "" : "s");
      }
      shape.entries.push_back(contents + ">");
    }
    shape.entries.push_back("byteLength: " + std::to_string(bytes.size()));
    return true;
  }
  if (object->IsTypedArray()) {
    const size_t length = object.As<v8::TypedArray>()->Length();
    shape.open = prefix(object, "TypedArray", static_cast<int64_t>(length)) + "[";
    shape.close = "]";
    shape.is_list = shape.numeric = shape.skip_indices = true;
    for (size_t i = 0; i < length; ++i) {
      if (i >= entries_max()) {
        add_more(length - i, shape);
        break;
      }
      v8::Local<v8::Value> element;
      if (!object->Get(context_, static_cast<uint32_t>(i)).ToLocal(&element)) break;
      shape.entries.push_back(primitive(element));
    }
    return true;
  }
  if (object->IsDataView()) {
    v8::Local<v8::DataView> view = object.As<v8::DataView>();
    shape.open = prefix(object, "DataView") + "{";
    shape.entries.push_back("byteLength: " + std::to_string(view->ByteLength()));
    shape.entries.push_back("byteOffset: " + std::to_string(view->ByteOffset()));
    shape.entries.push_back("buffer: " + nested(view->Buffer(), level));
    return true;
  }
  return false;
}

}  // namespace skerry::web
