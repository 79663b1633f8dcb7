// The KV binding where skerry decides for itself: peers differ here, or fail in ways that nobody relies on.
import assert from 'node:assert';

export const testEveryFailureIsARejection = {
  async test(controller, { KV }) {
    for (const call of [() => KV.get(), () => KV.getWithMetadata(''), () => KV.get(Symbol('s')), () => KV.put('a')]) {
      const promise = call();
      assert.ok(promise instanceof Promise);
      await assert.rejects(promise, TypeError);
    }
  },
};

export const testForgedCursor = {
  async test(controller, { KV }) {
    for (const cursor of ['not a cursor!', '!!', 'x'.repeat(3000)]) {
      await assert.rejects(KV.list({ cursor }), { name: 'Error', message: 'KV GET failed: 400 Invalid cursor.' });
    }
  },
};

export const testMetadataWithoutJson = {
  async test(controller, { KV }) {
    for (const metadata of [() => 1, Symbol('s')]) {
      const expected = { name: 'TypeError', message: 'KV put() metadata cannot be written as JSON.' };
      await assert.rejects(KV.put('own:m', 'v', { metadata }), expected);
    }
    assert.strictEqual(await KV.get('own:m'), null);
  },
};

export const testBulkKeysAreText = {
  async test(controller, { KV }) {
    const expected = { message: 'KV GET_BULK failed: 400 Could not URL-decode key name' };
    await assert.rejects(KV.get(['a', '\udc00']), expected);
  },
};

// A stream that never ends is read up to the limit of a value and no further.
export const testEndlessStream = {
  async test(controller, { KV }) {
    let given = 0;
    let cancelled;
    const endless = new ReadableStream({
      pull(c) {
        given += 1 << 20;
        c.enqueue(new Uint8Array(1 << 20));
      },
      cancel(reason) {
        cancelled = reason;
      },
    });
    await assert.rejects(KV.put('own:endless', endless), /^Error: KV PUT failed: 413 Value length of 27262976 exceeds/);
    assert.ok(given <= 28 << 20, `${given} bytes were read`);
    assert.match(cancelled.message, /413/);
  },
};

export const testBulkKeysBecomeText = {
  async test(controller, { KV }) {
    await KV.put('5', 'five');
    assert.deepStrictEqual([...(await KV.get([5]))], [['5', 'five']]);
    await KV.delete('5');
  },
};

// What is put is what it was at the time of the call.
export const testPutCopies = {
  async test(controller, { KV }) {
    const changing = new Uint8Array([1, 2, 3]);
    const put = KV.put('own:copy', changing);
    changing.fill(9);
    await put;
    assert.deepStrictEqual([...new Uint8Array(await KV.get('own:copy', 'arrayBuffer'))], [1, 2, 3]);
  },
};

// A stream that fails on its way leaves the old value as it was.
export const testFailedStreamChangesNothing = {
  async test(controller, { KV }) {
    await KV.put('own:kept', 'old');
    let count = 0;
    const failing = new ReadableStream({
      pull(c) {
        if (count++ < 3) c.enqueue(new Uint8Array(10));
        else c.error(new RangeError('broken'));
      },
    });
    await assert.rejects(KV.put('own:kept', failing), RangeError);
    assert.strictEqual(await KV.get('own:kept'), 'old');
  },
};

// Streams that are being put hold 128 MiB together at most.
export const testManyLargeStreams = {
  async test(controller, { KV }) {
    const enders = [];
    const puts = [];
    for (let i = 0; i < 7; i++) {
      let count = 0;
      const stream = new ReadableStream({
        start(c) {
          enders.push(() => c.error(new RangeError('given up')));
        },
        pull(c) {
          if (count++ < 20) c.enqueue(new Uint8Array(1 << 20));
        },
      });
      puts.push(KV.put(`own:large${i}`, stream).catch((error) => error));
    }
    const error = await Promise.race(puts);
    assert.strictEqual(error.message, 'KV PUT failed: 429 Too Many Requests');
    for (const end of enders) {
      try {
        end();
      } catch {
        // The stream whose put was refused is closed already.
      }
    }
    const names = (await Promise.all(puts)).map((reason) => reason.name).sort();
    assert.deepStrictEqual(names, ['Error', ...Array.from({ length: 6 }, () => 'RangeError')]);
    await KV.put('own:large', new ReadableStream({ start(c) { c.enqueue(new Uint8Array(9)); c.close(); } }));
    assert.strictEqual((await KV.get('own:large', 'arrayBuffer')).byteLength, 9);
  },
};

export const testManyCalls = {
  async test(controller, { KV }) {
    for (let i = 0; i < 1000; i++) await KV.get('own:count');
    const expected = { name: 'Error', message: 'Too many API requests by single worker invocation.' };
    await assert.rejects(KV.get('own:count'), expected);
    await assert.rejects(KV.put('own:count', 'v'), expected);
    await assert.rejects(KV.list(), expected);
  },
};
