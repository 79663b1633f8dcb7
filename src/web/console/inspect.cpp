#include "web/console/inspect.h"

#include <algorithm>
#include <cmath>

#include "js/convert.h"
#include "types/ascii.h"
#include "web/console/inspector.h"

namespace skerry::web {

namespace {

// Columns a text takes: its code points. Good enough for alignment.
size_t width_of(std::string_view text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

bool is_identifier(std::string_view text) {
  if (text.empty() || types::is_ascii_digit(text[0])) return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return types::is_ascii_alphanumeric(c) || c == '_'; });
}

void append_escaped(std::string& out, uint16_t unit) {
  switch (unit) {
    case '\n': out += "\\n"; return;
    case '\t': out += "\\t"; return;
    case '\r': out += "\\r"; return;
    case '\b': out += "\\b"; return;
    case '\f': out += "\\f"; return;
    case '\v': out += "\\v"; return;
    case '\\': out += "\\\\"; return;
    default: break;
  }
  char text[8];
  std::snprintf(text, sizeof text, unit < 0x100 ? "\\x%02X" : "\\u%04x", unit);
  out += text;
}

std::string joined(const std::vector<std::string>& parts, std::string_view separator) {
  std::string out;
  for (size_t i = 0; i < parts.size(); ++i) {
    if (i != 0) out += separator;
    out += parts[i];
  }
  return out;
}

}  // namespace

std::string inspect(js::Env& env, v8::Local<v8::Value> value, const InspectOptions& options) {
  v8::HandleScope scope(env.isolate());
  v8::TryCatch swallowed(env.isolate());
  std::string text = Inspector(env, options).value(value, 0);
  // A termination must go on; anything else that went wrong is a hole in the text.
  if (swallowed.HasTerminated()) swallowed.ReThrow();
  return text;
}

std::string Inspector::value(v8::Local<v8::Value> value, int level) {
  if (value->IsObject()) return object(value.As<v8::Object>(), level);
  if (value->IsString()) return quoted(value.As<v8::String>());
  return primitive(value);
}

std::string Inspector::nested(v8::Local<v8::Value> value, int level) {
  std::string text = this->value(value, level + 1);
  budget_ -= static_cast<int>(text.size());
  return text;
}

std::string Inspector::primitive(v8::Local<v8::Value> value) {
  if (value->IsSymbol()) return symbol(value.As<v8::Symbol>());
  if (value->IsNumber()) {
    double number = value.As<v8::Number>()->Value();
    if (number == 0 && std::signbit(number)) return "-0";
  }
  v8::Local<v8::String> text;
  if (!value->ToString(context_).ToLocal(&text)) return "<unknown>";
  return text_of(text) + (value->IsBigInt() ? "n" : "");
}

std::string Inspector::text_of(v8::Local<v8::String> text) {
  return js::to_utf8(isolate_, text);
}

std::string Inspector::symbol(v8::Local<v8::Symbol> symbol) {
  v8::Local<v8::Value> description = symbol->Description(isolate_);
  if (!description->IsString()) return "Symbol()";
  return "Symbol(" + text_of(description.As<v8::String>()) + ")";
}

