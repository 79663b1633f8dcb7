// One interface of the platform: its name, its parent, and how it describes its JavaScript surface.
#pragma once

#include <cstdint>

namespace skerry::js {

class ClassTable;

struct ClassInfo {
  const char* name;
  const ClassInfo* parent = nullptr;
  void (*describe)(ClassTable&) = nullptr;
  // JavaScript values an instance keeps alive beside its C++ part; the collector sees through them,
  // so cycles die.
  uint8_t slots = 0;
  // False for helpers that are not properties of the global object (iterators, bindings).
  bool exposed = true;
  // True for classes whose objects may hold much native memory: they die alone, never with the
  // other objects of their turn (js/litter.h).
  bool solitary = false;
  // Position in the Surface, given once when the Surface is made, before any isolate exists.
  mutable uint16_t index = UINT16_MAX;

  bool is_a(const ClassInfo& other) const {
    for (const ClassInfo* c = this; c != nullptr; c = c->parent)
      if (c == &other) return true;
    return false;
  }
};

}  // namespace skerry::js
