// Streams spike: ns per chunk of a stream core in C++ against the same core in JavaScript, in one
// isolate. Usage: streams_spike FOLDER_OF_THE_JS_FILES [chunks]
#include <libplatform/libplatform.h>
#include <v8.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "native_stream.h"

namespace {

v8::Local<v8::Value> run_file(v8::Local<v8::Context> context, const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  auto source = v8::String::NewFromUtf8(isolate, text.str().c_str()).ToLocalChecked();
  return v8::Script::Compile(context, source).ToLocalChecked()->Run(context).ToLocalChecked();
}

v8::Local<v8::Value> property(v8::Local<v8::Context> context, v8::Local<v8::Value> object,
                              const char* name) {
  auto key = v8::String::NewFromUtf8(v8::Isolate::GetCurrent(), name).ToLocalChecked();
  return object.As<v8::Object>()->Get(context, key).ToLocalChecked();
}

double ns_per_chunk(v8::Local<v8::Context> context, v8::Local<v8::Value> loops, const char* name,
                    int chunks) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::HandleScope scope(isolate);
  auto loop = property(context, loops, name).As<v8::Function>();
  v8::Local<v8::Value> argument = v8::Integer::New(isolate, chunks);
  auto begin = std::chrono::steady_clock::now();
  auto done = loop->Call(context, v8::Undefined(isolate), 1, &argument).ToLocalChecked();
  isolate->PerformMicrotaskCheckpoint();
  auto end = std::chrono::steady_clock::now();
  if (done.As<v8::Promise>()->State() != v8::Promise::kFulfilled) {
    std::fprintf(stderr, "%s did not finish\n", name);
    std::exit(1);
  }
  return std::chrono::duration<double, std::nano>(end - begin).count() / chunks;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void compare(v8::Local<v8::Context> context, const std::string& folder, int chunks) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  auto driver = run_file(context, folder + "/driver.js").As<v8::Function>();
  auto classes = run_file(context, folder + "/spike.js");
  auto native = skerry::spike::make_native_classes(context);
  v8::Local<v8::Value> of_native[2] = {native.stream, native.transform};
  v8::Local<v8::Value> of_js[2] = {property(context, classes, "Stream"),
                                   property(context, classes, "Transform")};
  // The driver text is evaluated twice, so each half has its own inline caches.
  auto driver_again = run_file(context, folder + "/driver.js").As<v8::Function>();
  auto undefined = v8::Undefined(isolate);
  auto native_loops = driver->Call(context, undefined, 2, of_native).ToLocalChecked();
  auto js_loops = driver_again->Call(context, undefined, 2, of_js).ToLocalChecked();
  std::printf("%-10s %10s %10s %8s\n", "loop", "C++ ns", "JS ns", "C++/JS");
  for (const char* name : {"ready", "pending", "pulled", "transform"}) {
    std::vector<double> native_times;
    std::vector<double> js_times;
    for (int round = 0; round < 9; ++round) {
      double native_ns = ns_per_chunk(context, native_loops, name, chunks);
      double js_ns = ns_per_chunk(context, js_loops, name, chunks);
      if (round < 2) continue;  // warm-up
      native_times.push_back(native_ns);
      js_times.push_back(js_ns);
    }
    double native_ns = median(native_times);
    double js_ns = median(js_times);
    std::printf("%-10s %10.1f %10.1f %8.2f\n", name, native_ns, js_ns, native_ns / js_ns);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: %s FOLDER [chunks]\n", argv[0]);
    return 2;
  }
  int chunks = argc > 2 ? std::atoi(argv[2]) : 300000;
  auto platform = v8::platform::NewDefaultPlatform();
  v8::V8::InitializePlatform(platform.get());
  v8::V8::Initialize();
  v8::Isolate::CreateParams params;
  std::unique_ptr<v8::ArrayBuffer::Allocator> allocator(
      v8::ArrayBuffer::Allocator::NewDefaultAllocator());
  params.array_buffer_allocator = allocator.get();
  v8::Isolate* isolate = v8::Isolate::New(params);
  {
    v8::Isolate::Scope isolate_scope(isolate);
    isolate->SetMicrotasksPolicy(v8::MicrotasksPolicy::kExplicit);
    v8::HandleScope handle_scope(isolate);
    v8::Local<v8::Context> context = v8::Context::New(isolate);
    v8::Context::Scope context_scope(context);
    compare(context, argv[1], chunks);
  }
  // The isolate is not disposed: the spike's streams hold Globals that live as long as the process.
  std::fflush(stdout);
  std::_Exit(0);
}
