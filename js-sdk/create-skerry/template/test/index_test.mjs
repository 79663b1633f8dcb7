// `npm test` bundles the worker first; each test() runs in an isolate of its own.
import assert from 'node:assert';
import worker from './worker.bundle.mjs';

// As much of KV as the worker uses.
class Store extends Map {
  async get(key) {
    return super.get(key) ?? null;
  }
  async put(key, value) {
    this.set(key, value);
  }
}

export const greetsAndCounts = {
  async test() {
    const env = { GREETING: 'Hi', VISITS: new Store() };
    for (const visits of [1, 2]) {
      const response = await worker.fetch(new Request('https://example.com/', { cf: { city: 'Lyon' } }), env);
      assert.strictEqual(response.status, 200);
      assert.strictEqual(await response.text(), `Hi, Lyon! Visit number ${visits}.\n`);
    }
  },
};

export const refusesOtherPaths = {
  async test() {
    const response = await worker.fetch(new Request('https://example.com/other'), {});
    assert.strictEqual(response.status, 404);
  },
};
