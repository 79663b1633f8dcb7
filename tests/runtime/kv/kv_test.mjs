// The KV binding: its surface, limits and errors. Every text here is what workerd with miniflare answers; what is
// skerry's own decision is in kv_own_test.mjs.
import assert from 'node:assert';

const bytes = (...values) => new Uint8Array(values);
const now_s = () => Math.floor(Date.now() / 1000);

// `call` is async, so that it does not matter whether an API throws or rejects.
async function refused(call, name, message) {
  await assert.rejects(async () => call(), { name, message });
}

async function read_stream(stream) {
  const all = [];
  const reader = stream.getReader();
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return all;
    for (const byte of value) all.push(byte);
  }
}

function stream_of(...chunks) {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
}

const text_of = (list) => String.fromCharCode(...list);

export const testSurface = {
  async test(controller, { KV }) {
    assert.strictEqual(Object.prototype.toString.call(KV), '[object KvNamespace]');
    assert.strictEqual(KV.constructor.name, 'KvNamespace');
    assert.strictEqual(typeof globalThis.KvNamespace, 'undefined');
    assert.deepStrictEqual(Object.getOwnPropertyNames(KV), []);
    const prototype = Object.getPrototypeOf(KV);
    for (const name of ['get', 'list', 'put', 'getWithMetadata', 'delete']) {
      const { enumerable, writable, value } = Object.getOwnPropertyDescriptor(prototype, name);
      assert.deepStrictEqual([enumerable, writable, typeof value], [true, true, 'function'], name);
    }
    assert.throws(() => new KV.constructor(), TypeError);
    const { get } = KV;
    await assert.rejects(async () => get('a'), TypeError);
    await assert.rejects(async () => KV.get(), TypeError);
    await assert.rejects(async () => KV.put('a'), TypeError);
    assert.ok(KV.get('a') instanceof Promise);
    assert.ok(KV.list() instanceof Promise);
  },
};

export const testText = {
  async test(controller, { KV }) {
    assert.strictEqual(await KV.get('text:none'), null);
    assert.strictEqual(await KV.put('text:a', 'text \u010d'), undefined);
    for (const type of [undefined, null, 'text', {}, { type: 'text' }, { type: undefined }, [], { cacheTtl: 30 }]) {
      assert.strictEqual(await KV.get('text:a', type), 'text \u010d');
    }
    await KV.put('text:a', 'second');
    assert.strictEqual(await KV.get('text:a'), 'second');
    await KV.put('text:empty', '');
    assert.strictEqual(await KV.get('text:empty'), '');
    await KV.put('text:bad', bytes(0xff, 0x41));
    assert.strictEqual(await KV.get('text:bad'), '\ufffdA');
    await KV.put('text:bom', '\ufeffhi');
    assert.strictEqual(await KV.get('text:bom'), '\ufeffhi');
    await KV.put('text:lone', '\ud800x');
    assert.strictEqual((await KV.get('text:lone')).endsWith('x'), true);
    const big = '0123456789'.repeat(100_000);
    await KV.put('text:big', big);
    assert.strictEqual(await KV.get('text:big'), big);
    const wide = '\u{1f375}\u010d'.repeat(10_000);
    await KV.put('text:wide', wide);
    assert.strictEqual(await KV.get('text:wide'), wide);
  },
};

export const testJson = {
  async test(controller, { KV }) {
    await KV.put('json:a', '{"x":[1,null,"\u010d"]}');
    assert.deepStrictEqual(await KV.get('json:a', 'json'), { x: [1, null, '\u010d'] });
    assert.deepStrictEqual(await KV.get('json:a', { type: 'json', cacheTtl: 60 }), { x: [1, null, '\u010d'] });
    assert.strictEqual(await KV.get('json:none', 'json'), null);
    await KV.put('json:bad', 'text');
    await assert.rejects(KV.get('json:bad', 'json'), SyntaxError);
    await assert.rejects(KV.getWithMetadata('json:bad', 'json'), SyntaxError);
    await KV.put('json:empty', '');
    await refused(() => KV.get('json:empty', 'json'), 'SyntaxError', 'Unexpected end of JSON input');
  },
};

