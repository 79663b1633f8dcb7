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