std::string Inspector::quoted(v8::Local<v8::String> text) {
  const int length = text->Length();
  const int shown = std::min(length, options_.chars_max);
  std::u16string units;
  units.resize(static_cast<size_t>(shown));
  text->WriteV2(isolate_, 0, static_cast<uint32_t>(shown),
                reinterpret_cast<uint16_t*>(units.data()));
  // The quote that needs no escaping, if there is one.
  char quote = '\'';
  if (units.contains(u'\'')) {
    if (!units.contains(u'"'))
      quote = '"';
    else if (!units.contains(u'`') && !units.contains(u"${"))
      quote = '`';
  }
  std::string out(1, quote);
  std::u16string run;
  auto flush = [&] {
    if (run.empty()) return;
    v8::Local<v8::String> part;
    if (v8::String::NewFromTwoByte(isolate_, reinterpret_cast<const uint16_t*>(run.data()),
                                   v8::NewStringType::kNormal, static_cast<int>(run.size()))
            .ToLocal(&part))
      out += text_of(part);
    run.clear();
  };
  for (size_t i = 0; i < units.size(); ++i) {
    const char16_t unit = units[i];
    const bool high = (unit & 0xFC00) == 0xD800;
    const bool pair = high && i + 1 < units.size() && (units[i + 1] & 0xFC00) == 0xDC00;
    if (pair) {
      run += unit;
      run += units[++i];
    } else if (unit < 0x20 || unit == '\\' || (unit >= 0x7F && unit < 0xA0) ||
               (unit & 0xF800) == 0xD800) {
      flush();
      append_escaped(out, unit);
    } else if (unit == static_cast<char16_t>(quote)) {
      flush();
      out += '\\';
      out += quote;
    } else {
      run += unit;
    }
  }
  flush();
  out += quote;
  if (shown < length) {
    const int left = length - shown;
    out += "... " + std::to_string(left) + " more character" + (left == 1 ? "" : "s");
  }
  return out;
}

std::string Inspector::key_text(v8::Local<v8::Name> key) {
  if (key->IsSymbol()) return "[" + symbol(key.As<v8::Symbol>()) + "]";
  std::string text = text_of(key.As<v8::String>());
  return is_identifier(text) ? text : quoted(key.As<v8::String>());
}

Inspector::Property Inspector::own_property(v8::Local<v8::Object> object, v8::Local<v8::Name> key) {
  v8::Local<v8::Value> described;
  if (object->IsProxy() || !object->GetOwnPropertyDescriptor(context_, key).ToLocal(&described) ||
      !described->IsObject())
    return {};
  v8::Local<v8::Object> descriptor = described.As<v8::Object>();
  // Own properties only: Object.prototype may carry a getter of that name.
  auto has = [&](const char* name) {
    return descriptor->HasRealNamedProperty(context_, env_.name(name)).FromMaybe(false);
  };
  auto get = [&](const char* name) {
    v8::Local<v8::Value> value;
    if (!descriptor->Get(context_, env_.name(name)).ToLocal(&value))
      return v8::Undefined(isolate_).As<v8::Value>();
    return value;
  };
  if (has("value")) return {Property::Kind::data, get("value")};
  const bool getter = has("get") && get("get")->IsFunction();
  const bool setter = has("set") && get("set")->IsFunction();
  if (getter) return {setter ? Property::Kind::both : Property::Kind::getter, get("get")};
  return {setter ? Property::Kind::setter : Property::Kind::none, {}};
}

// Undefined when it is not an own data property.
v8::Local<v8::Value> Inspector::own_data(v8::Local<v8::Object> object, const char* key) {
  Property property = own_property(object, env_.name(key));
  if (property.kind != Property::Kind::data) return v8::Undefined(isolate_);
  return property.data;
}

v8::Local<v8::Value> Inspector::inherited_data(v8::Local<v8::Object> object,
                                               v8::Local<v8::Name> key) {
  for (int hops = 0; hops < 64 && !object->IsProxy(); ++hops) {
    Property property = own_property(object, key);
    if (property.kind == Property::Kind::data) return property.data;
    v8::Local<v8::Value> parent = object->GetPrototypeV2();
    if (property.kind != Property::Kind::none || !parent->IsObject()) break;
    object = parent.As<v8::Object>();
  }
  return v8::Undefined(isolate_);
}

