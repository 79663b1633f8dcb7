// Pages rendered with react-dom on the server, streaming: a table of about 20 KB, parts that come later, errors, aborts.
import { Component, createContext, createElement as h, Fragment, lazy, memo, Suspense, use, useActionState, useContext, useId, useMemo, useState, version } from 'react';
import { renderToReadableStream, renderToStaticMarkup, renderToString, resume, version as server_version } from 'react-dom/server';

const Locale = createContext('en');

const Cell = memo(({ children, n }) => h('td', { className: n % 2 ? 'odd' : 'even', 'data-n': n }, children));

function Row({ n }) {
  const locale = useContext(Locale);
  const [label] = useState(() => `item ${n} & more`);
  const price = useMemo(() => (n * 3.25).toFixed(2), [n]);
  return h('tr', { id: `r${n}`, style: { '--n': n, paddingTop: 4 } }, h(Cell, { n }, label), h(Cell, { n: n + 1 }, price), h(Cell, { n }, locale), h('td', null, h('a', { href: `/item/${n}?q="x"`, 'aria-label': `Open ${n}` }, 'open')));
}

function Page({ rows, title, children }) {
  const id = useId();
  return h(Locale.Provider, { value: 'cs' }, h('html', { lang: 'en' }, h('head', null, h('meta', { charSet: 'utf-8' }), h('title', null, title), h('link', { rel: 'stylesheet', href: '/s.css', precedence: 'default' })),
    h('body', null, h('label', { htmlFor: id }, title), h('input', { id, defaultValue: '<x>', readOnly: true }), h('table', null, h('tbody', null, Array.from({ length: rows }, (_, n) => h(Row, { n, key: n })))), children)));
}

const later = (ms, value) => new Promise((resolve, reject) => setTimeout(() => (value instanceof Error ? reject(value) : resolve(value)), ms));

function Late({ promise }) { return h('p', null, 'late: ', use(promise)); }
const Lazy = lazy(() => later(8, { default: () => h('section', null, 'lazy part') }));
function Form() {
  const [state, action] = useActionState(() => 1, 'initial');
  return h('form', { action }, state, h('select', { defaultValue: 'b' }, h('option', { value: 'a' }, 'A'), h('option', { value: 'b' }, 'B')), h('textarea', { defaultValue: 'te\nxt' }), h('img', { src: '/i.png', alt: '', srcSet: '/i2.png 2x' }));
}
class Boundary extends Component {
  state = { failed: false };
  static getDerivedStateFromError() { return { failed: true }; }
  render() { return this.state.failed ? 'failed' : this.props.children; }
}
function Throws() { throw new Error('component failed'); }

const html = (body, init) => new Response(body, { ...init, headers: { 'content-type': 'text/html;charset=utf-8' } });

async function stream(element, options = {}) {
  const errors = [];
  const body = await renderToReadableStream(element, { onError(error) { errors.push(error.message); return 'digest'; }, ...options });
  return [body, errors];
}

export default {
  async fetch(request) {
    const url = new URL(request.url);
    const rows = Number(url.searchParams.get('rows') ?? 5);
    const title = url.searchParams.get('title') ?? 'T & Q';
    const page = (...children) => h(Page, { rows, title }, ...children);
    switch (url.pathname) {
      case '/page': return html((await stream(page()))[0]);
      case '/scripts': return html((await stream(page(), { bootstrapScripts: ['/main.js'], bootstrapModules: ['/m.mjs'], bootstrapScriptContent: 'go("</script>")', nonce: 'abc', identifierPrefix: 'p-' }))[0]);
      case '/suspense': return html((await stream(page(h(Suspense, { fallback: h('i', null, 'waiting') }, h(Late, { promise: later(6, 'came') })), h(Suspense, { fallback: 'lazy...' }, h(Lazy)))))[0]);
      case '/ready': {
        const [body] = await stream(page(h(Suspense, { fallback: 'x' }, h(Late, { promise: later(4, 'all') }))));
        await body.allReady;
        return html(body);
      }
      case '/late-error': return html((await stream(page(h(Boundary, null, h(Suspense, { fallback: 'soon' }, h(Late, { promise: later(3, new Error('no data')) }))))))[0]);
      case '/form': return html((await stream(h(Form)))[0]);
      case '/shell-error':
        try { return html((await stream(h('div', null, h(Throws))))[0]); } catch (error) { return html(`shell: ${error.message}`, { status: 500 }); }
      case '/string': return html(renderToString(page()));
      case '/static': return html(renderToStaticMarkup(h(Fragment, null, page(), h(Form))));
      case '/abort': {
        const controller = new AbortController();
        const body = await renderToReadableStream(page(h(Suspense, { fallback: 'aborted' }, h(Late, { promise: new Promise(() => {}) }))), { signal: controller.signal, onError: () => 'd' });
        setTimeout(() => controller.abort(new Error('enough')), 5);
        return html(body);
      }
      case '/tee': {
        const [one, two] = (await stream(page()))[0].tee();
        const [a, b] = await Promise.all([new Response(one).text(), new Response(two).text()]);
        return html(`${a === b} ${a.length}`);
      }
      case '/versions': return Response.json([version, server_version, typeof resume]);
      default: return new Response('no page', { status: 404 });
    }
  },
};
