import assert from 'node:assert';
import process, { env, nextTick } from 'node:process';
import timers, { setTimeout as node_timeout, setImmediate as node_immediate } from 'node:timers';
import { setTimeout as sleep, setInterval as every, setImmediate as soon, scheduler } from 'node:timers/promises';
import diagnostics from 'node:diagnostics_channel';
import { AsyncLocalStorage } from 'node:async_hooks';
import { createRequire, builtinModules, isBuiltin } from 'node:module';
import os from 'node:os';
import { performance as clock } from 'node:perf_hooks';
import console_module from 'node:console';
import punycode from 'node:punycode';
import { promisify } from 'node:util';
import assert_strict from 'node:assert/strict';

export const processes = {
  async test() {
    assert.strictEqual(process, globalThis.process);
    assert.strictEqual(env.TEXT, 'from vars');
    env.OWN = 'x';
    assert.strictEqual(process.env.OWN, 'x');
    assert.strictEqual(process.env.MISSING, undefined);
    assert.match(process.version, /^v\d+\.\d+\.\d+$/);
    assert.strictEqual(process.platform, 'linux');
    assert.strictEqual(typeof process.cwd(), 'string');
    assert.strictEqual(process.hrtime().length, 2);
    assert.strictEqual(typeof process.hrtime.bigint(), 'bigint');
    const order = [];
    await new Promise((resolve) => {
      setTimeout(() => { order.push('timeout'); resolve(); }, 5);
      nextTick((...args) => order.push(`tick ${args}`), 1, 2);
      order.push('now');
    });
    assert.deepStrictEqual(order, ['now', 'tick 1,2', 'timeout']);
    assert.throws(() => nextTick(5), { code: 'ERR_INVALID_ARG_TYPE' });
    assert.strictEqual(process.getBuiltinModule?.('node:os') ?? os, os);
    let emitted;
    process.once('own-event', (x) => { emitted = x; });
    process.emit('own-event', 5);
    assert.strictEqual(emitted, 5);
    assert.strictEqual(Object.prototype.toString.call(process), '[object process]');
  },
};

export const timer_objects = {
  async test() {
    const got = await new Promise((resolve) => {
      const timeout = node_timeout((...args) => resolve(args), 1, 'a', 'b');
      assert.strictEqual(timeout.hasRef(), true);
      assert.strictEqual(timeout.unref().ref(), timeout);
    });
    assert.deepStrictEqual(got, ['a', 'b']);
    const cleared = node_timeout(() => assert.fail('cleared'), 1);
    timers.clearTimeout(cleared);
    const by_number = node_timeout(() => assert.fail('cleared'), 1);
    clearTimeout(+by_number);
    await new Promise((resolve) => setImmediate(resolve));
    const immediate = setImmediate(() => assert.fail('cleared'));
    clearImmediate(immediate);
    assert.deepStrictEqual(await new Promise((resolve) => node_immediate((...a) => resolve(a), 1, 2)), [1, 2]);
    let n = 0;
    await new Promise((resolve) => {
      const interval = timers.setInterval(() => { if (++n === 3) { timers.clearInterval(interval); resolve(); } }, 1);
    });
    assert.throws(() => node_timeout('code', 1), { code: 'ERR_INVALID_ARG_TYPE' });
    assert.strictEqual(await promisify(timers.setTimeout)(1, 'v'), 'v');
  },
};

export const timer_promises = {
  async test() {
    assert.strictEqual(await sleep(1, 'value'), 'value');
    assert.strictEqual(await soon('soon'), 'soon');
    await scheduler.wait(1);
    let n = 0;
    for await (const v of every(1, 'tick')) { assert.strictEqual(v, 'tick'); if (++n === 3) break; }
    const controller = new AbortController();
    const waiting = sleep(10000, null, { signal: controller.signal });
    controller.abort(new Error('why'));
    await assert.rejects(waiting, (error) => error.name === 'AbortError' && error.code === 'ABORT_ERR' && error.cause.message === 'why');
    await assert.rejects(sleep(1, null, { signal: 5 }), { code: 'ERR_INVALID_ARG_TYPE' });
  },
};

export const channels = {
  async test() {
    const channel = diagnostics.channel('test:one');
    const got = [];
    const subscriber = (data, name) => got.push([data, name]);
    assert.strictEqual(channel.hasSubscribers, false);
    diagnostics.subscribe('test:one', subscriber);
    assert.strictEqual(diagnostics.hasSubscribers('test:one'), true);
    channel.publish({ a: 1 });
    assert.strictEqual(diagnostics.unsubscribe('test:one', subscriber), true);
    assert.strictEqual(channel.unsubscribe(subscriber), false);
    channel.publish({ a: 2 });
    assert.deepStrictEqual(got, [[{ a: 1 }, 'test:one']]);
    const storage = new AsyncLocalStorage();
    channel.bindStore(storage, (data) => data.id);
    assert.strictEqual(channel.runStores({ id: 7 }, () => storage.getStore()), 7);
    const tracing = diagnostics.tracingChannel('t');
    const events = [];
    tracing.subscribe(Object.fromEntries(['start', 'end', 'asyncStart', 'asyncEnd', 'error'].map((k) => [k, () => events.push(k)])));
    assert.strictEqual(tracing.traceSync((x) => x + 1, {}, null, 1), 2);
    assert.strictEqual(await tracing.tracePromise(async (x) => x, {}, null, 3), 3);
    assert.throws(() => tracing.traceSync(() => { throw new Error('t'); }), /t/);
    assert.deepStrictEqual(events, ['start', 'end', 'start', 'end', 'asyncStart', 'asyncEnd', 'start', 'error', 'end']);
  },
};

export const modules = {
  async test() {
    const require = createRequire('/x/y.js');
    assert.strictEqual(require('os'), os);
    assert.strictEqual(require('node:events'), (await import('node:events')).default);
    assert.strictEqual(require('assert'), assert);
    assert.throws(() => require('left-pad'), { code: 'MODULE_NOT_FOUND' });
    assert.ok(builtinModules.includes('fs') && builtinModules.includes('stream/web'));
    assert.deepStrictEqual([isBuiltin('node:fs'), isBuiltin('fs'), isBuiltin('wat')], [true, true, false]);
    assert.strictEqual(os.EOL, '\n');
    assert.strictEqual(os.constants.signals.SIGTERM, 15);
    assert.strictEqual(clock, performance);
    assert.strictEqual(console_module.log, console.log);
    assert.strictEqual(punycode.toASCII('ma\u00f1ana.com'), 'xn--maana-pta.com');
    assert.strictEqual(assert_strict.equal, assert.strictEqual);
  },
};
