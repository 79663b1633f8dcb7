// Streams, the last part: what the builtin gives.

return {
  ReadableStream,
  ReadableStreamDefaultReader,
  ReadableStreamDefaultController,
  ReadableByteStreamController,
  WritableStream,
  WritableStreamDefaultWriter,
  WritableStreamDefaultController,
  TransformStream,
  TransformStreamDefaultController,
  ByteLengthQueuingStrategy,
  CountQueuingStrategy,
  IdentityTransformStream,
  FixedLengthStream,
  __native: {
    __proto__: null,
    createNativeReadable: create_native_readable,
    nativeSourceOf: native_source_of,
    lengthOf: length_of,
    pumpToSink: pump_to_sink,
    readAllBytes: read_all_bytes,
    tee: tee_readable,
    errorReadable: error_readable,
    isReadableStream: (value) => is_readable(value),
    isWritableStream: (value) => is_writable(value),
    isTransformStream: (value) => transform_state(value) !== undefined,
    isLocked: (readable) => readable_state(readable).reader !== undefined,
    isDisturbed: (readable) => readable_state(readable).disturbed,
  },
};
})
