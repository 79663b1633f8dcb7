// Written from https://encoding.spec.whatwg.org/#interface-textdecoder
'use strict';

for (const [label, name] of [['utf-8', 'utf-8'], ['UTF8', 'utf-8'], [' unicode-1-1-utf-8\n', 'utf-8'],
  ['utf-16', 'utf-16le'], ['utf-16le', 'utf-16le'], ['UTF-16BE', 'utf-16be'], ['latin1', 'windows-1252'],
  ['ascii', 'windows-1252'], ['iso-8859-1', 'windows-1252'], ['windows-1252', 'windows-1252']]) {
  test(() => assert_equals(new TextDecoder(label).encoding, name), `label ${JSON.stringify(label)}`);
}
test(() => {
  for (const label of ['', 'nope', 'utf-8\0', 'utf-32']) assert_throws_js(RangeError, () => new TextDecoder(label));
}, 'unknown labels are a RangeError');

const bad = '\ufffd';
for (const [label, bytes, text] of [['utf-8', [0xef, 0xbb, 0xbf, 97], 'a'], ['utf-8', [0xff, 97], bad + 'a'],
  ['utf-8', [0xe2, 0x82], bad], ['utf-8', [0xc0, 0x80], bad + bad], ['utf-8', [0xed, 0xa0, 0x80], bad + bad + bad],
  ['utf-8', [0xf0, 0x9f, 0x98, 0x80], '\u{1F600}'], ['utf-8', [0xf0, 0x9f, 0x41], bad + 'A'],
  ['utf-8', [0xf4, 0x90, 0x80, 0x80], bad + bad + bad + bad], ['utf-16le', [97, 0, 0xac, 0x20], 'a\u20ac'],
  ['utf-16le', [0xff, 0xfe, 97, 0], 'a'], ['utf-16le', [0, 0xd8], bad], ['utf-16le', [97], bad],
  ['utf-16be', [0, 97, 0xd8, 0x3d, 0xde, 0], 'a\u{1F600}'], ['latin1', [0x80, 0xe9, 0xff], '\u20ac\u00e9\u00ff'],
  ['latin1', [0x81], '\u0081'], ['utf-8', [], '']]) {
  test(() => {
    assert_equals(new TextDecoder(label).decode(new Uint8Array(bytes)), text);
    const decoder = new TextDecoder(label);
    let pieces = '';
    for (const byte of bytes) pieces += decoder.decode(new Uint8Array([byte]), { stream: true });
    assert_equals(pieces + decoder.decode(), text, 'byte by byte');
  }, `${label} ${bytes.map((b) => b.toString(16)).join(' ')}`);
}
for (const bytes of [[0xff], [0xe2, 0x82], [0xed, 0xa0, 0x80], [0xc1, 0x81]]) {
  test(() => {
    const decoder = new TextDecoder('utf-8', { fatal: true });
    assert_throws_js(TypeError, () => decoder.decode(new Uint8Array(bytes)));
    assert_equals(decoder.decode(new Uint8Array([97])), 'a', 'usable afterwards');
  }, `fatal ${bytes}`);
}
test(() => {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true, fatal: 1 });
  assert_true(decoder.ignoreBOM);
  assert_true(decoder.fatal);
  assert_equals(decoder.decode(new Uint8Array([0xef, 0xbb, 0xbf, 97])), '\ufeffa');
  assert_false(new TextDecoder().fatal);
}, 'options');
test(() => {
  const decoder = new TextDecoder();
  assert_equals(decoder.decode(), '');
  assert_equals(decoder.decode(new Uint8Array([97, 98, 99]).buffer), 'abc');
  assert_equals(decoder.decode(new DataView(new Uint8Array([97, 98, 99]).buffer, 1)), 'bc');
  assert_equals(decoder.decode(new Uint16Array([0x6261])), 'ab');
  assert_throws_js(TypeError, () => decoder.decode('x'));
  assert_throws_js(TypeError, () => decoder.decode(null));
  assert_throws_js(TypeError, () => decoder.decode([]));
}, 'kinds of input');
test(() => {
  const decoder = new TextDecoder();
  decoder.decode(new Uint8Array([0xe2, 0x82]), { stream: true });
  assert_equals(decoder.decode(new Uint8Array([0xac])), '\u20ac');
  decoder.decode(new Uint8Array([0xe2]), { stream: true });
  assert_equals(decoder.decode(new Uint8Array([97])), bad + 'a');
  assert_equals(decoder.decode(new Uint8Array([0xef, 0xbb, 0xbf])), '', 'the mark of a new stream');
}, 'state between calls');
test(() => {
  assert_throws_js(TypeError, () => new TextDecoder('utf-8', 1));
  assert_throws_js(TypeError, () => TextDecoder());
}, 'the constructor checks its arguments');
