// marked: Markdown of the request as HTML, by option.
import { Marked, lexer, marked } from 'marked';

const plain = new Marked();
const gfm = new Marked({ gfm: true, breaks: true });
const pedantic = new Marked({ pedantic: true, gfm: false });
const own = new Marked({
  renderer: { heading({ tokens, depth }) { const text = this.parser.parseInline(tokens); return `<h${depth} id="${text.toLowerCase().replace(/[^\w]+/g, '-')}">${text}</h${depth}>\n`; }, link({ href, text }) { return `<a rel="nofollow" href="${href}">${text}</a>`; } },
  extensions: [{ name: 'note', level: 'block', start: (src) => src.indexOf(':::'), tokenizer(src) { const match = /^:::(\w+)\n([^]*?)\n:::(?:\n|$)/.exec(src); if (match) return { type: 'note', raw: match[0], kind: match[1], tokens: this.lexer.blockTokens(match[2]) }; }, renderer(token) { return `<aside class="${token.kind}">${this.parser.parse(token.tokens)}</aside>`; } }],
  walkTokens: async (token) => { if (token.type === 'code') { await null; token.text = `/* seen */ ${token.text}`; } },
  async: true,
});

export default {
  async fetch(request) {
    const text = await request.text();
    const html = (body) => new Response(body, { headers: { 'content-type': 'text/html;charset=utf-8' } });
    switch (new URL(request.url).pathname) {
      case '/plain': return html(plain.parse(text));
      case '/gfm': return html(gfm.parse(text));
      case '/pedantic': return html(pedantic.parse(text));
      case '/own': return html(await own.parse(text));
      case '/inline': return html(marked.parseInline(text));
      case '/tokens': return Response.json(lexer(text));
      default: return new Response('what?', { status: 404 });
    }
  },
};
