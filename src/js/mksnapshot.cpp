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

std::string as_c(const std::string& blob) {
  std::string out = "#include <stddef.h>\n\n_Alignas(16) const char skerry_platform_blob[] = {";
  out.reserve(blob.size() * 5);
  for (char c : blob) out += std::to_string(static_cast<int>(static_cast<signed char>(c))) + ",";
  out += "};\nconst size_t skerry_platform_blob_size = sizeof skerry_platform_blob;\n";
  return out;
}

}  // namespace

int mksnapshot_main(int argc, char** argv, SurfaceParts parts) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: %s snapshot OUT.c | types OUT.d.ts\n", argv[0]);
    return 2;
  }
  start_v8();
  Surface surface(std::move(parts));
  bool types = std::strcmp(argv[1], "types") == 0;
  std::string text = types ? surface.types() : as_c(make_platform_blob(surface));
  if (write_file(argv[2], text)) return 0;
  std::fprintf(stderr, "%s: cannot write %s\n", argv[0], argv[2]);
  return 1;
}

}  // namespace skerry::js
