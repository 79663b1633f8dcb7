// Streams are JavaScript (src/builtins/streams): measured cheaper per chunk than C++, see
// scripts/bench/streams_spike.
#include "web/parts.h"
#include "builtins/builtins.h"

namespace skerry::web {

void add_streams(js::SurfaceParts& parts) {
  parts.builtins.push_back({"streams", builtins::text("streams")});
  constexpr const char* kNames[][2] = {
      {"ReadableStream",
       "declare class ReadableStream<R = any> {\n"
       "  constructor(source?: { start?(c: any): any; pull?(c: any): any; cancel?(reason?: any): "
       "any }, "
       "strategy?: { highWaterMark?: number; size?(chunk: any): number });\n"
       "  static from<R>(iterable: Iterable<R> | AsyncIterable<R>): ReadableStream<R>;\n"
       "  readonly locked: boolean;\n"
       "  cancel(reason?: any): Promise<void>;\n"
       "  getReader(): ReadableStreamDefaultReader<R>;\n"
       "  pipeThrough<T>(pair: { readable: ReadableStream<T>; writable: WritableStream<R> }, "
       "options?: any): "
       "ReadableStream<T>;\n"
       "  pipeTo(destination: WritableStream<R>, options?: any): Promise<void>;\n"
       "  tee(): [ReadableStream<R>, ReadableStream<R>];\n"
       "  values(options?: { preventCancel?: boolean }): AsyncIterableIterator<R>;\n"
       "  [Symbol.asyncIterator](options?: { preventCancel?: boolean }): "
       "AsyncIterableIterator<R>;\n"
       "}"},
      {"ReadableStreamDefaultReader",
       "declare class ReadableStreamDefaultReader<R = any> {\n  constructor(stream: "
       "ReadableStream<R>);\n"
       "  readonly closed: Promise<void>;\n  read(): Promise<{ done: false; value: R } | { done: "
       "true; value?: R }>;\n"
       "  releaseLock(): void;\n  cancel(reason?: any): Promise<void>;\n}"},
      {"ReadableStreamDefaultController",
       "declare class ReadableStreamDefaultController<R = any> {\n  private constructor();\n"
       "  readonly desiredSize: number | null;\n  close(): void;\n  enqueue(chunk?: R): void;\n"
       "  error(reason?: any): void;\n}"},
      {"ReadableByteStreamController",
       "declare class ReadableByteStreamController {\n  private constructor();\n"
       "  readonly byobRequest: null;\n  readonly desiredSize: number | null;\n  close(): void;\n"
       "  enqueue(chunk: ArrayBufferView): void;\n  error(reason?: any): void;\n}"},
      {"WritableStream",
       "declare class WritableStream<W = any> {\n  constructor(sink?: { start?(c: any): any; "
       "write?(chunk: W, c: any): "
       "any; close?(): any; abort?(reason?: any): any }, strategy?: { highWaterMark?: number; "
       "size?(chunk: any): "
       "number });\n  readonly locked: boolean;\n  abort(reason?: any): Promise<void>;\n  close(): "
       "Promise<void>;\n"
       "  getWriter(): WritableStreamDefaultWriter<W>;\n}"},
      {"WritableStreamDefaultWriter",
       "declare class WritableStreamDefaultWriter<W = any> {\n  constructor(stream: "
       "WritableStream<W>);\n"
       "  readonly closed: Promise<void>;\n  readonly ready: Promise<void>;\n  readonly "
       "desiredSize: number | null;\n"
       "  abort(reason?: any): Promise<void>;\n  close(): Promise<void>;\n  releaseLock(): void;\n"
       "  write(chunk?: W): Promise<void>;\n}"},
      {"WritableStreamDefaultController",
       "declare class WritableStreamDefaultController {\n  private constructor();\n  readonly "
       "signal: AbortSignal;\n"
       "  error(reason?: any): void;\n}"},
      {"TransformStream",
       "declare class TransformStream<I = any, O = any> {\n  constructor(transformer?: { start?(c: "
       "any): any; "
       "transform?(chunk: I, c: any): any; flush?(c: any): any; cancel?(reason: any): any }, "
       "writable?: any, readable?: "
       "any);\n  readonly readable: ReadableStream<O>;\n  readonly writable: "
       "WritableStream<I>;\n}"},
      {"TransformStreamDefaultController",
       "declare class TransformStreamDefaultController<O = any> {\n  private constructor();\n"
       "  readonly desiredSize: number | null;\n  enqueue(chunk?: O): void;\n  error(reason?: "
       "any): void;\n"
       "  terminate(): void;\n}"},
      {"ByteLengthQueuingStrategy",
       "declare class ByteLengthQueuingStrategy {\n  constructor(init: { highWaterMark: number "
       "});\n"
       "  readonly highWaterMark: number;\n  readonly size: (chunk: any) => number;\n}"},
      {"CountQueuingStrategy",
       "declare class CountQueuingStrategy {\n  constructor(init: { highWaterMark: number });\n"
       "  readonly highWaterMark: number;\n  readonly size: (chunk: any) => number;\n}"},
      {"IdentityTransformStream",
       "declare class IdentityTransformStream extends TransformStream<Uint8Array, Uint8Array> {\n"
       "  constructor(strategy?: any);\n}"},
      {"FixedLengthStream",
       "declare class FixedLengthStream extends IdentityTransformStream {\n"
       "  constructor(expectedLength: number | bigint, strategy?: any);\n}"},
  };
  for (const auto& [name, types] : kNames) parts.exports.push_back({name, "streams", types});
}

}  // namespace skerry::web
