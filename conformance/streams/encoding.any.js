// Written from https://encoding.spec.whatwg.org/#interface-textdecoderstream and #interface-textencoderstream
'use strict';

const stream_of = (...chunks) => new ReadableStream({ start(c) { for (const chunk of chunks) c.enqueue(chunk); c.close(); } });
async function all(stream) {
  const out = [];
  for await (const chunk of stream) out.push(chunk);
  return out;
}

promise_test(async () => {
  const chunks = await all(stream_of(new Uint8Array([0xef, 0xbb]), new Uint8Array([0xbf, 0x61, 0xf0, 0x9f]).buffer,
    new DataView(new Uint8Array([0x8d]).buffer), new Uint8Array([0xb5, 0x62]), new Uint8Array([0xe4])).pipeThrough(new TextDecoderStream()));
  assert_array_equals(chunks, ['a', '\u{1f375}b', '\ufffd']);
}, 'decodes across chunks');
promise_test(async (t) => {
  const stream = new TextDecoderStream('UTF-16LE', { fatal: true, ignoreBOM: true });
  assert_equals([stream.encoding, stream.fatal, stream.ignoreBOM].join(), 'utf-16le,true,true');
  assert_throws_js(RangeError, () => new TextDecoderStream('none'));
  assert_throws_js(TypeError, () => TextDecoderStream());
  await promise_rejects_js(t, TypeError, all(stream_of(new Uint8Array([1])).pipeThrough(stream)), 'half a unit');
  await promise_rejects_js(t, TypeError, all(stream_of(new Uint8Array([255])).pipeThrough(new TextDecoderStream('utf-8', { fatal: true }))));
  for (const bad of ['text', 1, null, undefined, {}, []])
    await promise_rejects_js(t, TypeError, all(stream_of(bad).pipeThrough(new TextDecoderStream())));
}, 'decoder: options and errors');
promise_test(async () => {
  const chunks = await all(stream_of('a\ud83c', '', '\udf75', 'b\ud83c', 'c', '', 7, null, '\ud83c').pipeThrough(new TextEncoderStream()));
  for (const chunk of chunks) assert_true(chunk instanceof Uint8Array && chunk.length > 0);
  assert_equals(new TextDecoder().decode(new Uint8Array(chunks.flatMap((c) => [...c]))), 'a\u{1f375}b\ufffdc7null\ufffd');
  assert_equals(new TextEncoderStream().encoding, 'utf-8');
}, 'encodes across chunks');
promise_test(async (t) => {
  await promise_rejects_js(t, TypeError, all(stream_of(Symbol()).pipeThrough(new TextEncoderStream())));
  const text = 'ä\u{1f375}'.repeat(50000);
  const response = new Response(stream_of(text, text).pipeThrough(new TextEncoderStream()));
  assert_equals(await response.text(), text + text);
  assert_equals((await all(new Response(text).body.pipeThrough(new TextDecoderStream()))).join(''), text);
}, 'beside bodies');
test(() => {
  for (const [type, members] of [[TextDecoderStream, ['encoding', 'fatal', 'ignoreBOM', 'readable', 'writable']], [TextEncoderStream, ['encoding', 'readable', 'writable']]]) {
    assert_equals(Object.prototype.toString.call(new type()), `[object ${type.name}]`);
    assert_equals(type.length, 0);
    for (const name of members) {
      const { get, set, enumerable } = Object.getOwnPropertyDescriptor(type.prototype, name);
      assert_true(enumerable && set === undefined);
      assert_throws_js(TypeError, () => get.call({}));
    }
    const stream = new type();
    assert_true(stream.readable instanceof ReadableStream && stream.readable === stream.readable);
    assert_true(stream.writable instanceof WritableStream);
  }
}, 'interfaces');
