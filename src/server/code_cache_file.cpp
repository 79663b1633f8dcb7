#include "server/code_cache_file.h"

#include <openssl/evp.h>

#include <cstring>

#include "js/platform.h"
#include "server/worker_files.h"

namespace skerry::server {

namespace {

constexpr size_t kHash = 32;
constexpr size_t kFileMax = 256u << 20;

std::string sha256(std::string_view bytes) {
  std::string hash(kHash, '\0');
  unsigned size = 0;
  EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(hash.data()), &size,
             EVP_sha256(), nullptr);
  return hash;
}

// Everything that makes compiled code of one build useless to another.
std::string identity() {
  return std::string("skerry code cache 1\n") + v8::V8::GetVersion() + "\n" + js::v8_flags() + "\n";
}

void put_size(std::string& out, uint64_t value) {
  char bytes[8];
  std::memcpy(bytes, &value, sizeof bytes);
  out.append(bytes, sizeof bytes);
}

// Takes `size` bytes off the front; false when there are not so many.
bool take(std::string_view& from, uint64_t size, std::string_view* out) {
  if (size > from.size()) return false;
  *out = from.substr(0, size);
  from.remove_prefix(size);
  return true;
}

bool take_sized(std::string_view& from, std::string_view* out) {
  std::string_view size_bytes;
  if (!take(from, 8, &size_bytes)) return false;
  uint64_t size = 0;
  std::memcpy(&size, size_bytes.data(), sizeof size);
  return take(from, size, out);
}

}  // namespace

CodeCacheFile::CodeCacheFile(std::string path, observe::Log& log)
    : path_(std::move(path)), log_(log) {
  Result<std::string> content = read_file(path_, kFileMax);
  if (!content) {
    if (content.error().code != Code::not_found)
      log_.event(observe::Level::warn, "",
                 "The code cache cannot be read and is made anew: " + content.error().chain());
    return;
  }
  if (parse(*content)) return;
  entries_.clear();
  log_.event(observe::Level::warn, "",
             "The code cache \"" + path_ +
                 "\" is damaged or of another version; it is ignored and made anew.");
}

bool CodeCacheFile::parse(std::string_view content) {
  std::string id = identity();
  std::string_view part;
  if (content.size() < kHash + id.size()) return false;
  std::string_view body = content.substr(0, content.size() - kHash);
  if (sha256(body) != content.substr(body.size())) return false;
  if (!take(body, id.size(), &part) || part != id) return false;
  while (!body.empty()) {
    std::string_view path, hash, data;
    if (!take_sized(body, &path) || !take(body, kHash, &hash) || !take_sized(body, &data))
      return false;
    entries_[std::string(path)] = {std::string(hash),
                                   std::vector<uint8_t>(data.begin(), data.end())};
  }
  return true;
}

std::span<const uint8_t> CodeCacheFile::find(std::string_view path, std::string_view source) {
  auto found = entries_.find(path);
  if (found == entries_.end() || found->second.source_hash != sha256(source)) return {};
  return found->second.data;
}

void CodeCacheFile::keep(std::string_view path, std::string_view source,
                         std::span<const uint8_t> data) {
  entries_[std::string(path)] = {sha256(source), std::vector<uint8_t>(data.begin(), data.end())};
  changed_ = true;
}

void CodeCacheFile::drop(std::string_view path) {
  if (auto found = entries_.find(path); found != entries_.end()) entries_.erase(found);
  changed_ = true;
}

void CodeCacheFile::save() {
  if (!changed_) return;
  changed_ = false;
  std::string content = identity();
  for (const auto& [path, entry] : entries_) {
    put_size(content, path.size());
    content += path;
    content += entry.source_hash;
    put_size(content, entry.data.size());
    content.append(reinterpret_cast<const char*>(entry.data.data()), entry.data.size());
  }
  content += sha256(content);
  Result<> written = replace_file(path_, content);
  if (written || failed_) return;
  failed_ = true;
  log_.event(observe::Level::warn, "",
             "The code cache cannot be written; workers start slower: " + written.error().chain());
}

}  // namespace skerry::server
