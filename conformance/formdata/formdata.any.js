// Written from https://xhr.spec.whatwg.org/#interface-formdata
'use strict';

test(() => {
  const form = new FormData();
  form.append('a', 'one');
  form.append('b', 2);
  form.append('a', null);
  form.append('\ud800', undefined);
  assert_equals(form.get('a'), 'one');
  assert_array_equals(form.getAll('a'), ['one', 'null']);
  assert_equals(form.get('b'), '2');
  assert_equals(form.get('\ufffd'), 'undefined');
  assert_equals(form.get('none'), null);
  assert_array_equals(form.getAll('none'), []);
  assert_true(form.has('b'));
  assert_false(form.has('c'));
  form.set('a', 'new');
  form.set('c', 'last');
  assert_array_equals([...form.keys()], ['a', 'b', '\ufffd', 'c']);
  form.delete('b');
  form.delete('nothing');
  assert_equals(JSON.stringify([...form]), '[["a","new"],["\ufffd","undefined"],["c","last"]]');
}, 'texts');

test(() => {
  const form = new FormData(), blob = new Blob(['x'], { type: 'a/b' }), file = new File(['yy'], 'name', { lastModified: 7 });
  form.append('blob', blob);
  form.append('named', blob, 'given');
  form.append('file', file);
  form.append('renamed', file, 'other');
  form.append('same', file, undefined);
  const got = form.get('blob');
  assert_true(got instanceof File);
  assert_equals([got.name, got.type, got.size].join(), 'blob,a/b,1');
  assert_equals(form.get('blob'), got);
  assert_equals(form.get('named').name, 'given');
  assert_equals(form.get('file'), file);
  assert_equals(form.get('same'), file);
  assert_equals(form.get('renamed').name, 'other');
  assert_equals(form.get('renamed').lastModified, 7);
  assert_throws_js(TypeError, () => form.append('x', 'text', 'filename'));
  assert_throws_js(TypeError, () => form.append('x', {}, 'filename'));
  assert_throws_js(TypeError, () => form.set('x', 'text', undefined));
  assert_throws_js(TypeError, () => form.append('x'));
  assert_throws_js(TypeError, () => new FormData(null));
  assert_throws_js(TypeError, () => new FormData({}));
  assert_equals([...new FormData(undefined)].length, 0);
  assert_throws_js(TypeError, () => FormData());
}, 'files');

test(() => {
  const form = new FormData();
  form.append('a', '1');
  form.append('b', '2');
  const seen = [];
  form.forEach(function (value, name, parent) { seen.push(name + value + (parent === form) + this.x); }, { x: 'x' });
  assert_array_equals(seen, ['a1truex', 'b2truex']);
  const iterator = form.entries();
  assert_array_equals(iterator.next().value, ['a', '1']);
  form.append('c', '3');
  assert_array_equals([...iterator].map(String), ['b,2', 'c,3']);
  assert_equals(FormData.prototype[Symbol.iterator], FormData.prototype.entries);
  assert_array_equals([...form.values()], ['1', '2', '3']);
}, 'iteration');

const boundary_of = (type) => /^multipart\/form-data; boundary=(.+)$/.exec(type)[1];
promise_test(async () => {
  const form = new FormData();
  form.append('plain', 'a\nb\r\nc\rd');
  form.append('quote"\r\nname', '');
  form.append('file', new File(['line\n'], 'f"\nile.txt', { type: 'text/x' }));
  form.append('blob', new Blob([new Uint8Array([0, 255])]));
  const request = new Request('https://a.example/', { method: 'POST', body: form });
  const boundary = boundary_of(request.headers.get('content-type'));
  const text = new TextDecoder('latin1').decode(await request.arrayBuffer());
  const head = `--${boundary}\r\nContent-Disposition: form-data; name=`;
  assert_equals(text, `${head}"plain"\r\n\r\na\r\nb\r\nc\r\nd\r\n`
    + `${head}"quote%22%0D%0Aname"\r\n\r\n\r\n`
    + `${head}"file"; filename="f%22%0Aile.txt"\r\nContent-Type: text/x\r\n\r\nline\n\r\n`
    + `${head}"blob"; filename="blob"\r\nContent-Type: application/octet-stream\r\n\r\n\u0000\u00ff\r\n--${boundary}--\r\n`);
  const other = boundary_of(new Response(form).headers.get('content-type'));
  assert_not_equals(other, boundary, 'each body has a boundary of its own');
}, 'a form as a body');

promise_test(async () => {
  const form = new FormData();
  form.append('ä', 'ü\u{1f375}');
  form.append('file', new File(['x'.repeat(100000)], 'big', { type: 'a/b' }));
  form.append('ä', 'again');
  const back = await new Response(form).formData();
  assert_array_equals(back.getAll('ä'), ['ü\u{1f375}', 'again']);
  const file = back.get('file');
  assert_true(file instanceof File);
  assert_equals([file.name, file.type, file.size].join(), 'big,a/b,100000');
  assert_equals(back.get('file'), file);
  assert_equals([...await new Response(new FormData()).formData()].length, 0);
  const again = await new Response(back).formData();
  assert_equals(await again.get('file').text(), 'x'.repeat(100000));
}, 'there and back');

