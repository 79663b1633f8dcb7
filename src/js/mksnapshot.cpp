#include "js/mksnapshot.h"

#include <cstdio>
#include <cstring>
#include <string>

#include "js/isolate.h"
#include "js/platform.h"

namespace skerry::js {

namespace {

bool write_file(const char* path, const std::string& text) {
  std::FILE* file = std::fopen(path, "wb");
  if (file == nullptr) return false;
  bool written = std::fwrite(text.data(), 1, text.size(), file) == text.size();
  return std::fclose(file) == 0 && written;
}

bool append_file(std::string& text, const char* path) {
  std::FILE* file = std::fopen(path, "rb");
  if (file == nullptr) return false;
  char part[4096];
  while (size_t got = std::fread(part, 1, sizeof part, file)) text.append(part, got);
  bool whole = std::ferror(file) == 0;
  return std::fclose(file) == 0 && whole;
}

std::string as_c(const std::string& blob) {
  std::string out = "#include <stddef.h>\n\n_Alignas(16) const char skerry_platform_blob[] = {";
  out.reserve(blob.size() * 5);
  for (char c : blob) out += std::to_string(static_cast<int>(static_cast<signed char>(c))) + ",";
  out += "};\nconst size_t skerry_platform_blob_size = sizeof skerry_platform_blob;\n";
  return out;
}

}  // namespace

int mksnapshot_main(int argc, char** argv, SurfaceParts parts) {
  bool types = argc == 4 && std::strcmp(argv[1], "types") == 0;
  if (!types && argc != 3) {
    std::fprintf(stderr, "usage: %s snapshot OUT.c | types OUT.d.ts APPENDED.d.ts\n", argv[0]);
    return 2;
  }
  start_v8();
  Surface surface(std::move(parts));
  std::string text = types ? surface.types() : as_c(make_platform_blob(surface));
  if (types && !append_file(text, argv[3])) {
    std::fprintf(stderr, "%s: cannot read %s\n", argv[0], argv[3]);
    return 1;
  }
  if (write_file(argv[2], text)) return 0;
  std::fprintf(stderr, "%s: cannot write %s\n", argv[0], argv[2]);
  return 1;
}

}  // namespace skerry::js
