// FormData: https://xhr.spec.whatwg.org/#interface-formdata, from bodies and into them.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "web/file/blob.h"

namespace skerry::web {

class FormData final : public js::Wrapped {
 public:
  using Value = v8::Local<v8::Value>;
  static const js::ClassInfo info;
  static constexpr const char* iterator_name = "FormData Iterator";
  FormData() : Wrapped(info) {}

  static js::Js<std::unique_ptr<FormData>> construct(js::Env& env, js::Rest arguments);
  js::Js<> append(js::Env& env, js::UsvString name, Value value, js::Rest rest);
  void remove(js::Env& env, js::UsvString name);
  Value get(js::Env& env, js::UsvString name);
  Value get_all(js::Env& env, js::UsvString name);
  bool has(js::Env& env, js::UsvString name);
  js::Js<> set(js::Env& env, js::UsvString name, Value value, js::Rest rest);
  js::Js<> for_each(js::Env& env, v8::Local<v8::Function> callback,
                    std::optional<v8::Local<v8::Value>> receiver);
  js::Js<Value> entries(js::Env& env);
  js::Js<Value> keys(js::Env& env);
  js::Js<Value> values(js::Env& env);

  // For iterators: one half of an entry.
  struct Half {
    FormData* form;
    size_t index;
    bool is_name;
  };
  std::optional<std::pair<Half, Half>> pair_at(size_t index);
  static Value pair_text(js::Env& env, const Half& half);

  // https://html.spec.whatwg.org/#multipart/form-data-encoding-algorithm; files are not copied.
  js::Js<BlobData> serialize(js::Env& env, std::string_view boundary);
  // https://fetch.spec.whatwg.org/#dom-body-formdata; a TypeError for anything but a form.
  static js::Js<Value> parse(js::Env& env, std::string_view bytes, std::string_view content_type);

  // Nothing lives outside the entries, so the object is complete once it has its slot.
  void attached(js::Env&) {}

 private:
  static constexpr int kFiles = 0;  // an array of the File objects, by Entry::file
  // A file that no script has asked for yet has no JavaScript object.
  struct FileValue {
    BlobData data;
    std::string type, name;
    double last_modified = 0;
  };
  struct Entry {
    std::string name;
    std::string text;
    std::optional<uint32_t> file;  // in kFiles and files_
  };
  js::Js<Entry> read_entry(js::Env& env, std::string name, Value value, const js::Rest& rest,
                           const char* method);
  static size_t bytes_of(const Entry& entry);
  js::Js<> count(const Entry& entry);
  uint32_t add_file(js::Env& env, v8::Local<v8::Object> file);
  v8::Local<v8::Array> files(js::Env& env);
  Value value_of(js::Env& env, const Entry& entry);
  const File* file_of(js::Env& env, const Entry& entry);

  std::vector<Entry> entries_;
  size_t text_bytes_ = 0;
  std::vector<std::unique_ptr<FileValue>> files_;  // null once the object exists
};

}  // namespace skerry::web
