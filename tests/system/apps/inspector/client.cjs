// npm's chrome-remote-interface on a running `skerry dev --inspect`: plays one scenario, prints what it saw as JSON.
const CDP = require('chrome-remote-interface');
const [, , scenario, port, worker] = process.argv;
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const connect = () => CDP({ port: Number(port), local: true });
const get = async (path) => (await fetch(`http://127.0.0.1:${worker}${path}`)).text();
const within = (promise, what, ms = 8000) =>
  Promise.race([promise, sleep(ms).then(() => Promise.reject(new Error(`no ${what}`)))]);

// (line, column) of the generated text → [source, line], from the map's VLQ numbers.
function originals(mappings) {
  const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  const state = [0, 0, 0, 0, 0];
  const lines = mappings.split(';').map((line) => {
    state[0] = 0;
    return line.split(',').filter(Boolean).map((segment) => {
      let [value, shift, field] = [0, 0, 0];
      for (const digit of segment) {
        const bits = digits.indexOf(digit);
        value += (bits & 31) << shift;
        if (bits & 32) shift += 5;
        else {
          state[field++] += value & 1 ? -(value >> 1) : value >> 1;
          value = shift = 0;
        }
      }
      return state.slice(0, 3);
    });
  });
  return (line, column) => lines[line].filter(([c]) => c <= column).at(-1).slice(1);
}

