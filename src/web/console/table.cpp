#include "web/console/table.h"

#include <algorithm>
#include <vector>

#include "js/convert.h"
#include "web/console/inspect.h"

namespace skerry::web {

namespace {

constexpr size_t kRowsMax = 1000;
constexpr size_t kColumnsMax = 50;

size_t width_of(std::string_view text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

struct Grid {
  std::vector<std::string> columns;            // the first is the index
  std::vector<std::vector<std::string>> rows;  // as long as columns, or shorter

  size_t column(const std::string& name) {
    auto found = std::find(columns.begin() + 1, columns.end(), name);
    if (found == columns.end()) {
      if (columns.size() == kColumnsMax) return 0;
      found = columns.insert(found, name);
    }
    return static_cast<size_t>(found - columns.begin());
  }
  static void set(std::vector<std::string>& row, size_t column, std::string text) {
    if (column == 0) return;
    if (row.size() <= column) row.resize(column + 1);
    row[column] = std::move(text);
  }
  std::string text() const;
};

std::string Grid::text() const {
  std::vector<size_t> widths;
  for (const std::string& name : columns) widths.push_back(width_of(name) + 2);
  for (const auto& row : rows)
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]) + 2);
  auto rule = [&](const char* left, const char* middle, const char* right) {
    std::string line = left;
    for (size_t i = 0; i < widths.size(); ++i) {
      if (i != 0) line += middle;
      for (size_t j = 0; j < widths[i]; ++j) line += "─";
    }
    return line + right;
  };
  auto cells = [&](const std::vector<std::string>& row) {
    std::string line = "│";
    for (size_t i = 0; i < widths.size(); ++i) {
      const std::string& cell = i < row.size() ? row[i] : std::string();
      line += " " + cell + std::string(widths[i] - width_of(cell) - 1, ' ') + "│";
    }
    return line;
  };
  std::string out = rule("┌", "┬", "┐") + "\n" + cells(columns) + "\n" + rule("├", "┼", "┤") + "\n";
  for (const auto& row : rows) out += cells(row) + "\n";
  return out + rule("└", "┴", "┘");
}

// The own data property; empty for accessors, which are not run.
v8::Local<v8::Value> own_value(js::Env& env, v8::Local<v8::Object> object,
                               v8::Local<v8::Name> key) {
  v8::Local<v8::Value> descriptor, value;
  v8::Local<v8::String> name = env.name("value");
  if (!object->GetOwnPropertyDescriptor(env.context(), key).ToLocal(&descriptor) ||
      !descriptor->IsObject() ||
      !descriptor.As<v8::Object>()->HasRealNamedProperty(env.context(), name).FromMaybe(false) ||
      !descriptor.As<v8::Object>()->Get(env.context(), name).ToLocal(&value))
    return {};
  return value;
}

v8::Local<v8::Array> keys_of(js::Env& env, v8::Local<v8::Object> object) {
  v8::Local<v8::Array> keys;
  constexpr auto kFilter = static_cast<v8::PropertyFilter>(v8::ONLY_ENUMERABLE | v8::SKIP_SYMBOLS);
  if (object->IsProxy() || !object
                                ->GetPropertyNames(env.context(), v8::KeyCollectionMode::kOwnOnly,
                                                   kFilter, v8::IndexFilter::kIncludeIndices,
                                                   v8::KeyConversionMode::kConvertToString)
                                .ToLocal(&keys))
    return v8::Array::New(env.isolate());
  return keys;
}

std::string cell_text(js::Env& env, v8::Local<v8::Value> value) {
  InspectOptions shallow;
  shallow.depth = 0;
  shallow.chars_max = 200;
  std::string text = inspect(env, value, shallow);
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

template <class Each>
void for_each_property(js::Env& env, v8::Local<v8::Object> object, size_t max, Each&& each) {
  v8::Local<v8::Array> keys = keys_of(env, object);
  for (uint32_t i = 0; i < keys->Length() && i < max; ++i) {
    v8::Local<v8::Value> key;
    if (!keys->Get(env.context(), i).ToLocal(&key) || !key->IsString()) continue;
    v8::Local<v8::Value> value = own_value(env, object, key.As<v8::Name>());
    each(js::to_utf8(env.isolate(), key.As<v8::String>()), value);
  }
}

}  // namespace

std::optional<std::string> format_table(js::Env& env, v8::Local<v8::Value> data) {
  if (!data->IsObject() || data->IsFunction() || data->IsProxy()) return std::nullopt;
  v8::TryCatch swallowed(env.isolate());
  Grid grid;
  grid.columns.push_back("(index)");
  std::vector<std::pair<size_t, std::string>>
      plain;  // rows that are no objects: their own last column
  for_each_property(
      env, data.As<v8::Object>(), kRowsMax, [&](const std::string& key, v8::Local<v8::Value> row) {
        std::vector<std::string>& cells = grid.rows.emplace_back(std::vector<std::string>{key});
        if (row.IsEmpty()) return;
        if (!row->IsObject() || row->IsFunction()) {
          plain.emplace_back(grid.rows.size() - 1, cell_text(env, row));
          return;
        }
        for_each_property(env, row.As<v8::Object>(), kColumnsMax,
                          [&](const std::string& name, v8::Local<v8::Value> value) {
                            Grid::set(cells, grid.column(name),
                                      value.IsEmpty() ? "[Getter]" : cell_text(env, value));
                          });
      });
  if (!plain.empty()) {
    grid.columns.push_back("Values");
    for (auto& [row, text] : plain)
      Grid::set(grid.rows[row], grid.columns.size() - 1, std::move(text));
  }
  if (swallowed.HasTerminated()) swallowed.ReThrow();
  return grid.text();
}

}  // namespace skerry::web
