// Written from https://encoding.spec.whatwg.org/#interface-textencoder
'use strict';

const encoder = new TextEncoder();
for (const [text, bytes] of [['', []], ['abc', [97, 98, 99]], ['\u00e9', [0xc3, 0xa9]], ['\u20ac', [0xe2, 0x82, 0xac]],
  ['\u{1F600}', [0xf0, 0x9f, 0x98, 0x80]], ['\ud800', [0xef, 0xbf, 0xbd]], ['a\udc00b', [97, 0xef, 0xbf, 0xbd, 98]],
  ['\ud83d\ud83d\ude00', [0xef, 0xbf, 0xbd, 0xf0, 0x9f, 0x98, 0x80]], ['\0\x7f\x80', [0, 0x7f, 0xc2, 0x80]],
  ['x'.repeat(20), Array(20).fill(120)]]) {
  test(() => {
    const encoded = encoder.encode(text);
    assert_true(encoded instanceof Uint8Array);
    assert_array_equals(encoded, bytes);
    assert_equals(encoded.buffer.byteLength, bytes.length);
  }, `encode ${JSON.stringify(text)}`);
}
test(() => {
  assert_equals(encoder.encoding, 'utf-8');
  assert_equals(encoder.encode().length, 0);
  assert_equals(encoder.encode(undefined).length, 0);
  assert_equals(new TextDecoder().decode(encoder.encode(null)), 'null');
}, 'encoding and missing input');
for (const [text, room, read, written] of [['abc', 2, 2, 2], ['a\u20ac', 3, 1, 1], ['a\u20ac', 4, 2, 4],
  ['\u{1F600}', 3, 0, 0], ['\u{1F600}b', 5, 3, 5], ['', 4, 0, 0], ['a', 0, 0, 0], ['\ud800', 3, 1, 3], ['\u00e9', 1, 0, 0]]) {
  test(() => {
    const into = new Uint8Array(room + 1).fill(7);
    const result = encoder.encodeInto(text, into.subarray(0, room));
    assert_equals(result.read, read);
    assert_equals(result.written, written);
    assert_equals(into[room], 7, 'nothing is written past the end');
  }, `encodeInto ${JSON.stringify(text)} with room for ${room}`);
}
test(() => {
  assert_throws_js(TypeError, () => encoder.encodeInto('a'));
  assert_throws_js(TypeError, () => encoder.encodeInto('a', new ArrayBuffer(1)));
  assert_throws_js(TypeError, () => encoder.encodeInto('a', new Uint16Array(1)));
}, 'encodeInto wants a Uint8Array');