export const testArrayBuffer = {
  async test(controller, { KV }) {
    await KV.put('ab:a', bytes(0, 255, 1));
    const buffer = await KV.get('ab:a', 'arrayBuffer');
    assert.ok(buffer instanceof ArrayBuffer);
    assert.deepStrictEqual([...new Uint8Array(buffer)], [0, 255, 1]);
    // Each read has memory of its own.
    new Uint8Array(buffer).fill(7);
    assert.deepStrictEqual([...new Uint8Array(await KV.get('ab:a', { type: 'arrayBuffer' }))], [0, 255, 1]);
    await KV.put('ab:empty', new ArrayBuffer(0));
    assert.strictEqual((await KV.get('ab:empty', 'arrayBuffer')).byteLength, 0);
    assert.strictEqual(await KV.get('ab:none', 'arrayBuffer'), null);
  },
};

export const testStream = {
  async test(controller, { KV }) {
    await KV.put('stream:a', 'flow');
    const stream = await KV.get('stream:a', 'stream');
    assert.ok(stream instanceof ReadableStream);
    assert.strictEqual(text_of(await read_stream(stream)), 'flow');
    assert.strictEqual(await KV.get('stream:none', 'stream'), null);
    await KV.put('stream:empty', '');
    assert.deepStrictEqual(await read_stream(await KV.get('stream:empty', 'stream')), []);
    const { value, metadata } = await KV.getWithMetadata('stream:a', { type: 'stream' });
    assert.strictEqual(metadata, null);
    assert.strictEqual(text_of(await read_stream(value)), 'flow');
    const large = new Uint8Array(1_000_000).map((_, i) => i % 251);
    await KV.put('stream:large', large);
    const back = await read_stream(await KV.get('stream:large', 'stream'));
    assert.strictEqual(back.length, large.length);
    assert.ok(back.every((byte, i) => byte === i % 251));
    const half = await KV.get('stream:large', 'stream');
    const reader = half.getReader();
    assert.strictEqual((await reader.read()).done, false);
    await reader.cancel('enough');
  },
};

export const testUnknownType = {
  async test(controller, { KV }) {
    await KV.put('type:a', 'v');
    const text = 'Unknown response type. Possible types are "text", "arrayBuffer", "json", and "stream".';
    for (const type of ['yaml', '', 'TEXT', 'arraybuffer', 5, true, { type: 'yaml' }, { type: null }]) {
      await refused(() => KV.get('type:a', type), 'TypeError', text);
    }
    await refused(() => KV.getWithMetadata('type:a', 'yaml'), 'TypeError', text);
    assert.strictEqual(await KV.get('type:none', 'yaml'), null);
    await refused(() => KV.get('type:a', Symbol('s')), 'TypeError', 'Cannot convert a Symbol value to a string');
  },
};

export const testCacheTtl = {
  async test(controller, { KV }) {
    for (const [given, told] of [[29, 29], [0, 0], [-1, -1], ['x', 0], [null, 0], [NaN, 0]]) {
      const text = `KV GET failed: 400 Invalid cache_ttl of ${told}. Cache TTL must be at least 30.`;
      await refused(() => KV.get('ttl:a', { cacheTtl: given }), 'Error', text);
      await refused(() => KV.get(['ttl:a'], { cacheTtl: given }), 'Error', text.replace('GET', 'GET_BULK'));
    }
    for (const given of [30, 60, 45.5, '30', undefined]) assert.strictEqual(await KV.get('ttl:a', { cacheTtl: given }), null);
  },
};

export const testWithMetadata = {
  async test(controller, { KV }) {
    await KV.put('meta:a', 'v', { metadata: { a: [1], b: '\u010d' } });
    const got = await KV.getWithMetadata('meta:a');
    assert.deepStrictEqual(got, { value: 'v', metadata: { a: [1], b: '\u010d' }, cacheStatus: null });
    assert.deepStrictEqual(Object.keys(got), ['value', 'metadata', 'cacheStatus']);
    assert.deepStrictEqual([...new Uint8Array((await KV.getWithMetadata('meta:a', 'arrayBuffer')).value)], [118]);
    assert.deepStrictEqual(await KV.getWithMetadata('meta:none'), { value: null, metadata: null, cacheStatus: null });
    await KV.put('meta:a', '{"j":1}');
    assert.deepStrictEqual(await KV.getWithMetadata('meta:a', 'json'), { value: { j: 1 }, metadata: null, cacheStatus: null });
    for (const metadata of [0, false, '', [], 5, 'text', { nested: { deep: [null] } }]) {
      await KV.put('meta:b', 'v', { metadata });
      assert.deepStrictEqual((await KV.getWithMetadata('meta:b')).metadata, metadata);
    }
    for (const metadata of [null, undefined]) {
      await KV.put('meta:b', 'v', { metadata });
      assert.strictEqual((await KV.getWithMetadata('meta:b')).metadata, null);
    }
    await KV.put('meta:c', 'v', { metadata: { a: undefined } });
    assert.deepStrictEqual((await KV.getWithMetadata('meta:c')).metadata, {});
  },
};

