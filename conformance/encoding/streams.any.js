// TextEncoderStream, TextDecoderStream: https://encoding.spec.whatwg.org/#interface-textencoderstream
'use strict';

const collect = async (stream) => {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
};

promise_test(async () => {
  const chunks = await collect(ReadableStream.from(['a\u010d', '', '\ud83c', '\udf75', 'x\ud800', 'y', 5, '\udbff']).pipeThrough(new TextEncoderStream()));
  const bytes = chunks.flatMap((chunk) => [...chunk]);
  assert_true(chunks.every((chunk) => chunk instanceof Uint8Array && chunk.length > 0));
  assert_equals(new TextDecoder().decode(new Uint8Array(bytes)), 'a\u010d\u{1f375}x\ufffdy5\ufffd');
  assert_equals(new TextEncoderStream().encoding, 'utf-8');
}, 'text becomes UTF-8, surrogates find each other across chunks');

promise_test(async () => {
  const bytes = new TextEncoder().encode('a\u010d\u{1f375}');
  const parts = [...bytes].map((byte) => new Uint8Array([byte]));
  assert_equals((await collect(ReadableStream.from(parts).pipeThrough(new TextDecoderStream()))).join(''), 'a\u010d\u{1f375}');
  assert_array_equals(await collect(ReadableStream.from([new Uint8Array([0xe2, 0x82])]).pipeThrough(new TextDecoderStream())), ['\ufffd']);
  const latin = new TextDecoderStream('latin1');
  assert_equals(latin.encoding, 'windows-1252');
  assert_array_equals(await collect(ReadableStream.from([new Uint8Array([0xe9])]).pipeThrough(latin)), ['\u00e9']);
}, 'bytes become text, cut anywhere');

promise_test(async (t) => {
  const fatal = new TextDecoderStream('utf-8', { fatal: true });
  assert_true(fatal.fatal);
  await promise_rejects_js(t, TypeError, collect(ReadableStream.from([new Uint8Array([0xff])]).pipeThrough(fatal)));
  await promise_rejects_js(t, TypeError, collect(ReadableStream.from(['text']).pipeThrough(new TextDecoderStream())));
  assert_throws_js(RangeError, () => new TextDecoderStream('nope'));
}, 'fatal decoders fail, and what is no buffer');
