// URLPattern: https://urlpattern.spec.whatwg.org/
'use strict';

test(() => {
  const pattern = new URLPattern({ pathname: '/books/:id(\\d+)/:rest*' });
  assert_true(pattern.test('https://x.example/books/12/a/b'));
  assert_false(pattern.test('https://x.example/books/twelve'));
  const found = pattern.exec('https://x.example/books/12/a/b');
  assert_equals(found.pathname.groups.id, '12');
  assert_equals(found.pathname.groups.rest, 'a/b');
  assert_equals(found.hostname.input, 'x.example');
  assert_equals(pattern.exec('https://x.example/none'), null);
}, 'names, regular expressions and repetition');

test(() => {
  const pattern = new URLPattern('https://*.example.com/:file.:type?', 'https://base.example');
  assert_true(pattern.test('https://cdn.example.com/a.png'));
  assert_equals(new URLPattern('/x/*', 'https://h.example').hostname, 'h.example');
  assert_true(new URLPattern({ pathname: '/Foo' }, { ignoreCase: true }).test({ pathname: '/foo' }));
  assert_throws_js(TypeError, () => new URLPattern('/no-base'));
  assert_throws_js(TypeError, () => new URLPattern({ pathname: '/(' }));
}, 'strings, a base, case, and what is refused');