const with_type = (type, body) => new Response(body, { headers: { 'content-type': type } });
promise_test(async () => {
  const form = await with_type('application/x-www-form-urlencoded;charset=UTF-8', 'a=1&b=%C3%A4+x&a=2&&c').formData();
  assert_equals(JSON.stringify([...form]), '[["a","1"],["b","ä x"],["a","2"],["c",""]]');
  const params = await new Response(new URLSearchParams({ q: 'x y' })).formData();
  assert_equals(params.get('q'), 'x y');
}, 'URL-encoded forms');

const good = '--B\r\nContent-Disposition: form-data; name="a"; filename="n"\r\n\r\nfile\r\n--B\r\ncontent-disposition: form-data; name="t"\r\n\r\n\ufefftext\r\n--B--\r\n';
promise_test(async () => {
  const form = await with_type('Multipart/Form-Data; boundary="B"', good).formData();
  assert_equals(form.get('a').type, 'text/plain');
  assert_equals(await form.get('a').text(), 'file');
  assert_equals(form.get('t'), 'text');
}, 'what browsers send is understood');

for (const [what, type, body] of [
  ['no type', '', good], ['another type', 'text/plain', good], ['no boundary', 'multipart/form-data', good],
  ['an empty boundary', 'multipart/form-data; boundary=""', good], ['another boundary', 'multipart/form-data; boundary=C', good],
  ['no last boundary', 'multipart/form-data; boundary=B', good.slice(0, -8)], ['nothing', 'multipart/form-data; boundary=B', ''],
  ['LF alone', 'multipart/form-data; boundary=B', good.replaceAll('\r\n', '\n')],
  ['no name', 'multipart/form-data; boundary=B', good.replaceAll('; name="t"', '')],
  ['a name without end', 'multipart/form-data; boundary=B', good.replaceAll('"t"', '"t')],
  ['mixed parts', 'multipart/mixed; boundary=B', good],
  ['too many parts', 'multipart/form-data; boundary=B', good.slice(0, -7).repeat(11000) + '--B--'],
  ['too many fields', 'application/x-www-form-urlencoded', 'a&'.repeat(10001)],
  ['a head without end', 'multipart/form-data; boundary=B', '--B\r\nX: ' + 'x'.repeat(1e6)],
])
  promise_test(async (t) => {
    const response = with_type(type, body);
    if (type === '') response.headers.delete('content-type');
    await promise_rejects_js(t, TypeError, response.formData());
    assert_true(response.bodyUsed);
  }, `no form: ${what}`);

promise_test(async (t) => {
  await promise_rejects_js(t, TypeError, new Response(null).formData());
  const request = new Request('https://a.example/', { method: 'POST', body: new FormData() });
  await request.formData();
  await promise_rejects_js(t, TypeError, request.formData());
}, 'no body, and a body used twice');

promise_test(async () => {
  const stream = new ReadableStream({ start(c) { for (const part of good.match(/[^]{1,7}/g)) c.enqueue(new TextEncoder().encode(part)); c.close(); } });
  const form = await with_type('multipart/form-data; boundary=B', stream).formData();
  assert_equals(form.get('t'), 'text');
}, 'a form from a stream');

promise_test(async () => {
  const response = new Response(new Blob(['abc'], { type: 'x/y;p=1' }));
  assert_equals(response.headers.get('content-type'), 'x/y;p=1');
  const blob = await response.blob();
  assert_true(blob instanceof Blob);
  assert_equals(blob.type, 'x/y;p=1');
  assert_equals(await blob.text(), 'abc');
  assert_equals(new Response(new Blob(['abc'])).headers.get('content-type'), null);
  assert_equals(new Response(new Blob([], { type: 'a/b' }), { headers: { 'content-type': 'c/d' } }).headers.get('content-type'), 'c/d');
  assert_equals((await new Response('text').blob()).type, 'text/plain;charset=utf-8');
  assert_equals((await new Response(new Uint8Array([1])).blob()).type, '');
  assert_equals((await new Response(null).blob()).size, 0);
  const large = new Blob(['z'.repeat(300000)]);
  const request = new Request('https://a.example/', { method: 'PUT', body: large });
  assert_equals((await request.clone().blob()).size, 300000);
  assert_equals(await request.text(), 'z'.repeat(300000));
  const of_stream = await with_type('a/b', new Blob(['q']).stream()).blob();
  assert_equals([of_stream.type, await of_stream.text()].join(), 'a/b,q');
  assert_true(await new Response('b').bytes() instanceof Uint8Array);
}, 'blob() and Blobs as bodies');
