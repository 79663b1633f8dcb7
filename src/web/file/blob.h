// Blob and File: https://w3c.github.io/FileAPI/
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "js/external_bytes.h"
#include "web/file/blob_data.h"

namespace skerry::web {

class Blob : public js::Wrapped {
 public:
  using Promise = js::Js<v8::Local<v8::Promise>>;
  static const js::ClassInfo info;
  // `type` is normalised.
  Blob(BlobData data, std::string type) : Blob(info, std::move(data), std::move(type)) {}

  static js::Js<std::unique_ptr<Blob>> construct(js::Env& env, js::OptionalValue parts,
                                                 js::OptionalValue options);
  double size(js::Env&) { return static_cast<double>(data_.size()); }
  std::string_view type(js::Env&) { return type_; }
  js::Js<std::unique_ptr<Blob>> slice(js::Env& env, js::OptionalValue start, js::OptionalValue end,
                                      std::optional<v8::Local<v8::Value>> type);
  js::Js<v8::Local<v8::Value>> stream(js::Env& env);
  Promise text(js::Env& env);
  Promise array_buffer(js::Env& env);
  Promise bytes(js::Env& env);

  void attached(js::Env& env) { memory_.tell(env.isolate(), data_.own_bytes()); }
  const BlobData& data() const { return data_; }
  const std::string& type() const { return type_; }
  // Another object over the same bytes, of the same class.
  virtual std::unique_ptr<js::Wrapped> copy() const { return std::make_unique<Blob>(data_, type_); }

 protected:
  Blob(const js::ClassInfo& class_info, BlobData data, std::string type)
      : Wrapped(class_info), data_(std::move(data)), type_(std::move(type)) {}

 private:
  BlobData data_;
  std::string type_;
  js::ExternalBytes memory_;
};

class File final : public Blob {
 public:
  static const js::ClassInfo info;
  File(BlobData data, std::string type, std::string name, double last_modified)
      : Blob(info, std::move(data), std::move(type)),
        name_(std::move(name)),
        last_modified_(last_modified) {}

  static js::Js<std::unique_ptr<File>> construct(js::Env& env, v8::Local<v8::Value> parts,
                                                 js::UsvString name, js::OptionalValue options);
  std::string_view name(js::Env&) { return name_; }
  double last_modified(js::Env&) { return last_modified_; }
  const std::string& name() const { return name_; }
  double last_modified() const { return last_modified_; }
  std::unique_ptr<js::Wrapped> copy() const override {
    return std::make_unique<File>(data(), type(), name_, last_modified_);
  }

 private:
  std::string name_;
  double last_modified_;  // milliseconds since 1970
};

// https://w3c.github.io/FileAPI/#constructorBlob: in lower case, or empty if it is no printable
// ASCII.
std::string blob_type(std::string type);

}  // namespace skerry::web