// For accessors that the engine itself puts on objects, as `stack` on errors.
v8::Local<v8::Value> Inspector::native_getter_result(v8::Local<v8::Object> object,
                                                     const char* key) {
  Property property = own_property(object, env_.name(key));
  if (property.kind == Property::Kind::data) return property.data;
  v8::Local<v8::Value> result = v8::Undefined(isolate_);
  if (property.data.IsEmpty() || property.data->IsProxy()) return result;
  v8::Local<v8::Function> getter = property.data.As<v8::Function>();
  if (getter->ScriptId() != v8::UnboundScript::kNoScriptId ||
      !getter->GetBoundFunction()->IsUndefined())
    return result;
  v8::TryCatch swallowed(isolate_);
  v8::Local<v8::Value> value;
  if (getter->Call(context_, object, 0, nullptr).ToLocal(&value)) result = value;
  if (swallowed.HasTerminated()) swallowed.ReThrow();
  return result;
}

// The name of the function that is the nearest `constructor` up the chain; empty where the chain
// has none.
std::string Inspector::constructor_name(v8::Local<v8::Object> object) {
  v8::Local<v8::Value> parent = object->GetPrototypeV2();
  for (int hops = 0; hops < 64 && parent->IsObject() && !parent->IsProxy(); ++hops) {
    v8::Local<v8::Object> prototype = parent.As<v8::Object>();
    v8::Local<v8::Value> constructor = own_data(prototype, "constructor");
    if (constructor->IsFunction() && !constructor->IsProxy()) {
      v8::Local<v8::Value> name = constructor.As<v8::Function>()->GetName();
      if (name->IsString() && name.As<v8::String>()->Length() != 0)
        return text_of(name.As<v8::String>());
    }
    parent = prototype->GetPrototypeV2();
  }
  return {};
}

std::string Inspector::tag_of(v8::Local<v8::Object> object, std::string_view name) {
  v8::Local<v8::Value> tag = inherited_data(object, v8::Symbol::GetToStringTag(isolate_));
  if (!tag->IsString()) return {};
  std::string text = text_of(tag.As<v8::String>());
  return text.empty() || text == name ? std::string() : text;
}

// "Foo(2) [tag] ", or nothing where the braces say it all.
std::string Inspector::prefix(v8::Local<v8::Object> object, std::string_view fallback,
                              int64_t size) {
  std::string name = constructor_name(object);
  std::string tag = tag_of(object, name);
  std::string out;
  if (name.empty()) {
    out = "[" + std::string(fallback);
    if (size >= 0) out += "(" + std::to_string(size) + ")";
    out += ": null prototype] ";
  } else {
    out = name;
    if (size >= 0) out += "(" + std::to_string(size) + ")";
    out += " ";
  }
  if (!tag.empty()) out += "[" + tag + "] ";
  return out;
}

void Inspector::add_more(size_t left, Shape& shape) {
  if (left == 0) return;
  shape.has_more = true;
  shape.entries.push_back("... " + std::to_string(left) + " more item" + (left == 1 ? "" : "s"));
}

void Inspector::add_property(v8::Local<v8::Object> object, v8::Local<v8::Name> key, int level,
                             Shape& shape) {
  Property property = own_property(object, key);
  std::string text = key_text(key) + ": ";
  switch (property.kind) {
    case Property::Kind::none: text += "<uninitialized>"; break;
    case Property::Kind::data: text += nested(property.data, level); break;
    case Property::Kind::getter: text += "[Getter]"; break;
    case Property::Kind::setter: text += "[Setter]"; break;
    case Property::Kind::both: text += "[Getter/Setter]"; break;
  }
  shape.entries.push_back(std::move(text));
}

void Inspector::add_hidden(v8::Local<v8::Object> object, const char* key, int level, Shape& shape) {
  v8::Local<v8::Name> name = env_.name(key);
  if (object->IsProxy() || !object->HasRealNamedProperty(context_, name).FromMaybe(false)) return;
  v8::PropertyAttribute attributes = v8::None;
  if (!object->GetPropertyAttributes(context_, name).To(&attributes)) return;
  if ((attributes & v8::DontEnum) == 0) return;
  shape.entries.push_back("[" + std::string(key) + "]: " + nested(own_data(object, key), level));
}

