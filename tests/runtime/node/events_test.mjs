import assert from 'node:assert';
import EventEmitter, { once, on, getEventListeners, errorMonitor, captureRejectionSymbol, addAbortListener, setMaxListeners, getMaxListeners, EventEmitterAsyncResource } from 'node:events';

export const basics = {
  test() {
    const e = new EventEmitter();
    const seen = [];
    assert.strictEqual(EventEmitter.EventEmitter, EventEmitter);
    assert.strictEqual(e.emit('x'), false);
    e.on('x', function (...args) { seen.push(['on', this === e, ...args]); });
    e.prependListener('x', () => seen.push('first'));
    e.once('x', () => seen.push('once'));
    assert.strictEqual(e.emit('x', 1, 2), true);
    e.emit('x', 3);
    assert.deepStrictEqual(seen, ['first', ['on', true, 1, 2], 'once', 'first', ['on', true, 3]]);
    assert.deepStrictEqual(e.eventNames(), ['x']);
    assert.strictEqual(e.listenerCount('x'), 2);
    e.removeAllListeners('x');
    assert.strictEqual(e.emit('x'), false);
    assert.throws(() => e.on('x', 5), { code: 'ERR_INVALID_ARG_TYPE', message: 'The "listener" argument must be of type function. Received type number (5)' });
  },
};

export const removal = {
  test() {
    const e = new EventEmitter();
    const seen = [];
    const a = () => { seen.push('a'); e.off('x', b); };
    const b = () => seen.push('b');
    e.on('x', a).on('x', b);
    e.emit('x');
    e.emit('x');
    assert.deepStrictEqual(seen, ['a', 'b', 'a']);
    const wrapped = () => {};
    e.once('y', wrapped);
    assert.deepStrictEqual(e.listeners('y'), [wrapped]);
    assert.strictEqual(e.rawListeners('y')[0].listener, wrapped);
    e.off('y', wrapped);
    assert.strictEqual(e.listenerCount('y'), 0);
    const told = [];
    e.on('newListener', (name) => told.push(`+${String(name)}`));
    e.on('removeListener', (name) => told.push(`-${String(name)}`));
    e.on('z', a);
    e.off('z', a);
    e.on('w', a);
    e.removeAllListeners();
    assert.deepStrictEqual(told, ['+removeListener', '+z', '-z', '+w', '-x', '-newListener', '-w'].filter((x) => told.includes(x)).sort((x, y) => told.indexOf(x) - told.indexOf(y)));
    assert.deepStrictEqual(e.eventNames(), []);
  },
};

export const errors = {
  test() {
    const e = new EventEmitter();
    assert.throws(() => e.emit('error', new RangeError('mine')), { name: 'RangeError', message: 'mine' });
    assert.throws(() => e.emit('error', 'text'), { code: 'ERR_UNHANDLED_ERROR', message: "Unhandled error. ('text')", context: 'text' });
    assert.throws(() => e.emit('error', { a: 1 }), { message: 'Unhandled error. ({ a: 1 })' });
    let monitored;
    e.on(errorMonitor, (error) => { monitored = error; });
    assert.throws(() => e.emit('error', new Error('seen')), /seen/);
    assert.strictEqual(monitored.message, 'seen');
    e.on('error', () => {});
    assert.strictEqual(e.emit('error', new Error('x')), true);
  },
};

export const promises = {
  async test() {
    const e = new EventEmitter();
    setTimeout(() => e.emit('ready', 1, 2), 1);
    assert.deepStrictEqual(await once(e, 'ready'), [1, 2]);
    setTimeout(() => e.emit('error', new Error('bad')), 1);
    await assert.rejects(once(e, 'ready'), /bad/);
    const controller = new AbortController();
    const waiting = once(e, 'never', { signal: controller.signal });
    controller.abort();
    await assert.rejects(waiting, { name: 'AbortError', code: 'ABORT_ERR' });
    assert.strictEqual(e.listenerCount('never'), 0);
    const target = new EventTarget();
    setTimeout(() => target.dispatchEvent(new Event('go')), 1);
    assert.strictEqual((await once(target, 'go'))[0].type, 'go');
  },
};

export const iteration = {
  async test() {
    const e = new EventEmitter();
    setTimeout(() => { e.emit('n', 1); e.emit('n', 2); e.emit('n', 3); e.emit('end'); }, 1);
    const seen = [];
    for await (const [n] of on(e, 'n', { close: ['end'] })) seen.push(n);
    assert.deepStrictEqual(seen, [1, 2, 3]);
    assert.strictEqual(e.listenerCount('n'), 0);
    const iterator = on(e, 'x');
    e.emit('x', 'held');
    assert.deepStrictEqual(await iterator.next(), { value: ['held'], done: false });
    const next = iterator.next();
    e.emit('error', new Error('stop'));
    await assert.rejects(next, /stop/);
    assert.deepStrictEqual(await iterator.next(), { value: undefined, done: true });
  },
};

export const captured = {
  async test() {
    const e = new EventEmitter({ captureRejections: true });
    e.on('x', async () => { throw new Error('async'); });
    e.emit('x');
    const [error] = await once(e, 'error').catch((x) => [x]);
    assert.strictEqual(error.message, 'async');
    const own = new EventEmitter({ captureRejections: true });
    const got = new Promise((resolve) => { own[captureRejectionSymbol] = (...args) => resolve(args); });
    own.on('y', async (v) => { throw v; });
    own.emit('y', 7);
    assert.deepStrictEqual(await got, [7, 'y', 7]);
  },
};

export const inheritance = {
  test() {
    class Mine extends EventEmitter {}
    const m = new Mine();
    assert.ok(m instanceof EventEmitter);
    function Old() { EventEmitter.call(this); }
    Object.setPrototypeOf(Old.prototype, EventEmitter.prototype);
    const o = new Old();
    let n = 0;
    o.on('x', () => n++);
    o.emit('x');
    assert.strictEqual(n, 1);
    const bare = Object.create(EventEmitter.prototype);
    bare.on('x', () => n++);
    bare.emit('x');
    assert.strictEqual(n, 2);
    const symbol = Symbol('s');
    m.on(symbol, () => {});
    assert.deepStrictEqual(m.eventNames(), [symbol]);
    assert.strictEqual(getEventListeners(m, symbol).length, 1);
  },
};

export const limits = {
  test() {
    const e = new EventEmitter();
    assert.strictEqual(e.getMaxListeners(), 10);
    setMaxListeners(20, e);
    assert.strictEqual(getMaxListeners(e), 20);
    assert.throws(() => e.setMaxListeners(-1), { code: 'ERR_OUT_OF_RANGE' });
    assert.strictEqual(EventEmitter.defaultMaxListeners, 10);
    const controller = new AbortController();
    let n = 0;
    addAbortListener(controller.signal, () => n++);
    controller.abort();
    assert.strictEqual(n, 1);
    const resource = new EventEmitterAsyncResource({ name: 'r' });
    assert.strictEqual(typeof resource.asyncId, 'number');
  },
};
