import assert from 'node:assert';
import stream, { Readable, Writable, Duplex, Transform, PassThrough, pipeline as pipeline_callback, finished, duplexPair } from 'node:stream';
import { pipeline, finished as finished_promise } from 'node:stream/promises';
import { text, json, buffer, arrayBuffer } from 'node:stream/consumers';
import web from 'node:stream/web';
import { StringDecoder } from 'node:string_decoder';

export const shape = {
  test() {
    assert.strictEqual(stream.Stream, stream);
    assert.strictEqual(stream.Readable, Readable);
    assert.strictEqual(web.ReadableStream, ReadableStream);
    assert.ok(new PassThrough() instanceof Transform);
    assert.ok(new Duplex({ read() {}, write() {} }) instanceof Readable);
    assert.strictEqual(stream.promises.pipeline, pipeline);
  },
};

export const reading = {
  async test() {
    const parts = [];
    for await (const part of Readable.from(['a', 'b', 'c'])) parts.push(part);
    assert.deepStrictEqual(parts, ['a', 'b', 'c']);
    const flowing = new Readable({ read() { this.push('x'); this.push(Buffer.from('y')); this.push(null); } });
    const seen = await new Promise((resolve) => {
      const got = [];
      flowing.on('data', (chunk) => got.push(Buffer.isBuffer(chunk), chunk.toString()));
      flowing.on('end', () => resolve(got));
    });
    assert.deepStrictEqual(seen, [true, 'x', true, 'y']);
    const encoded = Readable.from([Buffer.from([0xe2, 0x82]), Buffer.from([0xac])], { objectMode: false }).setEncoding('utf8');
    assert.strictEqual(await text(encoded), '\u20ac');
    const squares = await Readable.from([1, 2, 3, 4]).filter((x) => x % 2 === 0).map((x) => x * x).toArray();
    assert.deepStrictEqual(squares, [4, 16]);
  },
};

export const writing = {
  async test() {
    const got = [];
    const slow = new Writable({ highWaterMark: 4, write(chunk, encoding, done) { setTimeout(() => { got.push(chunk.toString()); done(); }, 1); } });
    assert.strictEqual(slow.write('abc'), true);
    assert.strictEqual(slow.write('def'), false);
    await new Promise((resolve) => slow.once('drain', resolve));
    slow.end('!');
    await finished_promise(slow);
    assert.deepStrictEqual(got, ['abc', 'def', '!']);
  },
};

const upper = () => new Transform({ transform(chunk, encoding, done) { done(null, chunk.toString().toUpperCase()); } });

export const pipelines = {
  async test() {
    const out = [];
    await pipeline(Readable.from(['a', 'b']), upper(), async function* (source) { for await (const x of source) yield `${x}!`; },
      new Writable({ objectMode: true, write(chunk, encoding, done) { out.push(String(chunk)); done(); } }));
    assert.deepStrictEqual(out, ['AB!']);
    await assert.rejects(pipeline(Readable.from(['a']), new Transform({ transform(c, e, done) { done(new Error('broken')); } }), new PassThrough()), /broken/);
    const error = await new Promise((resolve) => pipeline_callback(Readable.from(['x']), new PassThrough(), new Writable({ write(c, e, done) { done(new Error('sink')); } }), resolve));
    assert.strictEqual(error.message, 'sink');
    const piped = Readable.from(['p', 'q']).pipe(upper());
    assert.strictEqual(await text(piped), 'PQ');
    const controller = new AbortController();
    const waiting = pipeline(new Readable({ read() {} }), new PassThrough(), { signal: controller.signal });
    controller.abort();
    await assert.rejects(waiting, { name: 'AbortError' });
  },
};

export const ends = {
  async test() {
    const broken = new Readable({ read() {} });
    const told = new Promise((resolve) => finished(broken, resolve));
    broken.destroy(new Error('gone'));
    assert.strictEqual((await told).message, 'gone');
    const early = new Readable({ read() {} });
    const premature = new Promise((resolve) => finished(early, resolve));
    early.destroy();
    assert.strictEqual((await premature).code, 'ERR_STREAM_PREMATURE_CLOSE');
  },
};

