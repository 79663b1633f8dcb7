// The TypeScript reader of the class tables.
#include <cstring>
#include <string>

#include "js/class_table.h"
#include "js/method.h"
#include "js/surface.h"

namespace skerry::js {

namespace {

std::string key_of(const char* name) {
  if (std::strncmp(name, "@@", 2) == 0) return std::string("[Symbol.") + (name + 2) + "]";
  return name;
}

const Member* find_member(const ClassTable& table, const char* name) {
  for (const Member& member : table.members())
    if (std::strcmp(member.name, name) == 0) return &member;
  return nullptr;
}

void write_class(std::string& out, const ClassInfo& info) {
  ClassTable table;
  info.describe(table);
  out += std::string("declare class ") + info.name;
  // Type parameters stand before those of the constructor; they are the class's.
  const Member* made = find_member(table, "constructor");
  std::string_view made_types = made == nullptr ? "" : made->types;
  std::string_view type_parameters = made_types.substr(0, made_types.find('('));
  out += type_parameters;
  if (info.parent != nullptr) out += std::string(" extends ") + info.parent->name;
  out += " {\n";
  bool constructible = false;
  for (const Member& member : table.members()) {
    std::string line = "  ";
    switch (member.kind) {
      case Member::Kind::constructor:
        constructible = true;
        line += std::string("constructor") + (member.types + type_parameters.size());
        break;
      case Member::Kind::method: line += key_of(member.name) + member.types; break;
      case Member::Kind::static_method:
        line += "static " + key_of(member.name) + member.types;
        break;
      case Member::Kind::getter:
      case Member::Kind::own_getter:
        line += (member.setter == nullptr ? "readonly " : "") + key_of(member.name) + ": " +
                member.types;
        break;
      case Member::Kind::static_getter:
        line += std::string("static readonly ") + member.name + ": " + member.types;
        break;
      case Member::Kind::constant:
        line += std::string("static readonly ") + member.name + ": " + std::to_string(member.value);
        break;
      case Member::Kind::alias: {
        const Member* original = find_member(table, member.alias_of);
        line += key_of(member.name) + (original == nullptr ? "(): unknown" : original->types);
        break;
      }
    }
    out += line + ";\n";
  }
  if (!constructible) out += "  private constructor();\n";
  out += "}\n";
}

void write_namespace(std::string& out, const GlobalObject& object) {
  ClassTable table;
  object.describe(table);
  out += std::string("interface ") + object.types + " {\n";
  for (const Member& member : table.members())
    out += std::string("  ") + member.name + member.types + ";\n";
  out += "}\n";
}

}  // namespace

std::string Surface::types() const {
  std::string out =
      "// Emitted by skerry from its class tables; do not edit. Names of the standards, as this "
      "runtime has them.\n";
  for (const ClassInfo* info : parts_.classes)
    if (info->exposed) write_class(out, *info);
  for (const GlobalFunction& function : parts_.functions)
    out += std::string("declare function ") + function.name + function.types + ";\n";
  for (const GlobalObject& object : parts_.objects) {
    if (object.describe != nullptr) write_namespace(out, object);
    out += std::string("declare const ") + object.name + ": " + object.types + ";\n";
  }
  for (const BuiltinExport& exported : parts_.exports)
    if (exported.name[0] != '_') out += std::string(exported.types) + "\n";
  return out;
}

}  // namespace skerry::js
