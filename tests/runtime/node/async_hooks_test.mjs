import assert from 'node:assert';
import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
import bare from 'async_hooks';

const storage = new AsyncLocalStorage();
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export const names = {
  test() {
    assert.strictEqual(bare.AsyncLocalStorage, AsyncLocalStorage);
    assert.strictEqual(storage.getStore(), undefined);
  },
};

export const runs = {
  test() {
    assert.strictEqual(storage.run(1, (a, b) => [storage.getStore(), a, b].join(), 'x', 'y'), '1,x,y');
    storage.run(1, () => {
      storage.run(2, () => assert.strictEqual(storage.getStore(), 2));
      assert.strictEqual(storage.getStore(), 1);
      assert.strictEqual(storage.exit(() => storage.getStore()), undefined);
      assert.throws(() => storage.run(3, () => { throw new Error('inside'); }), { message: 'inside' });
      assert.strictEqual(storage.getStore(), 1);
    });
    assert.strictEqual(storage.getStore(), undefined);
  },
};

export const awaits = {
  async test() {
    const seen = [];
    await Promise.all([1, 2, 3].map((id) => storage.run(id, async () => {
      await null;
      seen.push(storage.getStore() === id);
      await sleep(3 * (4 - id));
      seen.push(storage.getStore() === id);
      await new Promise((resolve) => queueMicrotask(() => { seen.push(storage.getStore() === id); resolve(); }));
      await Promise.resolve().then(() => seen.push(storage.getStore() === id));
      seen.push(storage.getStore() === id);
    })));
    assert.deepStrictEqual(seen, new Array(15).fill(true));
    assert.strictEqual(storage.getStore(), undefined);
  },
};

export const timers = {
  async test() {
    const seen = await storage.run('timer', () => new Promise((resolve) => {
      const found = [];
      setTimeout(() => found.push(storage.getStore()), 1);
      const interval = setInterval(() => {
        found.push(storage.getStore());
        if (found.length >= 4) { clearInterval(interval); resolve(found); }
      }, 2);
    }));
    assert.deepStrictEqual(new Set(seen), new Set(['timer']));
  },
};

export const entered = {
  async test() {
    const other = new AsyncLocalStorage();
    await (async () => {
      await null;
      other.enterWith('in');
      await sleep(1);
      assert.strictEqual(other.getStore(), 'in');
    })();
    storage.run('both', () => {
      other.run('second', () => assert.deepStrictEqual([storage.getStore(), other.getStore()], ['both', 'second']));
    });
  },
};

export const left_behind = {
  async test() {
    // In a turn of its own: what enterWith() leaves must not reach the next event.
    await sleep(0);
    storage.enterWith('left');
    assert.strictEqual(storage.getStore(), 'left');
    storage.disable();
    assert.strictEqual(storage.getStore(), undefined);
  },
};

export const listeners = {
  test() {
    const target = new EventTarget();
    let seen;
    storage.run('added', () => target.addEventListener('x', () => { seen = storage.getStore(); }));
    storage.run('dispatched', () => target.dispatchEvent(new Event('x')));
    assert.strictEqual(seen, 'dispatched');
  },
};

export const resources = {
  test() {
    const resource = storage.run('made', () => new AsyncResource('Thing'));
    assert.strictEqual(resource.runInAsyncScope((a) => storage.getStore() + a, null, '!'), 'made!');
    const bound = storage.run('bound', () => AsyncResource.bind(function (a) { return [this.x, storage.getStore(), a]; }));
    assert.deepStrictEqual(bound.call({ x: 1 }, 2), [1, 'bound', 2]);
    const snapshot = storage.run('snap', () => AsyncLocalStorage.snapshot());
    assert.strictEqual(storage.run('later', () => snapshot(() => storage.getStore())), 'snap');
    assert.strictEqual(storage.run('one', () => AsyncLocalStorage.bind(() => storage.getStore()))(), 'one');
    assert.throws(() => AsyncResource.bind(1), { code: 'ERR_INVALID_ARG_TYPE' });
    assert.throws(() => new AsyncResource(1), { code: 'ERR_INVALID_ARG_TYPE' });
    assert.strictEqual(typeof resource.asyncId(), 'number');
  },
};

export const thenables = {
  async test() {
    const thenable = { then(resolve) { resolve(storage.getStore()); } };
    assert.strictEqual(await storage.run('then', async () => await thenable), 'then');
    const { promise, resolve } = Promise.withResolvers?.() ?? (() => { let r; const p = new Promise((x) => { r = x; }); return { promise: p, resolve: r }; })();
    const waiting = storage.run('waiter', async () => { await promise; return storage.getStore(); });
    storage.run('resolver', () => resolve());
    assert.strictEqual(await waiting, 'waiter');
    async function* generate() { yield storage.getStore(); await null; yield storage.getStore(); }
    const got = await storage.run('gen', async () => { const out = []; for await (const x of generate()) out.push(x); return out; });
    assert.deepStrictEqual(got, ['gen', 'gen']);
  },
};