export const testMetadataLimit = {
  async test(controller, { KV }) {
    await KV.put('limit:m', 'v', { metadata: 'x'.repeat(1022) });
    const text = (n) => `KV PUT failed: 413 Metadata length of ${n} exceeds limit of 1024.`;
    await refused(() => KV.put('limit:m', 'w', { metadata: 'x'.repeat(1023) }), 'Error', text(1025));
    await KV.put('limit:m', 'v', { metadata: '\u010d'.repeat(511) });
    await refused(() => KV.put('limit:m', 'w', { metadata: '\u010d'.repeat(512) }), 'Error', text(1026));
    assert.strictEqual(await KV.get('limit:m'), 'v');
    await refused(() => KV.put('limit:m', 'w', { metadata: 1n }), 'TypeError', 'Do not know how to serialize a BigInt');
    const cycle = {};
    cycle.cycle = cycle;
    await assert.rejects(async () => KV.put('limit:m', 'w', { metadata: cycle }), TypeError);
    const boo = { toJSON() { throw new RangeError('boo'); } };
    await refused(() => KV.put('limit:m', 'w', { metadata: boo }), 'RangeError', 'boo');
  },
};

export const testKeys = {
  async test(controller, { KV }) {
    const calls = { GET: (k) => KV.get(k), PUT: (k) => KV.put(k, 'v'), DELETE: (k) => KV.delete(k) };
    calls['GET '] = (k) => KV.getWithMetadata(k);
    for (const [name, call] of Object.entries(calls)) {
      await refused(() => call(''), 'TypeError', 'Key name cannot be empty.');
      await refused(() => call('.'), 'TypeError', '"." is not allowed as a key name.');
      await refused(() => call('..'), 'TypeError', '".." is not allowed as a key name.');
      const long = (n) => `KV ${name.trim()} failed: 414 UTF-8 encoded length of ${n} exceeds key length limit of 512.`;
      await refused(() => call('x'.repeat(513)), 'Error', long(513));
      await refused(() => call('\u010d'.repeat(257)), 'Error', long(514));
      await refused(() => call('x'.repeat(5000)), 'Error', long(5000));
      const lone = `KV ${name.trim()} failed: 400 Could not URL-decode key name`;
      await refused(() => call('a\ud800'), 'Error', lone);
      await refused(() => call(Symbol('s')), 'TypeError', 'Cannot convert a Symbol value to a string');
    }
    const good = ['x'.repeat(512), '\u010d'.repeat(256), 'a/../b', '...', ' ', 'a\nb', '\0', '\u{1f375}', '%2e', '%', '+'];
    good.push("'; drop table kv; --", 'key?a=b&c#d', '\xe9', 'key:\ufeff');
    for (const key of good) {
      await KV.put(key, key);
      assert.strictEqual(await KV.get(key), key);
      await KV.delete(key);
      assert.strictEqual(await KV.get(key), null);
    }
    // Anything else becomes text.
    for (const key of [5, null, undefined, {}, true]) {
      await KV.put(key, 'v');
      assert.strictEqual(await KV.get(`${key}`), 'v');
      await KV.delete(key);
    }
  },
};

