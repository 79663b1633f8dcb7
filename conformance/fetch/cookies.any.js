// Written from https://fetch.spec.whatwg.org/#dom-headers-getsetcookie
'use strict';

test(() => {
  const h = new Headers([['set-cookie','a=1; Expires=Wed, 09 Jun 2021 10:18:14 GMT'],['Set-Cookie','b=2']]);
  assert_array_equals(h.getSetCookie(), ['a=1; Expires=Wed, 09 Jun 2021 10:18:14 GMT','b=2']);
  assert_array_equals([...h].map(String), ['set-cookie,a=1; Expires=Wed, 09 Jun 2021 10:18:14 GMT','set-cookie,b=2']);
  assert_equals(h.get('set-cookie'), 'a=1; Expires=Wed, 09 Jun 2021 10:18:14 GMT, b=2');
  const r = new Response('', { headers: h }); r.headers.append('set-cookie', 'c=3');
  assert_array_equals(r.headers.getSetCookie().slice(1), ['b=2','c=3']);
  const copy = new Response(r.body, r); assert_equals(copy.headers.getSetCookie().length, 3);
  h.set('set-cookie', 'x=1'); assert_array_equals(h.getSetCookie(), ['x=1']); h.delete('Set-Cookie'); assert_array_equals(h.getSetCookie(), []);
}, 'several Set-Cookie stay apart');
