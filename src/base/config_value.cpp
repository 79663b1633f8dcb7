#include "base/config_value.h"

namespace skerry {

ConfigValue::~ConfigValue() = default;

ConfigValue ConfigValue::null(SourcePosition at) {
  ConfigValue node;
  node.at_ = at;
  return node;
}

ConfigValue ConfigValue::boolean(bool value, SourcePosition at) {
  ConfigValue node = null(at);
  node.data_ = value;
  return node;
}

ConfigValue ConfigValue::number(double value, bool was_integer, SourcePosition at) {
  ConfigValue node = null(at);
  node.data_ = Number{value, was_integer};
  return node;
}

ConfigValue ConfigValue::string(std::string value, SourcePosition at) {
  ConfigValue node = null(at);
  node.data_ = std::move(value);
  return node;
}

ConfigValue ConfigValue::array(Array items, SourcePosition at) {
  ConfigValue node = null(at);
  node.data_ = std::make_unique<Array>(std::move(items));
  return node;
}

ConfigValue ConfigValue::object(Object members, SourcePosition at) {
  ConfigValue node = null(at);
  node.data_ = std::make_unique<Object>(std::move(members));
  return node;
}

bool ConfigValue::as_boolean() const {
  const bool* value = std::get_if<bool>(&data_);
  return value != nullptr && *value;
}

ConfigValue::Number ConfigValue::as_number() const {
  const Number* value = std::get_if<Number>(&data_);
  return value == nullptr ? Number{} : *value;
}

const std::string& ConfigValue::as_string() const {
  static const std::string empty;
  const std::string* value = std::get_if<std::string>(&data_);
  return value == nullptr ? empty : *value;
}

const ConfigValue::Array& ConfigValue::items() const {
  static const Array empty;
  const auto* items = std::get_if<std::unique_ptr<Array>>(&data_);
  return items == nullptr || *items == nullptr ? empty : **items;
}

const ConfigValue::Object& ConfigValue::members() const {
  static const Object empty;
  const auto* members = std::get_if<std::unique_ptr<Object>>(&data_);
  return members == nullptr || *members == nullptr ? empty : **members;
}

const ConfigMember* ConfigValue::find_member(std::string_view key) const {
  for (const ConfigMember& member : members()) {
    if (member.key == key) return &member;
  }
  return nullptr;
}

const ConfigValue* ConfigValue::find(std::string_view key) const {
  const ConfigMember* member = find_member(key);
  return member == nullptr ? nullptr : &member->value;
}

ConfigValue ConfigValue::clone() const {
  switch (type()) {
    case Type::null: return null(at_);
    case Type::boolean: return boolean(as_boolean(), at_);
    case Type::number: return number(as_number().value, as_number().was_integer, at_);
    case Type::string: return string(as_string(), at_);
    case Type::array: {
      Array copies;
      copies.reserve(items().size());
      for (const ConfigValue& item : items()) copies.push_back(item.clone());
      return array(std::move(copies), at_);
    }
    case Type::object: {
      Object copies;
      copies.reserve(members().size());
      for (const ConfigMember& member : members()) {
        copies.push_back({member.key, member.key_at, member.value.clone()});
      }
      return object(std::move(copies), at_);
    }
  }
  return null(at_);
}

std::string_view type_name(ConfigValue::Type type) {
  switch (type) {
    case ConfigValue::Type::null: return "null";
    case ConfigValue::Type::boolean: return "true or false";
    case ConfigValue::Type::number: return "a number";
    case ConfigValue::Type::string: return "a string";
    case ConfigValue::Type::array: return "an array";
    case ConfigValue::Type::object: return "an object";
  }
  return "nothing";
}

}  // namespace skerry