export const testPutValues = {
  async test(controller, { KV }) {
    const kept = async (value) => {
      await KV.put('value:a', value);
      return [...new Uint8Array(await KV.get('value:a', 'arrayBuffer'))];
    };
    assert.deepStrictEqual(await kept(bytes(1, 2)), [1, 2]);
    assert.deepStrictEqual(await kept(bytes(1, 2).buffer), [1, 2]);
    assert.deepStrictEqual(await kept(bytes(1, 2, 3, 4).subarray(1, 3)), [2, 3]);
    assert.deepStrictEqual(await kept(new Uint16Array([1, 2])), [1, 0, 2, 0]);
    assert.deepStrictEqual(await kept(new DataView(bytes(1, 2, 3).buffer, 1)), [2, 3]);
    assert.deepStrictEqual(await kept(new ArrayBuffer(0)), []);
    for (const [value, text] of [[5, '5'], [null, 'null'], [undefined, 'undefined'], [true, 'true'], [5n, '5']]) {
      await KV.put('value:a', value);
      assert.strictEqual(await KV.get('value:a'), text);
    }
    const only = 'KV put() accepts only strings, ArrayBuffers, ArrayBufferViews, and ReadableStreams as values.';
    for (const value of [{}, [1], new Date(0), () => 1, new String('s'), new Map(), new WritableStream()]) {
      await refused(() => KV.put('value:a', value), 'TypeError', only);
    }
    await refused(() => KV.put('value:a', Symbol('s')), 'TypeError', 'Cannot convert a Symbol value to a string');
    assert.strictEqual(await KV.get('value:a'), '5');
  },
};

export const testPutStreams = {
  async test(controller, { KV }) {
    await KV.put('ps:a', stream_of(bytes(102, 108), bytes(), bytes(111, 119)));
    assert.strictEqual(await KV.get('ps:a'), 'flow');
    await KV.put('ps:a', stream_of());
    assert.strictEqual(await KV.get('ps:a'), '');
    await KV.put('ps:b', 'from one key');
    await KV.put('ps:c', await KV.get('ps:b', 'stream'), { metadata: 1, expirationTtl: 60 });
    assert.deepStrictEqual(await KV.getWithMetadata('ps:c'), { value: 'from one key', metadata: 1, cacheStatus: null });
    const later = new ReadableStream({
      async pull(c) {
        await KV.get('ps:b');
        this.count = (this.count ?? 0) + 1;
        if (this.count > 3) c.close();
        else c.enqueue(bytes(48 + this.count));
      },
    });
    await KV.put('ps:d', later);
    assert.strictEqual(await KV.get('ps:d'), '123');
    const broken = new ReadableStream({ start(c) { c.error(new RangeError('broken')); } });
    await refused(() => KV.put('ps:x', broken), 'RangeError', 'broken');
    await assert.rejects(async () => KV.put('ps:x', stream_of('text')), TypeError);
    const locked = stream_of(bytes(1));
    locked.getReader();
    await refused(() => KV.put('ps:x', locked), 'TypeError', 'The ReadableStream has been locked to a reader.');
    const { readable, writable } = new TransformStream();
    const put = KV.put('ps:e', readable);
    const writer = writable.getWriter();
    await writer.write(bytes(97));
    await writer.write(bytes(98));
    await writer.close();
    await put;
    assert.strictEqual(await KV.get('ps:e'), 'ab');
  },
};

export const testValueLimit = {
  async test(controller, { KV }) {
    const limit = 25 * 1024 * 1024;
    await KV.put('size:full', new ArrayBuffer(limit));
    assert.strictEqual((await KV.get('size:full', 'arrayBuffer')).byteLength, limit);
    await KV.delete('size:full');
    const text = (n) => `KV PUT failed: 413 Value length of ${n} exceeds limit of 26214400.`;
    await refused(() => KV.put('size:a', new ArrayBuffer(limit + 1)), 'Error', text(limit + 1));
    await refused(() => KV.put('size:a', 'x'.repeat(limit + 1)), 'Error', text(limit + 1));
    let given = 0;
    const too_long = new ReadableStream({
      pull(c) {
        if (given++ < 26) c.enqueue(new Uint8Array(1 << 20));
        else c.close();
      },
    });
    await refused(() => KV.put('size:a', too_long), 'Error', text(26 * 1024 * 1024));
    assert.strictEqual(await KV.get('size:a'), null);
  },
};