const scenarios = {
  async breakpoint() {
    const client = await connect();
    const scripts = [];
    client.Debugger.scriptParsed((s) => scripts.push([s.url.split('/').pop(), s.isModule]));
    await client.Debugger.enable();
    const { url } = (await CDP.List({ port: Number(port) }))[0];
    const { locations } = await client.Debugger.setBreakpointByUrl({ url, lineNumber: 4 });
    const paused = client.Debugger.paused();
    const reply = get('/?n=5');
    const stop = await within(paused, 'pause');
    const frame = stop.callFrames[0];
    const at = (s) => [s.callFrames[0].functionName, s.callFrames[0].location.lineNumber];
    const evaluate = async (expression) =>
      (await client.Debugger.evaluateOnCallFrame({ callFrameId: frame.callFrameId, expression })).result.value;
    const seen = { locations: locations.length, stop: at(stop), n: await evaluate('n'), sum: await evaluate('n * 100 + 1') };
    await evaluate('n = 7');
    // Longer than limits.cpu_ms and http's time-outs would like.
    await sleep(1500);
    const next = client.Debugger.paused();
    await client.Debugger.stepOver();
    seen.over = at(await within(next, 'step'));
    const into = client.Debugger.paused();
    await client.Debugger.stepInto();
    seen.into = at(await within(into, 'step into'));
    await client.Debugger.resume();
    seen.reply = await within(reply, 'reply');
    seen.scripts = scripts.filter((s) => s[0] === 'index.mjs');
    await client.close();
    seen.after = await get('/?n=1');
    return seen;
  },
  // As DevTools steps through a worker in TypeScript: places of the bundle, through its map, to lines of the source.
  async typescript() {
    const client = await connect();
    const parsed = new Promise((done) => client.Debugger.scriptParsed((s) => s.sourceMapURL && done(s)));
    await client.Debugger.enable();
    const script = await within(parsed, 'script with a source map');
    const map = JSON.parse(Buffer.from(script.sourceMapURL.split('base64,')[1], 'base64'));
    const origin = originals(map.mappings);
    const lineOf = ({ lineNumber, columnNumber }) => {
      const [source, line] = origin(lineNumber, columnNumber);
      return [map.sources[source].split('/').pop(), map.sourcesContent[source].split('\n')[line].trim()];
    };
    const { scriptSource } = await client.Debugger.getScriptSource({ scriptId: script.scriptId });
    const lineNumber = scriptSource.split('\n').findIndex((l) => l.includes('let sum = 0'));
    await client.Debugger.setBreakpointByUrl({ url: script.url, lineNumber });
    const paused = client.Debugger.paused();
    const reply = get('/?n=4');
    const seen = { stops: [] };
    for (let stop = await within(paused, 'pause'); seen.stops.length < 3; ) {
      seen.stops.push(lineOf(stop.callFrames[0].location));
      const next = client.Debugger.paused();
      if (seen.stops.length === 3) break;
      await client.Debugger.stepOver();
      stop = await within(next, 'step');
    }
    await client.Debugger.resume();
    seen.reply = await within(reply, 'reply');
    await client.close();
    return seen;
  },
  async leaves_while_paused() {
    const client = await connect();
    await client.Debugger.enable();
    const { url } = (await CDP.List({ port: Number(port) }))[0];
    await client.Debugger.setBreakpointByUrl({ url, lineNumber: 4 });
    const paused = client.Debugger.paused();
    const reply = get('/?n=5');
    await within(paused, 'pause');
    await client.close();
    return within(reply, 'reply after the client left');
  },
  async leaves_while_evaluating() {
    const client = await connect();
    await client.Debugger.enable();
    const paused = client.Debugger.paused();
    client.Runtime.evaluate({ expression: 'debugger; 1' }).catch(() => {});
    await within(paused, 'pause');
    await client.close();
    return within(get('/?n=1'), 'reply');
  },
  async console() {
    const client = await connect();
    const calls = [];
    client.Runtime.consoleAPICalled((c) => calls.push(c));
    await client.Runtime.enable();
    await get('/log');
    await sleep(200);
    const evaluated = await client.Runtime.evaluate({ expression: 'Promise.resolve([1, 2])', awaitPromise: true, returnByValue: true });
    await client.close();
    return {
      calls: calls.map((c) => [c.type, c.args.map((a) => a.value ?? a.description), c.stackTrace?.callFrames[0]?.lineNumber]),
      evaluated: evaluated.result.value,
    };
  },
  async profile() {
    const client = await connect();
    await client.Profiler.enable();
    await client.Profiler.setSamplingInterval({ interval: 200 });
    await client.Profiler.start();
    await get('/busy');
    const { profile } = await client.Profiler.stop();
    await client.close();
    return { nodes: profile.nodes.length, busy: profile.nodes.some((n) => n.callFrame.functionName === 'busy'), samples: profile.samples.length };
  },
  async heap() {
    const client = await connect();
    let text = '';
    client.HeapProfiler.addHeapSnapshotChunk(({ chunk }) => (text += chunk));
    await client.HeapProfiler.enable();
    await client.HeapProfiler.takeHeapSnapshot();
    const snapshot = JSON.parse(text);
    await client.close();
    return { nodes: snapshot.snapshot.node_count, marker: snapshot.strings.includes('Marker') };
  },
  async two() {
    const [a, b] = [await connect(), await connect()];
    await Promise.all([a.Debugger.enable(), b.Debugger.enable(), a.Runtime.enable(), b.Runtime.enable()]);
    const { url } = (await CDP.List({ port: Number(port) }))[0];
    await a.Debugger.setBreakpointByUrl({ url, lineNumber: 4 });
    const both = Promise.all([a.Debugger.paused(), b.Debugger.paused()]);
    const reply = get('/?n=2');
    await within(both, 'pause for both');
    const value = await b.Runtime.evaluate({ expression: '6 * 7' });
    await a.close();
    await sleep(100);
    await b.Debugger.resume().catch(() => {});
    const text = await within(reply, 'reply');
    await b.close();
    return { value: value.result.value, text };
  },
  async loop_forever() {
    const client = await connect();
    await client.Debugger.enable();
    const reply = get('/forever');
    await sleep(200);
    // The loop of the worker's thread is busy: only an interrupt gets through.
    const value = await within(client.Runtime.evaluate({ expression: '1 + 1' }), 'answer from a busy loop');
    const paused = client.Debugger.paused();
    await client.Debugger.pause();
    const stop = await within(paused, 'pause in a busy loop');
    await client.Debugger.evaluateOnCallFrame({ callFrameId: stop.callFrames[0].callFrameId, expression: 'flag.go = false' });
    await client.Debugger.resume();
    const text = await within(reply, 'reply');
    await client.close();
    return { value: value.result.value, function: stop.callFrames[0].functionName, text };
  },
  // Waits for a reload that the test makes; the breakpoint must hold in the new version.
  async reload() {
    const client = await connect();
    const events = [];
    client.Runtime.executionContextsCleared(() => events.push('cleared'));
    client.Runtime.executionContextCreated(() => events.push('created'));
    await client.Runtime.enable();
    await client.Debugger.enable();
    const { url } = (await CDP.List({ port: Number(port) }))[0];
    await client.Debugger.setBreakpointByUrl({ url, lineNumber: 4 });
    console.error('ready');
    for (let i = 0; i < 80 && events.length < 3; i++) await sleep(50);
    const paused = client.Debugger.paused();
    const reply = get('/?n=3');
    await within(paused, 'pause in the new version');
    await client.Debugger.resume();
    const text = await within(reply, 'reply');
    await client.close();
    return { events, text };
  },
};

scenarios[scenario]().then(
  (seen) => (console.log(JSON.stringify(seen)), process.exit(0)),
  (e) => (console.error(e), process.exit(1)),
);
