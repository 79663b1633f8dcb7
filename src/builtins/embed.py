#!/usr/bin/env python3
"""Turns the sources named in the manifest into one C++ file.

usage: embed.py MANIFEST NPM_FOLDER OUT.cpp DEPFILE
Each manifest line is `name: file file …`: the files, joined in order, are one builtin. A file `npm:PACKAGE` stands for
all scripts of third_party/out/PACKAGE as `const npm_files = { path: function }`, and opens the builtin; what is in
`PACKAGE.replace` beside the manifest's node folder is replaced in them, each text exactly once.
"""
import os
import sys


def ascii_only(text):
    """Characters past ASCII as escapes, which mean the same in strings and regular expressions."""
    out = []
    for c in text:
        if ord(c) < 0x80:
            out.append(c)
        else:
            units = c.encode("utf-16-be")
            out += [f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2)]
    return "".join(out)


def replacements(path):
    """Pairs of lines: the text that is there, then what takes its place; blank lines and # between."""
    lines = [line.rstrip("\n") for line in open(path, encoding="utf-8") if line.strip() and not line.startswith("#")]
    return list(zip(lines[::2], lines[1::2]))


def package(root, folder, used):
    found = {}
    for place, folders, files in os.walk(os.path.join(root, folder)):
        folders.sort()
        for file in sorted(files):
            if file.endswith((".js", ".cjs")):
                path = os.path.join(place, file)
                used.append(path)
                found[os.path.relpath(path, os.path.join(root, folder))] = ascii_only(open(path, encoding="utf-8").read())
    return found


def npm_builtin(root, here, name, used):
    found = package(root, name, used)
    changes = os.path.join(here, "node", name + ".replace")
    if os.path.exists(changes):
        used.append(changes)
        for old, new in replacements(changes):
            places = [path for path, text in found.items() if old in text]
            if len(places) != 1 or found[places[0]].count(old) != 1:
                sys.exit(f"embed.py: {changes}: {old!r} is not exactly once in {name}")
            found[places[0]] = found[places[0]].replace(old, new)
    text = "(function (internal, name) {\n'use strict';\nconst npm_files = {\n  __proto__: null,\n"
    for path, source in found.items():
        text += f"'{path}': function (module, exports, require, native) {{\n{source}\n}},\n"
    return text + "};\n"


def main():
    manifest, npm_folder, out_path, depfile = sys.argv[1:5]
    folder = os.path.dirname(os.path.abspath(manifest))
    used, parts, table = [manifest], [], []
    for line in open(manifest, encoding="utf-8"):
        line = line.split("#")[0].strip()
        if not line:
            continue
        name, files = line.split(":", 1)
        text = ""
        for file in files.split():
            if file.startswith("npm:"):
                text += npm_builtin(npm_folder, folder, file[4:], used)
                continue
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