export const testExpirationTtl = {
  async test(controller, { KV }) {
    const told = (n, rest) => `KV PUT failed: 400 Invalid expiration_ttl of ${n}. ${rest}`;
    for (const [given, n] of [[0, 0], [-1, -1], ['x', 0], [null, 0], [NaN, 0], [Infinity, 0], [{}, 0], [0.9, 0]]) {
      const text = told(n, 'Please specify integer greater than 0.');
      await refused(() => KV.put('exp:a', 'v', { expirationTtl: given }), 'Error', text);
    }
    for (const [given, n] of [[30, 30], [59, 59], [59.9, 59], ['1', 1]]) {
      const text = told(n, 'Expiration TTL must be at least 60.');
      await refused(() => KV.put('exp:a', 'v', { expirationTtl: given }), 'Error', text);
    }
    const range = 'Value out of range. Must be between -2147483648 and 2147483647 (inclusive).';
    await refused(() => KV.put('exp:a', 'v', { expirationTtl: 1e12 }), 'TypeError', range);
    assert.strictEqual(await KV.get('exp:a'), null);
    for (const given of [60, '60', 60.5, 3600]) {
      const before = now_s();
      await KV.put('exp:b', 'v', { expirationTtl: given });
      const { expiration } = (await KV.list({ prefix: 'exp:b' })).keys[0];
      assert.ok(Math.abs(expiration - before - Math.trunc(given)) <= 2, `${expiration} for ${given}`);
    }
    await KV.put('exp:b', 'v', { expirationTtl: undefined });
    assert.deepStrictEqual((await KV.list({ prefix: 'exp:b' })).keys, [{ name: 'exp:b' }]);
    const getter = { get expirationTtl() { throw new RangeError('getter'); } };
    await refused(() => KV.put('exp:b', 'v', getter), 'RangeError', 'getter');
  },
};

export const testExpiration = {
  async test(controller, { KV }) {
    const now = now_s();
    const told = (n, rest) => `KV PUT failed: 400 Invalid expiration of ${n}. ${rest}`;
    const past = 'Please specify integer greater than the current number of seconds since the UNIX epoch.';
    for (const [given, n] of [[now - 100, now - 100], [0, 0], [-5, -5], ['x', 0], [null, 0], [NaN, 0]]) {
      await refused(() => KV.put('at:a', 'v', { expiration: given }), 'Error', told(n, past));
    }
    const soon = 'Expiration times must be at least 60 seconds in the future.';
    await refused(() => KV.put('at:a', 'v', { expiration: now + 30 }), 'Error', told(now + 30, soon));
    for (const [given, at] of [[now + 3600, now + 3600], [String(now + 3600), now + 3600], [now + 100.7, now + 100]]) {
      await KV.put('at:b', 'v', { expiration: given });
      assert.strictEqual((await KV.list({ prefix: 'at:b' })).keys[0].expiration, at);
    }
    // The lifetime counts where both are given.
    await KV.put('at:c', 'v', { expiration: now + 1000, expirationTtl: 60 });
    assert.ok((await KV.list({ prefix: 'at:c' })).keys[0].expiration < now + 100);
    await KV.put('at:c', 'v', { expiration: now - 100, expirationTtl: 60 });
    assert.strictEqual(await KV.get('at:c'), 'v');
  },
};

export const testPutOptions = {
  async test(controller, { KV }) {
    for (const options of [undefined, null, {}, [], { unknown: 1 }]) {
      assert.strictEqual(await KV.put('opts:a', 'v', options), undefined);
    }
    const text = "Failed to execute 'put' on 'KvNamespace': parameter 3 is not of type 'PutOptions'.";
    for (const options of [5, 'x', true]) await refused(() => KV.put('opts:a', 'w', options), 'TypeError', text);
    assert.strictEqual(await KV.get('opts:a'), 'v');
  },
};

export const testDelete = {
  async test(controller, { KV }) {
    await KV.put('del:a', 'v', { metadata: 1 });
    assert.strictEqual(await KV.delete('del:a'), undefined);
    assert.strictEqual(await KV.get('del:a'), null);
    assert.strictEqual(await KV.delete('del:a'), undefined);
    assert.deepStrictEqual((await KV.list({ prefix: 'del:' })).keys, []);
  },
};

