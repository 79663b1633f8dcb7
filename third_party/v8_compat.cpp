// Symbols of glibc 2.38 and libstdc++ 13 that the V8 archive refers to, for older C libraries.
// Linked only where the probe in third_party/meson.build needs it. The __isoc23 functions differ
// from the older ones only in accepting binary literals ("0b1"), which V8 never passes.
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <string>

extern "C" {

long __isoc23_strtol(const char* text, char** end, int base) {
  return strtol(text, end, base);
}
long long __isoc23_strtoll(const char* text, char** end, int base) {
  return strtoll(text, end, base);
}
unsigned long __isoc23_strtoul(const char* text, char** end, int base) {
  return strtoul(text, end, base);
}
unsigned long long __isoc23_strtoull(const char* text, char** end, int base) {
  return strtoull(text, end, base);
}
int __isoc23_sscanf(const char* text, const char* format, ...) {
  va_list args;
  va_start(args, format);
  int count = vsscanf(text, format, args);
  va_end(args);
  return count;
}
int __isoc23_fscanf(FILE* file, const char* format, ...) {
  va_list args;
  va_start(args, format);
  int count = vfscanf(file, format, args);
  va_end(args);
  return count;
}

// std::string::_M_replace_cold(char*, size_type, const char*, size_type, size_type): what libstdc++
// 13 moved out of line for replacing a part of a string by a piece of itself. The replaced range
// starts at `at`, `tail` bytes follow.
void _ZNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEE15_M_replace_coldEPcmPKcmm(
    std::string*, char* at, size_t old_size, const char* source, size_t new_size, size_t tail) {
  if (new_size != 0 && new_size <= old_size) __builtin_memmove(at, source, new_size);
  if (tail != 0 && old_size != new_size) __builtin_memmove(at + new_size, at + old_size, tail);
  if (new_size <= old_size) return;
  if (source + new_size <= at + old_size) {
    __builtin_memmove(at, source, new_size);
  } else if (source >= at + old_size) {
    size_t moved = static_cast<size_t>(source - at) + (new_size - old_size);
    __builtin_memcpy(at, at + moved, new_size);
  } else {
    size_t left = static_cast<size_t>((at + old_size) - source);
    __builtin_memmove(at, source, left);
    __builtin_memcpy(at + left, at + new_size, new_size - left);
  }
}

}  // extern "C"