void Inspector::add_own_properties(v8::Local<v8::Object> object, int level, Shape& shape) {
  v8::Local<v8::Array> keys;
  if (!object
           ->GetPropertyNames(context_, v8::KeyCollectionMode::kOwnOnly, v8::ONLY_ENUMERABLE,
                              shape.skip_indices ? v8::IndexFilter::kSkipIndices
                                                 : v8::IndexFilter::kIncludeIndices,
                              v8::KeyConversionMode::kConvertToString)
           .ToLocal(&keys))
    return;
  for (uint32_t i = 0; i < keys->Length(); ++i) {
    // Node shows every property; a bound keeps one log line from taking the event's CPU time.
    if (budget_ <= 0) return add_more(keys->Length() - i, shape);
    v8::Local<v8::Value> key;
    if (keys->Get(context_, i).ToLocal(&key) && key->IsName())
      add_property(object, key.As<v8::Name>(), level, shape);
  }
}

// Many short entries share lines, aligned in columns.
std::vector<std::string> Inspector::in_columns(const Shape& shape) const {
  size_t widest = 0;
  size_t total = 0;
  // "... 20 more items" is no part of the grid.
  const size_t count = shape.entries.size() - (shape.has_more ? 1 : 0);
  for (size_t i = 0; i < count; ++i) {
    const std::string& entry = shape.entries[i];
    if (entry.contains('\n')) return shape.entries;
    widest = std::max(widest, width_of(entry));
    total += width_of(entry) + 2;
  }
  const size_t column = widest + 2;
  const size_t room = static_cast<size_t>(options_.line_width - std::min(indentation_, 40));
  // One long entry among short ones would leave the lines mostly empty.
  if (column * 3 > room || (widest > 6 && total * 2 < column * count)) return shape.entries;
  // About as many columns as make the grid look square, a character being taller than wide.
  const double square = std::sqrt(2.5 * static_cast<double>(count) / static_cast<double>(column));
  const size_t columns =
      std::clamp<size_t>(static_cast<size_t>(square) + 1, 1, std::min<size_t>(room / column, 16));
  if (columns <= 1) return shape.entries;
  std::vector<std::string> lines;
  for (size_t start = 0; start < count; start += columns) {
    const size_t end = std::min(start + columns, count);
    std::string line;
    for (size_t i = start; i < end; ++i) {
      const std::string& entry = shape.entries[i];
      const std::string padding(widest - width_of(entry), ' ');
      if (shape.numeric) line += padding;
      line += entry;
      if (i + 1 == end) continue;
      line += ", ";
      if (!shape.numeric) line += padding;
    }
    lines.push_back(std::move(line));
  }
  if (shape.has_more) lines.push_back(shape.entries.back());
  return lines;
}

// One line for what is short and not deep, a line for each entry otherwise.
std::string Inspector::layout(Shape& shape, int level) {
  const std::string base = shape.base.empty() ? std::string() : shape.base + " ";
  const size_t count = shape.entries.size();
  if (count == 0) {
    if (!shape.base.empty()) return shape.base;
    return shape.open + shape.close;
  }
  if (shape.is_list && count > 6) shape.entries = in_columns(shape);
  // At most three levels share a line, and entries that columns were made of stay as they are.
  if (deepest_ - level < 3 && shape.entries.size() == count) {
    size_t length =
        count + width_of(shape.open) + width_of(base) + static_cast<size_t>(indentation_) + 10;
    bool single = !base.contains('\n');
    for (const std::string& entry : shape.entries) {
      length += width_of(entry);
      single = single && !entry.contains('\n');
    }
    if (single && length + count <= static_cast<size_t>(options_.line_width))
      return base + shape.open + " " + joined(shape.entries, ", ") + " " + shape.close;
  }
  const std::string line = "\n" + std::string(static_cast<size_t>(indentation_), ' ');
  return base + shape.open + line + "  " + joined(shape.entries, "," + line + "  ") + line +
         shape.close;
}

}  // namespace skerry::web