export const testBulk = {
  async test(controller, { KV }) {
    for (const [key, value, metadata] of [['1', 'one', 1], ['2', '{"x":2}'], ['3', '[3]', { m: 3 }]]) {
      await KV.put(`bulk:${key}`, value, { metadata });
    }
    const map = await KV.get(['bulk:1', 'bulk:none', 'bulk:2']);
    assert.ok(map instanceof Map);
    assert.deepStrictEqual([...map], [['bulk:1', 'one'], ['bulk:none', null], ['bulk:2', '{"x":2}']]);
    for (const type of [undefined, null, '', 'text', {}, { type: 'text' }]) {
      assert.deepStrictEqual([...(await KV.get(['bulk:1'], type))], [['bulk:1', 'one']]);
    }
    const parsed = await KV.get(['bulk:3', 'bulk:2', 'bulk:none'], 'json');
    assert.deepStrictEqual([...parsed], [['bulk:3', [3]], ['bulk:2', { x: 2 }], ['bulk:none', null]]);
    assert.deepStrictEqual([...(await KV.get(['bulk:1', 'bulk:1', 'bulk:2'])).keys()], ['bulk:1', 'bulk:2']);
    const detailed = await KV.getWithMetadata(['bulk:1', 'bulk:none', 'bulk:2']);
    assert.deepStrictEqual(
      [...detailed],
      [['bulk:1', { value: 'one', metadata: 1 }], ['bulk:none', null], ['bulk:2', { value: '{"x":2}', metadata: null }]],
    );
    const typed = await KV.getWithMetadata(['bulk:3'], { type: 'json' });
    assert.deepStrictEqual([...typed], [['bulk:3', { value: [3], metadata: { m: 3 } }]]);
  },
};

export const testBulkErrors = {
  async test(controller, { KV }) {
    await KV.put('bulkerr:a', 'text');
    const many = (n) => Array.from({ length: n }, (_, i) => `bulkerr:${i}`);
    assert.strictEqual((await KV.get(many(100))).size, 100);
    for (const name of ['get', 'getWithMetadata']) {
      const fails = (keys, type, reason) =>
        refused(() => KV[name](keys, type), 'Error', `KV GET_BULK failed: ${reason}`);
      await fails([], undefined, '400 You must request a minimum of 1 key');
      await fails(many(101), undefined, '400 You can request a maximum of 100 keys');
      await fails(['a', ''], undefined, '400 Key names must not be empty');
      await fails(['a', '.'], undefined, '400 Illegal key name ".". Please use a different name.');
      await fails(['a', '..'], undefined, '400 Illegal key name "..". Please use a different name.');
      const long = '414 UTF-8 encoded length of 513 exceeds key length limit of 512.';
      await fails(['a', 'x'.repeat(513)], undefined, long);
      const json = '400 At least one of the requested keys corresponds to a non-json value';
      await fails(['bulkerr:a'], 'json', json);
      for (const type of ['arrayBuffer', 'stream', 'yaml', 5, true]) {
        await fails(['a'], type, `400 "${type}" is not a valid type. Use "json" or "text"`);
      }
      await fails(['a'], { type: null }, '400 "null" is not a valid type. Use "json" or "text"');
    }
    for (const key of ['bulkerr:b1', 'bulkerr:b2']) await KV.put(key, new ArrayBuffer(15 << 20));
    const large = 'KV GET_BULK failed: 413 Total size of request exceeds the limit of 25MB';
    await refused(() => KV.get(['bulkerr:b1', 'bulkerr:b2']), 'Error', large);
    for (const key of ['bulkerr:b1', 'bulkerr:b2']) await KV.delete(key);
  },
};

export const testList = {
  async test(controller, { KV }) {
    for (const key of ['B', 'a', 'Z', '\u{1f375}', '\ufffd', '10', '9']) await KV.put(`list:${key}`, '');
    await KV.put('list:m', 'v', { metadata: { i: 1 } });
    const page = await KV.list({ prefix: 'list:' });
    assert.deepStrictEqual(Object.keys(page), ['keys', 'list_complete', 'cacheStatus']);
    const names = ['10', '9', 'B', 'Z', 'a', 'm', '\ufffd', '\u{1f375}'].map((name) => `list:${name}`);
    assert.deepStrictEqual(page.keys.map((key) => key.name), names);
    assert.deepStrictEqual([page.list_complete, page.cacheStatus], [true, null]);
    assert.deepStrictEqual(page.keys[5], { name: 'list:m', metadata: { i: 1 } });
    assert.deepStrictEqual(page.keys[0], { name: 'list:10' });
    assert.deepStrictEqual(await KV.list({ prefix: 'nothing:' }), { keys: [], list_complete: true, cacheStatus: null });
    assert.strictEqual((await KV.list({ prefix: 'list:m' })).keys.length, 1);
    assert.strictEqual((await KV.list({ prefix: 'list:m2' })).keys.length, 0);
    for (const prefix of [null, undefined, '']) {
      assert.ok((await KV.list({ prefix })).keys.some((key) => key.name === 'list:m'));
    }
    for (const options of [undefined, null, {}, []]) assert.ok((await KV.list(options)).keys.length >= 8);
    const text = "Failed to execute 'list' on 'KvNamespace': parameter 1 is not of type 'ListOptions'.";
    for (const options of [5, 'x']) await refused(() => KV.list(options), 'TypeError', text);
    const long = 'KV GET failed: 414 UTF-8 encoded length of 513 exceeds key length limit of 512.';
    await refused(() => KV.list({ prefix: 'x'.repeat(513) }), 'Error', long);
    assert.deepStrictEqual((await KV.list({ prefix: 'x'.repeat(512) })).keys, []);
  },
};

