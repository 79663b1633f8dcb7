// Pages rendered with preact on the server: strings, promises and streams.
import { createContext, Fragment, h } from 'preact';
import { useContext, useId, useMemo, useReducer, useState } from 'preact/hooks';
import { Suspense, lazy } from 'preact/compat';
import { render, renderToString, renderToStaticMarkup, renderToStringAsync } from 'preact-render-to-string';
import { renderToReadableStream } from 'preact-render-to-string/stream';

const Theme = createContext('light');

function Row({ item }) {
  const theme = useContext(Theme);
  const [open] = useState(item % 3 === 0);
  const label = useMemo(() => `row ${item}`, [item]);
  return h('li', { class: `row ${theme}`, 'data-n': item, key: item, hidden: !open, style: { color: 'red', marginTop: item } }, label, open && h('b', null, '<open>'));
}

function Form() {
  const id = useId();
  const [count] = useReducer((n) => n + 1, 41);
  return h('form', { onSubmit() {} }, h('label', { for: id }, 'Name & co'), h('input', { id, value: '"quoted"', disabled: true, checked: false }), count, null, false, 0);
}

function Page({ n, title, theme }) {
  return h(Theme.Provider, { value: theme }, h('html', { lang: 'en' }, h('head', null, h('title', null, title)), h('body', null,
    h('ul', null, Array.from({ length: n }, (_, i) => h(Row, { item: i, key: i }))), h(Form),
    h('svg', { viewBox: '0 0 1 1', xmlnsXlink: 'x' }, h('path', { strokeWidth: 2, d: 'M0 0' })),
    h('div', { dangerouslySetInnerHTML: { __html: '<i>raw</i>' } }), h(Fragment, null, 'a', h('br'), 'b'))));
}

class Old extends Error {}
function Broken() { throw new Old('render failed'); }

const later = (ms, value) => new Promise((resolve) => setTimeout(() => resolve(value), ms));
const Slow = lazy(() => later(5, { default: () => h('p', null, 'was lazy') }));
const Suspended = () => h('main', null, h(Suspense, { fallback: h('p', null, 'wait') }, h(Slow)));

const html = (body) => new Response(body, { headers: { 'content-type': 'text/html;charset=utf-8' } });

export default {
  async fetch(request) {
    const url = new URL(request.url);
    const n = Number(url.searchParams.get('n') ?? 3);
    const page = () => h(Page, { n, title: url.searchParams.get('title') ?? 'a < b', theme: url.searchParams.get('theme') ?? 'dark' });
    switch (url.pathname) {
      case '/string': return html(renderToString(page()));
      case '/static': return html(renderToStaticMarkup(page()));
      case '/render': return html(render(page(), null, { pretty: true }));
      case '/async': return html(await renderToStringAsync(h(Suspended)));
      case '/both': return html(await renderToStringAsync(h('div', null, page(), h(Suspended))));
      case '/stream': {
        const stream = renderToReadableStream(page());
        return html(stream);
      }
      case '/stream/lazy': return html(renderToReadableStream(h('html', null, h('body', null, h(Suspended)))));
      case '/broken':
        try { return html(renderToString(h(Broken))); } catch (error) { return new Response(`${error.constructor.name}: ${error.message}`, { status: 500 }); }
      default: return new Response('no page', { status: 404 });
    }
  },
};
