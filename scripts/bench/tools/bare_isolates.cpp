// The floor for the memory of an idle worker: COUNT isolates with one empty context each, nothing
// else.
//   bare_isolates COUNT      prints one JSON object
#include <libplatform/libplatform.h>
#include <v8.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <vector>

namespace {

long resident_kib() {
  long kib = 0;
  char line[256];
  std::FILE* status = std::fopen("/proc/self/status", "r");
  while (std::fgets(line, sizeof line, status) != nullptr)
    if (std::strncmp(line, "VmRSS:", 6) == 0) kib = std::atol(line + 6);
  std::fclose(status);
  return kib;
}

}  // namespace

int main(int count, char** a) {
  int wanted = count > 1 ? atoi(a[1]) : 1000;
  auto platform = v8::platform::NewDefaultPlatform(1);
  v8::V8::InitializePlatform(platform.get());
  v8::V8::Initialize();
  v8::Isolate::CreateParams params;
  params.array_buffer_allocator = v8::ArrayBuffer::Allocator::NewDefaultAllocator();
  std::vector<v8::Isolate*> isolates;
  std::vector<v8::Global<v8::Context>> contexts;
  auto add = [&] {
    v8::Isolate* isolate = v8::Isolate::New(params);
    v8::Isolate::Scope entered(isolate);
    v8::HandleScope handles(isolate);
    contexts.emplace_back(isolate, v8::Context::New(isolate));
    isolates.push_back(isolate);
  };
  for (int i = 0; i < 10; i++) add();
  long before = resident_kib();
  for (int i = 0; i < wanted; i++) add();
  std::printf("{\"kib_per_isolate\": %.1f}\n", double(resident_kib() - before) / wanted);
  std::fflush(stdout);
  std::_Exit(0);  // taking them down one by one would say nothing
}
