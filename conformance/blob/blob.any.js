// Written from https://w3c.github.io/FileAPI/
'use strict';

const list = (buffer) => [...new Uint8Array(buffer)];

promise_test(async () => {
  const blob = new Blob(['aä', new Uint8Array([1, 2]), new Uint16Array([0x0403]).buffer, new DataView(new Uint8Array([9, 5, 9]).buffer, 1, 1),
    new Blob(['-']), 7, null, '\ud800'], { type: 'Text/Plain;X=Y' });
  assert_equals(blob.size, 3 + 2 + 2 + 1 + 1 + 1 + 4 + 3);
  assert_equals(blob.type, 'text/plain;x=y');
  assert_array_equals(list(await blob.arrayBuffer()), [97, 195, 164, 1, 2, 3, 4, 5, 45, 55, 110, 117, 108, 108, 239, 191, 189]);
  const bytes = await blob.bytes();
  assert_true(bytes instanceof Uint8Array);
  assert_equals(bytes.length, blob.size);
  assert_equals((await blob.text()).slice(0, 2), 'aä');
}, 'parts of every kind');

promise_test(async () => {
  const blob = new Blob(['abc']);
  const first = await blob.bytes();
  first.fill(0);
  assert_equals(await blob.text(), 'abc');
  const source = new Uint8Array([97]);
  const kept = new Blob([source]);
  source[0] = 98;
  assert_equals(await kept.text(), 'a');
}, 'a Blob cannot be changed');

test(() => {
  assert_equals(new Blob().size, 0);
  assert_equals(new Blob(undefined, undefined).type, '');
  assert_equals(new Blob([], null).size, 0);
  assert_equals(new Blob(new Set(['a', 'b'])).size, 2);
  assert_equals(new Blob(new Uint8Array([1, 200])).size, 4, 'its elements are texts');
  for (const bad of [null, 1, 'text', {}, true]) assert_throws_js(TypeError, () => new Blob(bad), String(bad));
  assert_throws_js(TypeError, () => new Blob([], 1));
  assert_throws_js(TypeError, () => new Blob([], { endings: 'none' }));
  assert_throws_js(TypeError, () => Blob([]));
  assert_throws_js(TypeError, () => new Blob([Symbol()]));
  assert_throws_js(SyntaxError, () => new Blob([{ toString() { throw new SyntaxError('mine'); } }]));
  assert_equals(new Blob([], { type: 'a\u00e4' }).type, '');
  assert_equals(new Blob([], { type: 'a\tb' }).type, '');
  assert_equals(Object.prototype.toString.call(new Blob()), '[object Blob]');
  assert_equals(Blob.length, 0);
}, 'constructor');

test(() => {
  const seen = [];
  const option = (name, value) => ({ get: () => { seen.push(name); return { toString: () => { seen.push(name + ' text'); return value; } }; } });
  const options = Object.defineProperties({}, { type: option('type', 'a/b'), endings: option('endings', 'native') });
  const part = { toString() { seen.push('part'); return 'x'; } };
  new Blob([part], options);
  assert_array_equals(seen, ['part', 'endings', 'endings text', 'type', 'type text']);
}, 'conversions happen in order');

promise_test(async () => {
  const text = 'a\r\nb\rc\nd\r\r\n';
  assert_equals(await new Blob([text], { endings: 'native' }).text(), 'a\nb\nc\nd\n\n');
  assert_equals(await new Blob([text]).text(), text);
  assert_equals(await new Blob([new TextEncoder().encode(text)], { endings: 'native' }).text(), text);
}, 'endings');

promise_test(async () => {
  const blob = new Blob(['0123', '45', new Blob(['6789'])], { type: 'a/b' });
  const cases = [[[], '0123456789'], [[2], '23456789'], [[2, 5], '234'], [[-3], '789'], [[-3, -1], '78'], [[5, 2], ''], [[100], ''],
    [[0, 100], '0123456789'], [[NaN, 2], '01'], [[-100, 1], '0'], [[1.5, 4.4], '23'], [[undefined, 3], '012'], [['1', '2'], '1'],
    [[-Infinity, Infinity], '0123456789'], [[null, 1], '0']];
  for (const [args, wanted] of cases) {
    const part = blob.slice(...args);
    assert_equals(await part.text(), wanted, `slice(${args})`);
    assert_equals(part.size, wanted.length);
    assert_equals(part.type, '');
  }
  assert_equals(blob.slice(0, 1, 'X/Y').type, 'x/y');
  assert_equals(await blob.slice(2, 9).slice(1, 5).slice(1).text(), '456');
}, 'slice');

