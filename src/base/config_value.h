// A plain tree of configuration values (JSON, JSONC and TOML all read into it), each node with the
// place it was written at. Move-only, since a tree can be large; `clone` copies. Not thread-safe;
// free of V8 and of any parser.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace skerry {

// Both count from 1; the column counts characters (code points), as editors show it. 0:0 means
// "nowhere".
struct SourcePosition {
  uint32_t line = 0;
  uint32_t column = 0;
  friend bool operator==(SourcePosition, SourcePosition) = default;
};

struct ConfigMember;

class ConfigValue {
 public:
  enum class Type : uint8_t { null, boolean, number, string, array, object };
  using Array = std::vector<ConfigValue>;
  using Object = std::vector<ConfigMember>;  // in the order they were written; keys are unique

  struct Number {
    double value = 0;
    bool was_integer = false;  // written without fraction and exponent
  };

  ConfigValue() = default;
  ConfigValue(ConfigValue&&) noexcept = default;
  ConfigValue& operator=(ConfigValue&&) noexcept = default;
  ConfigValue(const ConfigValue&) = delete;
  ConfigValue& operator=(const ConfigValue&) = delete;
  ~ConfigValue();

  static ConfigValue null(SourcePosition at = {});
  static ConfigValue boolean(bool value, SourcePosition at = {});
  static ConfigValue number(double value, bool was_integer, SourcePosition at = {});
  static ConfigValue string(std::string value, SourcePosition at = {});
  static ConfigValue array(Array items, SourcePosition at = {});
  static ConfigValue object(Object members, SourcePosition at = {});

  Type type() const { return static_cast<Type>(data_.index()); }
  SourcePosition at() const { return at_; }
  bool is_null() const { return type() == Type::null; }
  bool is_boolean() const { return type() == Type::boolean; }
  bool is_number() const { return type() == Type::number; }
  bool is_string() const { return type() == Type::string; }
  bool is_array() const { return type() == Type::array; }
  bool is_object() const { return type() == Type::object; }

  // Each answers with an empty value of its type when the node has another type.
  bool as_boolean() const;
  Number as_number() const;
  const std::string& as_string() const;
  const Array& items() const;
  const Object& members() const;

  // The member of that name, or null if there is none or this is no object. Linear in the number of
  // members.
  const ConfigMember* find_member(std::string_view key) const;
  const ConfigValue* find(std::string_view key) const;

  ConfigValue clone() const;

 private:
  // The order is that of Type.
  std::variant<std::monostate, bool, Number, std::string, std::unique_ptr<Array>,
               std::unique_ptr<Object>>
      data_;
  SourcePosition at_;
};

struct ConfigMember {
  std::string key;
  SourcePosition key_at;
  ConfigValue value;
};

// "an object", "a string" … for messages.
std::string_view type_name(ConfigValue::Type type);

}  // namespace skerry