export const consumers = {
  async test() {
    assert.deepStrictEqual(await json(Readable.from(['{"a":', '1}'])), { a: 1 });
    assert.strictEqual((await buffer(Readable.from([Buffer.from('ab'), Buffer.from('c')]))).toString(), 'abc');
    assert.strictEqual((await arrayBuffer(new Response('four').body)).byteLength, 4);
    assert.strictEqual(await text(new Response('\u010d\u20ac').body), '\u010d\u20ac');
  },
};

export const bridges = {
  async test() {
    assert.strictEqual(await new Response(Readable.toWeb(Readable.from([Buffer.from('from '), Buffer.from('node')], { objectMode: false }))).text(), 'from node');
    assert.strictEqual(await text(Readable.fromWeb(new Response('from web').body)), 'from web');
    const got = [];
    const sink = new WritableStream({ write(chunk) { got.push(new TextDecoder().decode(chunk)); } });
    await pipeline(Readable.from(['x', 'y'], { objectMode: false }), Writable.fromWeb(sink));
    assert.deepStrictEqual(got.join(''), 'xy');
    const taken = [];
    const to = Writable.toWeb(new Writable({ write(chunk, encoding, done) { taken.push(chunk.toString()); done(); } }));
    const writer = to.getWriter();
    await writer.write(Buffer.from('one'));
    await writer.write(Buffer.from('two'));
    await writer.close();
    assert.deepStrictEqual(taken, ['one', 'two']);
    await assert.rejects(new Response(Readable.toWeb(new Readable({ read() { this.destroy(new Error('torn')); } }))).text());
    const { readable, writable } = Duplex.toWeb(new PassThrough());
    const pair = writable.getWriter();
    const both = new Response(readable).text();
    await pair.write(Buffer.from('through'));
    await pair.close();
    assert.strictEqual(await both, 'through');
    if (duplexPair) {
      const [left, right] = duplexPair();
      left.end('across');
      assert.strictEqual(await text(right), 'across');
    }
  },
};

export const big = {
  async test() {
    const chunk = Buffer.alloc(64 * 1024, 'z');
    let n = 0;
    const source = new Readable({ read() { this.push(n++ < 32 ? chunk : null); } });
    let total = 0;
    await pipeline(source, new PassThrough(), new Writable({ write(c, e, done) { total += c.length; done(); } }));
    assert.strictEqual(total, 32 * 65536);
  },
};

export const decoder = {
  test() {
    const samples = [Buffer.from('a\u00e9\u20ac\u{1f375}z'), Buffer.from([0xe2, 0x28, 0xa1, 0xf0, 0x9f, 0x41, 0xc2, 0xed, 0xa0, 0x80, 0xff, 0xe2, 0x82])];
    const out = [];
    for (const encoding of ['utf8', 'utf16le', 'base64', 'base64url', 'hex', 'latin1', 'ascii']) for (const bytes of samples) for (const size of [1, 2, 3, 4, 5]) {
      const d = new StringDecoder(encoding);
      const parts = [];
      for (let i = 0; i < bytes.length; i += size) parts.push(d.write(bytes.subarray(i, i + size)));
      parts.push(d.end());
      out.push(JSON.stringify([encoding, size, parts]));
    }
    if (globalThis.DUMP) globalThis.DUMP(out);
    let sum = 0;
    for (const line of out) for (let i = 0; i < line.length; i++) sum = (sum * 31 + line.charCodeAt(i)) >>> 0;
    assert.strictEqual(`${sum}`, '2630723281');
    assert.throws(() => new StringDecoder('nope'), { code: 'ERR_UNKNOWN_ENCODING' });
    assert.throws(() => new StringDecoder().write(5), { code: 'ERR_INVALID_ARG_TYPE' });
    assert.strictEqual(new StringDecoder('UTF-8').encoding, 'utf8');
  },
};