promise_test(async () => {
  const chunks = [];
  for await (const chunk of new Blob(['x'.repeat(200000), 'y']).stream()) {
    assert_true(chunk instanceof Uint8Array);
    chunks.push(chunk.length);
  }
  assert_equals(chunks.reduce((a, b) => a + b, 0), 200001);
  assert_true(chunks.length > 1);
  const empty = await new Blob().stream().getReader().read();
  assert_true(empty.done);
  assert_equals(await new Response(new Blob(['abc']).stream()).text(), 'abc');
}, 'stream');

promise_test(async () => {
  assert_equals(await new Blob(['\ufeffabc']).text(), 'abc');
  assert_equals(await new Blob([new Uint8Array([97, 255, 98])]).text(), 'a\ufffdb');
}, 'text decodes UTF-8');

promise_test(async () => {
  const file = new File(['ab', new Blob(['c'])], 'na/me\ud800', { type: 'T/X', lastModified: 123.9 });
  assert_true(file instanceof Blob);
  assert_equals(Object.getPrototypeOf(File), Blob);
  assert_equals(file.name, 'na/me\ufffd');
  assert_equals(file.type, 't/x');
  assert_equals(file.lastModified, 123);
  assert_equals(await file.text(), 'abc');
  assert_equals(Object.getPrototypeOf(file.slice()), Blob.prototype);
  assert_true(Math.abs(new File([], '').lastModified - Date.now()) < 1000);
  assert_equals(new File([], 'x', { lastModified: new Date(5) }).lastModified, 5);
  assert_equals(new File([], 'x', { lastModified: NaN }).lastModified, 0);
  assert_equals(new File([], 'x', { lastModified: -7 }).lastModified, -7);
  assert_equals(File.length, 2);
  assert_throws_js(TypeError, () => new File());
  assert_throws_js(TypeError, () => new File([]));
  assert_throws_js(TypeError, () => new File('a', 'b'));
}, 'File');

promise_test(async () => {
  const file = new File(['abc'], 'n', { type: 'a/b', lastModified: 4 });
  const copy = structuredClone({ file, again: file, blob: file.slice(1) });
  assert_true(copy.file instanceof File);
  assert_not_equals(copy.file, file);
  assert_equals(copy.file, copy.again);
  assert_equals([copy.file.name, copy.file.type, copy.file.lastModified].join(), 'n,a/b,4');
  assert_equals(await copy.file.text(), 'abc');
  assert_equals(Object.getPrototypeOf(copy.blob), Blob.prototype);
  assert_equals(await copy.blob.text(), 'bc');
}, 'structuredClone');

promise_test(async () => {
  let failed = 0;
  const kept = [];
  const megabyte = new Uint8Array(1 << 20);
  try {
    for (let i = 0; i < 400; i++) kept.push(new Blob([megabyte]));
  } catch (e) {
    assert_true(e instanceof RangeError, String(e));
    failed = kept.length;
  }
  assert_true(failed > 16 && failed < 140, `${failed} MiB fitted`);
  const many = kept.map((b) => b.slice(0, 1 << 19));
  assert_equals(new Blob(many).size, failed << 19, 'slices and joins take no memory');
}, 'Blobs count against the memory of the worker');

promise_test(async () => {
  let blob = new Blob(['x'.repeat(1000)]);
  const range = (make) => assert_throws_js(RangeError, make);
  range(() => { for (;;) blob = new Blob([blob, blob]); });
  assert_true(blob.size > 60e6 && blob.size <= 128 * 1048576, `${blob.size}`);
  const text = 'y'.repeat(1 << 20), bytes = new Uint8Array(1 << 20);
  range(() => new Blob(Array(1000).fill(text)));
  range(() => new Blob(Array(1000).fill(bytes)));
  const form = new FormData();
  range(() => { for (;;) form.append('name', text); });
  form.delete('name');
  form.append('name', text);
  let grown = new Blob();
  for (let i = 0; i < 5000; i++) grown = new Blob([grown, String(i % 10)]);
  assert_equals(await grown.slice(4090, 4100).text(), '0123456789');
}, 'what takes no end is refused');
