// Written from https://html.spec.whatwg.org/#atob
'use strict';

for (const [bytes, text] of [['', ''], ['a', 'YQ=='], ['ab', 'YWI='], ['abc', 'YWJj'], ['\xff\xfe\xfd', '//79'],
  ['\0', 'AA=='], [1.5, 'MS41'], [null, 'bnVsbA==']]) {
  test(() => {
    assert_equals(btoa(bytes), text);
    assert_equals(atob(text), String(bytes));
  }, `btoa(${JSON.stringify(bytes)})`);
}
for (const [text, bytes] of [[' Y Q = = ', 'a'], ['YQ', 'a'], ['\tYWI\n', 'ab'], ['ab\f\r', 'i'], ['YR==', 'a']])
  test(() => assert_equals(atob(text), bytes), `atob(${JSON.stringify(text)})`);
for (const text of ['a', 'abcde', '=', 'YQ=', 'Y=Q=', 'YQ===', 'a-b_', 'abc\0', 'ab\u00a0', '\u0100bcd', 'A', '=YQ='])
  test(() => assert_throws_dom('InvalidCharacterError', () => atob(text)), `atob refuses ${JSON.stringify(text)}`);
test(() => {
  assert_throws_dom('InvalidCharacterError', () => btoa('\u0100'));
  assert_throws_js(TypeError, () => btoa());
  assert_throws_js(TypeError, () => atob());
}, 'btoa takes Latin-1 only');

test(() => {
  // What this engine may bring has to be right: views begin somewhere in their buffer.
  const view = new Uint8Array([9, 9, 1, 2, 3]).subarray(2);
  if (view.toBase64) assert_equals(view.toBase64(), 'AQID');
  if (view.toHex) assert_equals(view.toHex(), '010203');
  if (Uint8Array.fromBase64) assert_array_equals([...Uint8Array.fromBase64('AQID')], [1, 2, 3]);
}, 'bytes in Base64 are those of the view');
