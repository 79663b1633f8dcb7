// A page of about 20 KB streamed by react-dom, the same React for every peer.
import { createElement as h, memo } from 'react';
import { renderToReadableStream } from 'react-dom/server.edge';

const Row = memo(({ n, name }) =>
  h('tr', { id: `row-${n}`, className: n % 2 ? 'odd' : 'even' },
    h('td', null, n), h('td', null, `${name} & item ${n}`), h('td', { 'data-price': n * 3 }, (n * 3.25).toFixed(2)),
    h('td', null, h('a', { href: `/item/${n}?from="list"` }, 'open'))));

function Page({ name }) {
  return h('html', { lang: 'en' },
    h('head', null, h('meta', { charSet: 'utf-8' }), h('title', null, `List of ${name}`)),
    h('body', null, h('h1', null, name), h('table', null, h('tbody', null,
      Array.from({ length: 120 }, (_, n) => h(Row, { key: n, n, name }))))));
}

export default {
  async fetch(request) {
    const name = new URL(request.url).searchParams.get('name') ?? 'things';
    return new Response(await renderToReadableStream(h(Page, { name })), { headers: { 'content-type': 'text/html;charset=utf-8' } });
  },
};
