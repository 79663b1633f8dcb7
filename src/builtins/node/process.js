// node:process (https://nodejs.org/api/process.html): what of a process a worker has. The environment is the worker's
// variables, time stands still as everywhere, and nothing can be ended.
(function (internal) {
'use strict';

const { findModule, bindings, require } = internal;
const errors = require('node_errors');
const EventEmitter = require('node:events');

// Text variables and secrets, as Workers fill it.
function environment() {
  const env = {};
  const source = bindings();
  for (const key of Object.keys(source ?? {})) {
    const value = source[key];
    if (typeof value === 'string') env[key] = value;
    else if (value === null || ['boolean', 'number'].includes(typeof value) || [Object.prototype, Array.prototype].includes(Object.getPrototypeOf(value)))
      env[key] = JSON.stringify(value);
  }
  return env;
}

const version = '22.19.0';

function hrtime(before) {
  const now = performance.now();
  let seconds = Math.floor(now / 1000);
  let nanos = Math.floor((now % 1000) * 1e6);
  if (before !== undefined) {
    if (!Array.isArray(before)) throw errors.invalid_arg_type('time', 'Array', before);
    if (before.length !== 2) throw errors.out_of_range('time', '2', before.length);
    seconds -= before[0];
    nanos -= before[1];
    if (nanos < 0) {
      seconds--;
      nanos += 1e9;
    }
  }
  return [seconds, nanos];
}
hrtime.bigint = () => BigInt(Math.floor(performance.now() * 1e6));

function nextTick(fn, ...args) {
  errors.check_function(fn, 'callback');
  queueMicrotask(args.length === 0 ? fn : () => fn(...args));
}

function refuse(what) {
  return function () {
    throw errors.make(Error, 'ERR_METHOD_NOT_IMPLEMENTED', `process.${what} is not available in skerry: a worker has no process of its own`);
  };
}

function emitWarning(warning, type, code) {
  const options = type !== null && typeof type === 'object' ? type : { type, code };
  const name = warning instanceof Error ? warning.name : (options.type ?? 'Warning');
  const text = warning instanceof Error ? warning.message : `${warning}`;
  console.warn(`${options.code ? `[${options.code}] ` : ''}${name}: ${text}`);
}

// Whole lines go to the log.
function output(fd, log) {
  let held = '';
  return {
    fd,
    writable: true,
    isTTY: false,
    columns: 80,
    write(chunk, encoding, done) {
      const lines = (held + (typeof chunk === 'string' ? chunk : new TextDecoder().decode(chunk))).split('\n');
      held = lines.pop();
      for (const line of lines) log(line);
      const callback = typeof encoding === 'function' ? encoding : done;
      if (typeof callback === 'function') queueMicrotask(() => callback(null));
      return true;
    },
    end() {
      return this;
    },
    on() {
      return this;
    },
    once() {
      return this;
    },
    emit: () => false,
    removeListener() {
      return this;
    },
    getColorDepth: () => 1,
    hasColors: () => false,
  };
}

class Process extends EventEmitter {}
const process = new Process();
Object.defineProperty(process, Symbol.toStringTag, { value: 'process', configurable: true });
Object.assign(process, {
  version: `v${version}`,
  versions: { node: version, v8: '13.6.233.17', modules: '127', uv: '1.44.2' },
  release: { name: 'node', lts: 'Jod' },
  title: 'skerry',
  arch: 'x64',
  platform: 'linux',
  argv: ['skerry'],
  argv0: 'skerry',
  execArgv: [],
  execPath: '',
  pid: 1,
  ppid: 0,
  exitCode: undefined,
  env: environment(),
  config: { target_defaults: {}, variables: {} },
  features: { inspector: false, debug: false, uv: false, ipv6: true, tls_alpn: true, tls_sni: true, tls_ocsp: false, tls: true, cached_builtins: true },
  allowedNodeEnvironmentFlags: new Set(),
  nextTick,
  hrtime,
  emitWarning,
  cwd: () => '/bundle',
  chdir: refuse('chdir'),
  umask: () => 0o22,
  uptime: () => performance.now() / 1000,
  memoryUsage: Object.assign(() => ({ rss: 0, heapTotal: 0, heapUsed: 0, external: 0, arrayBuffers: 0 }), { rss: () => 0 }),
  cpuUsage: () => ({ user: 0, system: 0 }),
  resourceUsage: () => ({ userCPUTime: 0, systemCPUTime: 0, maxRSS: 0 }),
  constrainedMemory: () => 0,
  availableMemory: () => 0,
  getuid: () => 0,
  geteuid: () => 0,
  getgid: () => 0,
  getegid: () => 0,
  getgroups: () => [0],
  abort: refuse('abort'),
  exit: refuse('exit'),
  reallyExit: refuse('reallyExit'),
  kill: refuse('kill'),
  binding: refuse('binding'),
  dlopen: refuse('dlopen'),
  ref() {},
  unref() {},
  setUncaughtExceptionCaptureCallback: refuse('setUncaughtExceptionCaptureCallback'),
  hasUncaughtExceptionCaptureCallback: () => false,
  setSourceMapsEnabled() {},
  sourceMapsEnabled: false,
  loadEnvFile: refuse('loadEnvFile'),
  getActiveResourcesInfo: () => [],
  getBuiltinModule(id) {
    errors.check_string(id, 'id');
    const found = findModule(id);
    return found === undefined ? undefined : require(found);
  },
  report: null,
  stdin: null,
  stdout: output(1, (line) => console.log(line)),
  stderr: output(2, (line) => console.error(line)),
});
return process;
})
