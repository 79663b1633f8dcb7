#!/usr/bin/env bash
# Compiles mandelbrot.c, unless the result is newer.
set -euo pipefail
cd "$(dirname "$0")"
[ mandelbrot.wasm -nt mandelbrot.c ] && exit 0
PATH=/usr/lib/llvm-19/bin:$PATH clang-19 --target=wasm32 -O3 -mbulk-memory -fno-builtin -nostdlib -Wl,--no-entry -Wl,--export-dynamic \
  -o mandelbrot.wasm mandelbrot.c
