#!/usr/bin/env python3
"""Turns the sources named in the manifest into one C++ file.

usage: embed.py MANIFEST OUT.cpp DEPFILE
Each manifest line is `name: file file …`: the files, joined in order, are one builtin.
"""
import os
import sys


def main():
    manifest, out_path, depfile = sys.argv[1:4]
    folder = os.path.dirname(os.path.abspath(manifest))
    used, parts, table = [manifest], [], []
    for line in open(manifest, encoding="utf-8"):
        line = line.split("#")[0].strip()
        if not line:
            continue
        name, files = line.split(":", 1)
        text = ""
        for file in files.split():
            path = os.path.join(folder, file)
            used.append(path)
            text += open(path, encoding="utf-8").read()
        data = text.encode("utf-8")
        if any(byte > 0x7F for byte in data):
            sys.exit(f"embed.py: {name}: builtins must be ASCII, so that isolates can share one copy")
        symbol = "source_" + "".join(c if c.isalnum() else "_" for c in name)
        parts.append(f"const unsigned char {symbol}[] = {{{','.join(map(str, data))}}};")
        table.append(f'    {{"{name}", {{reinterpret_cast<const char*>({symbol}), sizeof {symbol}}}}},')
    with open(out_path, "w", encoding="ascii") as out:
        out.write('#include "builtins/builtins.h"\n\nnamespace skerry::builtins {\nnamespace {\n')
        out.write("\n".join(parts))
        out.write("\n}  // namespace\n\nstd::span<const Source> all() {\n  static const Source sources[] = {\n")
        out.write("\n".join(table))
        out.write("\n  };\n  return sources;\n}\n\n}  // namespace skerry::builtins\n")
    with open(depfile, "w", encoding="utf-8") as deps:
        deps.write(f"{out_path}: {' '.join(used)}\n")


main()
