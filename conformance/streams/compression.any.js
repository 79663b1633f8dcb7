// CompressionStream, DecompressionStream: https://compression.spec.whatwg.org/
'use strict';

const collect = async (stream) => {
  const chunks = [];
  for await (const chunk of stream) chunks.push(...chunk);
  return new Uint8Array(chunks);
};
const through = (bytes, transform, size = bytes.length || 1) => {
  const parts = [];
  for (let at = 0; at < bytes.length; at += size) parts.push(bytes.slice(at, at + size));
  return collect(ReadableStream.from(parts).pipeThrough(transform));
};
const encoder = new TextEncoder();
const text = encoder.encode('compress me, compress me again, \u010d '.repeat(800));

for (const format of ['gzip', 'deflate', 'deflate-raw']) {
  promise_test(async () => {
    for (const input of [text, new Uint8Array(0), new Uint8Array([7]), crypto.getRandomValues(new Uint8Array(60000))]) {
      for (const size of [1000, 60000]) {
        const packed = await through(input, new CompressionStream(format), size);
        assert_array_equals(await through(packed, new DecompressionStream(format), 97), input);
      }
    }
    assert_less_than((await through(text, new CompressionStream(format))).length, text.length / 20);
  }, `${format}: there and back, in pieces of any size`);

  promise_test(async (t) => {
    const packed = await through(text, new CompressionStream(format));
    await promise_rejects_js(t, TypeError, through(packed.slice(0, -3), new DecompressionStream(format)));
    await promise_rejects_js(t, TypeError, through(new Uint8Array([...packed, 1, 2, 3]), new DecompressionStream(format)));
    await promise_rejects_js(t, TypeError, through(new Uint8Array([0xff, 0xff, 0xff, 0xff]), new DecompressionStream(format)));
    await promise_rejects_js(t, TypeError, collect(ReadableStream.from([]).pipeThrough(new DecompressionStream(format))));
    await promise_rejects_js(t, TypeError, collect(ReadableStream.from(['text']).pipeThrough(new CompressionStream(format))));
  }, `${format}: cut, followed by more, wrong, empty, no bytes`);
}

promise_test(async () => {
  const hello = Uint8Array.from(atob('eJzLSM3JyQcABiwCFQ=='), (c) => c.charCodeAt(0));
  assert_equals(new TextDecoder().decode(await through(hello, new DecompressionStream('deflate'))), 'hello');
  assert_equals(new TextDecoder().decode(await collect(new Response(hello).body.pipeThrough(new DecompressionStream('deflate')))), 'hello');
}, 'what another library compressed');

test(() => {
  assert_throws_js(TypeError, () => new CompressionStream('zip'));
  assert_throws_js(TypeError, () => new CompressionStream());
  assert_throws_js(TypeError, () => new DecompressionStream('GZIP'));
}, 'formats that there are not');