export const testListPages = {
  async test(controller, { KV }) {
    const names = Array.from({ length: 25 }, (_, i) => `page:${String(i).padStart(2, '0')}`);
    for (const name of names) await KV.put(name, 'v');
    const seen = [];
    const sizes = [];
    let cursor;
    do {
      const page = await KV.list({ prefix: 'page:', limit: 10, cursor });
      seen.push(...page.keys.map((key) => key.name));
      sizes.push(page.keys.length);
      const keys = ['keys', 'list_complete', ...(page.list_complete ? [] : ['cursor']), 'cacheStatus'];
      assert.deepStrictEqual(Object.keys(page), keys);
      ({ cursor } = page);
    } while (cursor !== undefined);
    assert.deepStrictEqual(seen, names);
    assert.deepStrictEqual(sizes, [10, 10, 5]);
    const exact = await KV.list({ prefix: 'page:', limit: 25 });
    assert.deepStrictEqual([exact.keys.length, exact.list_complete], [25, true]);
    // The key that a cursor stands at may go.
    const first = await KV.list({ prefix: 'page:', limit: 3 });
    await KV.delete('page:02');
    const second = await KV.list({ prefix: 'page:', limit: 3, cursor: first.cursor });
    assert.deepStrictEqual(second.keys.map((key) => key.name), ['page:03', 'page:04', 'page:05']);
    for (const [limit, count] of [['5', 5], [2.5, 2], [1, 1], [1000, 24], [0, 24], [-1, 24], ['x', 24], [null, 24], [NaN, 24]]) {
      assert.strictEqual((await KV.list({ prefix: 'page:', limit })).keys.length, count, `limit ${limit}`);
    }
    const text = 'KV GET failed: 400 Invalid key_count_limit of 1001. Please specify an integer less than 1000.';
    await refused(() => KV.list({ limit: 1001 }), 'Error', text);
    const range = 'Value out of range. Must be between -2147483648 and 2147483647 (inclusive).';
    await refused(() => KV.list({ limit: 1e10 }), 'TypeError', range);
    for (const empty of ['', null, undefined]) {
      assert.strictEqual((await KV.list({ prefix: 'page:', limit: 1, cursor: empty })).keys[0].name, 'page:00');
    }
  },
};

export const testOrder = {
  async test(controller, { KV }) {
    for (let i = 0; i < 50; i++) {
      await KV.put('order:a', String(i));
      assert.strictEqual(await KV.get('order:a'), String(i));
    }
    // Calls that are not awaited one by one take effect in their order.
    await Promise.all([KV.put('order:b', '1'), KV.put('order:b', '2'), KV.delete('order:b'), KV.put('order:b', '3')]);
    assert.strictEqual(await KV.get('order:b'), '3');
    const values = await Promise.all(Array.from({ length: 40 }, () => KV.get('order:b')));
    assert.ok(values.every((value) => value === '3'));
  },
};

export const testNamespacesAreApart = {
  async test(controller, { KV, OTHER }) {
    await KV.put('same', 'one');
    await OTHER.put('same', 'two');
    assert.deepStrictEqual([await KV.get('same'), await OTHER.get('same')], ['one', 'two']);
    await KV.delete('same');
    assert.deepStrictEqual([await KV.get('same'), await OTHER.get('same')], [null, 'two']);
  },
};
