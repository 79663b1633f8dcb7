// The walk behind inspect(): one object for one call.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "web/console/inspect.h"

namespace skerry::web {

class Inspector {
 public:
  Inspector(js::Env& env, const InspectOptions& options)
      : env_(env),
        isolate_(env.isolate()),
        context_(env.context()),
        options_(options),
        budget_(options.total_max) {}

  std::string value(v8::Local<v8::Value> value, int level);

 private:
  // What an object becomes: base {entries}, or base alone when there are no entries.
  struct Shape {
    std::string base;  // printed instead of braces when there is nothing inside
    std::string open = "{";
    std::string close = "}";
    std::vector<std::string> entries;
    bool is_list = false;       // array-like: short entries share lines
    bool skip_indices = false;  // own properties that are indices are entries already
    bool has_more = false;      // the last entry says how many are missing
    bool numeric = false;       // a list of numbers is aligned to the right
  };
  struct Property {
    enum class Kind : uint8_t { none, data, getter, setter, both };
    Kind kind = Kind::none;
    v8::Local<v8::Value> data;
  };

  std::string primitive(v8::Local<v8::Value> value);
  std::string quoted(v8::Local<v8::String> text);
  std::string text_of(v8::Local<v8::String> text);
  std::string symbol(v8::Local<v8::Symbol> symbol);
  std::string object(v8::Local<v8::Object> object, int level);
  std::string body(v8::Local<v8::Object> object, int level);
  std::string layout(Shape& shape, int level);
  std::vector<std::string> in_columns(const Shape& shape) const;

  // Each fills the shape when the object is of its kind.
  bool as_collection(v8::Local<v8::Object> object, int level, Shape& shape);
  bool as_buffer(v8::Local<v8::Object> object, int level, Shape& shape);
  bool as_leaf(v8::Local<v8::Object> object, Shape& shape);
  bool as_host_object(v8::Local<v8::Object> object, int level, Shape& shape);
  void as_dom_exception(v8::Local<v8::Object> object, const js::ClassInfo& info, Shape& shape);
  void as_array(v8::Local<v8::Array> array, int level, Shape& shape);
  void as_map(v8::Local<v8::Array> pairs, int level, Shape& shape);
  void as_set(v8::Local<v8::Array> values, int level, Shape& shape);
  void as_promise(v8::Local<v8::Promise> promise, int level, Shape& shape);
  void as_error(v8::Local<v8::Object> error, Shape& shape);
  void as_function(v8::Local<v8::Function> function, Shape& shape);
  void add_own_properties(v8::Local<v8::Object> object, int level, Shape& shape);
  void add_property(v8::Local<v8::Object> object, v8::Local<v8::Name> key, int level, Shape& shape);
  void add_hidden(v8::Local<v8::Object> object, const char* key, int level, Shape& shape);
  void add_more(size_t left, Shape& shape);
  bool add_typed_element(v8::Local<v8::Object> array, size_t index, Shape& shape);

  Property own_property(v8::Local<v8::Object> object, v8::Local<v8::Name> key);
  v8::Local<v8::Value> own_data(v8::Local<v8::Object> object, const char* key);
  v8::Local<v8::Value> inherited_data(v8::Local<v8::Object> object, v8::Local<v8::Name> key);
  v8::Local<v8::Value> native_getter_result(v8::Local<v8::Object> object, const char* key);
  std::string constructor_name(v8::Local<v8::Object> object);
  std::string tag_of(v8::Local<v8::Object> object, std::string_view name);
  std::string prefix(v8::Local<v8::Object> object, std::string_view fallback, int64_t size = -1);
  std::string key_text(v8::Local<v8::Name> key);
  std::string nested(v8::Local<v8::Value> value, int level);
  size_t entries_max() const { return static_cast<size_t>(options_.entries_max); }

  js::Env& env_;
  v8::Isolate* isolate_;
  v8::Local<v8::Context> context_;
  const InspectOptions& options_;
  int budget_;
  int indentation_ = 0;
  int deepest_ = 0;  // level of the object printed last
  std::vector<v8::Local<v8::Object>> seen_;
  std::vector<v8::Local<v8::Object>> circular_;  // position + 1 is the number of the reference
};

}  // namespace skerry::web
