// Node's modules that skerry has nothing for: files, sockets, processes. They load, so that a bundle that never uses
// them runs; what is called throws an error that names it. `name` is the module's own, "node:fs".
(function (internal, name) {
'use strict';

// Functions and classes by module. What is data is below.
const functions = {
  __proto__: null,
  _http_agent: 'Agent',
  _http_client: 'ClientRequest',
  _http_common: '_checkInvalidHeaderChar _checkIsHttpToken',
  _http_incoming: 'IncomingMessage readStart readStop',
  _http_outgoing: 'OutgoingMessage validateHeaderName validateHeaderValue parseUniqueHeadersOption',
  _http_server: 'Server ServerResponse setupConnectionsTracking storeHTTPOptions _connectionListener',
  _stream_wrap: '',
  _tls_common: 'SecureContext createSecureContext translatePeerCertificate',
  _tls_wrap: 'TLSSocket Server createServer connect',
  child_process: 'ChildProcess exec execFile execFileSync execSync fork spawn spawnSync',
  cluster: 'Worker setupPrimary setupMaster fork disconnect on once emit',
  dgram: 'createSocket Socket',
  dns:
    'lookup lookupService Resolver getDefaultResultOrder setDefaultResultOrder setServers getServers ' +
    'resolve resolve4 resolve6 resolveAny resolveCaa resolveCname resolveMx resolveNaptr resolveNs ' +
    'resolvePtr resolveSoa resolveSrv resolveTlsa resolveTxt reverse',
  domain: 'Domain createDomain create',
  fs:
    'appendFile appendFileSync access accessSync chown chownSync chmod chmodSync close closeSync copyFile ' +
    'copyFileSync cp cpSync createReadStream createWriteStream exists existsSync fchown fchownSync fchmod ' +
    'fchmodSync fdatasync fdatasyncSync fstat fstatSync fsync fsyncSync ftruncate ftruncateSync futimes ' +
    'futimesSync glob globSync lchmod lchmodSync lchown lchownSync link linkSync lstat lstatSync lutimes ' +
    'lutimesSync mkdir mkdirSync mkdtemp mkdtempSync open openSync openAsBlob opendir opendirSync readdir ' +
    'readdirSync read readSync readv readvSync readFile readFileSync readlink readlinkSync realpath ' +
    'realpathSync rename renameSync rm rmSync rmdir rmdirSync stat statfs statSync statfsSync symlink ' +
    'symlinkSync truncate truncateSync unwatchFile unlink unlinkSync utimes utimesSync watch watchFile ' +
    'writeFile writeFileSync write writeSync writev writevSync Dirent Dir Stats ReadStream WriteStream ' +
    'FileReadStream FileWriteStream _toUnixTimestamp',
  'fs/promises':
    'access appendFile chmod chown copyFile cp glob lchmod lchown link lstat lutimes mkdir mkdtemp open ' +
    'opendir readFile readdir readlink realpath rename rm rmdir stat statfs symlink truncate unlink utimes ' +
    'watch writeFile',
  http:
    '_connectionListener Agent ClientRequest IncomingMessage OutgoingMessage Server ServerResponse ' +
    'createServer validateHeaderName validateHeaderValue get request setMaxIdleHTTPParsers',
  http2:
    'connect createServer createSecureServer getDefaultSettings getPackedSettings getUnpackedSettings ' +
    'performServerHandshake Http2ServerRequest Http2ServerResponse',
  https: 'Agent Server createServer get request',
  inspector: 'open close url waitForDebugger Session',
  net:
    'BlockList SocketAddress connect createConnection createServer Server Socket Stream ' +
    'getDefaultAutoSelectFamily setDefaultAutoSelectFamily getDefaultAutoSelectFamilyAttemptTimeout ' +
    'setDefaultAutoSelectFamilyAttemptTimeout',
  readline: 'Interface clearLine clearScreenDown createInterface cursorTo emitKeypressEvents moveCursor',
  'readline/promises': 'Interface Readline createInterface',
  repl: 'start writer REPLServer Recoverable isValidSyntax',
  sea: 'getAsset getRawAsset getAssetAsBlob',
  sqlite: 'DatabaseSync StatementSync backup',
  test: 'after afterEach before beforeEach describe it only run skip suite test todo',
  tls:
    'getCiphers convertALPNProtocols checkServerIdentity createSecureContext SecureContext TLSSocket Server ' +
    'createServer connect createSecurePair',
  trace_events: 'createTracing getEnabledCategories',
  tty: 'ReadStream WriteStream',
  v8:
    'cachedDataVersionTag getHeapSnapshot getHeapStatistics getHeapSpaceStatistics getHeapCodeStatistics ' +
    'setFlagsFromString Serializer Deserializer DefaultSerializer DefaultDeserializer deserialize ' +
    'takeCoverage stopCoverage serialize writeHeapSnapshot queryObjects setHeapSnapshotNearHeapLimit GCProfiler',
  vm:
    'Script createContext createScript runInContext runInNewContext runInThisContext isContext ' +
    'compileFunction measureMemory SourceTextModule SyntheticModule',
  wasi: 'WASI',
  worker_threads:
    'markAsUntransferable isMarkedAsUntransferable moveMessagePortToContext receiveMessageOnPort ' +
    'postMessageToThread Worker BroadcastChannel setEnvironmentData getEnvironmentData',
  zlib:
    'crc32 Deflate Inflate Gzip Gunzip DeflateRaw InflateRaw Unzip BrotliCompress BrotliDecompress deflate ' +
    'deflateSync gzip gzipSync deflateRaw deflateRawSync unzip unzipSync inflate inflateSync gunzip ' +
    'gunzipSync inflateRaw inflateRawSync brotliCompress brotliCompressSync brotliDecompress ' +
    'brotliDecompressSync createDeflate createInflate createDeflateRaw createInflateRaw createGzip ' +
    'createGunzip createUnzip createBrotliCompress createBrotliDecompress',
};

function unavailable(member, path) {
  const where = `${path}.${member}`;
  const refuse = function () {
    const error = new Error(
      `${where} is not available in skerry: a worker has no files, processes or raw sockets of its own`,
    );
    error.name = 'NotAvailableError';
    error.code = 'ERR_METHOD_NOT_IMPLEMENTED';
    Error.captureStackTrace(error, refuse);
    throw error;
  };
  Object.defineProperty(refuse, 'name', { value: member });
  return refuse;
}

function fill(exports, key, path) {
  for (const member of functions[key].split(' ')) {
    if (member !== '') exports[member] = unavailable(member, path);
  }
  return exports;
}

const short = name.slice('node:'.length);
const dns_codes =
  'NODATA FORMERR SERVFAIL NOTFOUND NOTIMP REFUSED BADQUERY BADNAME BADFAMILY BADRESP CONNREFUSED TIMEOUT ' +
  'EOF FILE NOMEM DESTRUCTION BADSTR BADFLAGS NONAME BADHINTS NOTINITIALIZED LOADIPHLPAPI ' +
  'ADDRGETNETWORKPARAMS CANCELLED';

function add_dns_codes(exports) {
  for (const code of dns_codes.split(' ')) exports[code] = `E${code}`;
  return exports;
}

// An agent is made at load time by many packages and used by few of their callers.
class Agent {
  constructor(options) {
    this.options = { ...options };
    this.maxSockets = Infinity;
    this.maxFreeSockets = 256;
    this.requests = {};
    this.sockets = {};
    this.freeSockets = {};
  }
  destroy() {}
}

const ipv4_part = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const ipv4 = new RegExp(`^(?:${ipv4_part}\\.){3}${ipv4_part}$`);

function isIPv6(text) {
  const parts = /^([\da-fA-F:.]+)(%[\da-zA-Z\-.:]+)?$/.exec(`${text}`);
  if (parts === null) return false;
  try {
    new URL(`http://[${parts[1]}]`);
    return true;
  } catch {
    return false;
  }
}

// What of these modules is no function, or needs nothing that is missing.
const extras = {
  __proto__: null,
  cluster: (exports) =>
    Object.assign(exports, { isWorker: false, isMaster: true, isPrimary: true, workers: {}, settings: {}, SCHED_NONE: 1, SCHED_RR: 2 }),
  dns(exports) {
    Object.assign(add_dns_codes(exports), { ADDRCONFIG: 32, ALL: 16, V4MAPPED: 8 });
    exports.promises = internal.require('node:dns/promises');
  },
  'dns/promises': (exports) => add_dns_codes(fill(exports, 'dns', name)),
  fs(exports) {
    exports.constants = internal.require('node_constants').fs;
    for (const mode of ['F_OK', 'R_OK', 'W_OK', 'X_OK']) exports[mode] = exports.constants[mode];
    exports.promises = internal.require('node:fs/promises');
  },
  'fs/promises'(exports) {
    exports.constants = internal.require('node_constants').fs;
  },
  http(exports) {
    const { METHODS, STATUS_CODES } = internal.require('node_constants').http;
    Object.assign(exports, { METHODS, STATUS_CODES, maxHeaderSize: 16384, Agent, globalAgent: new Agent() });
  },
  https: (exports) => Object.assign(exports, { Agent, globalAgent: new Agent() }),
  _http_agent: (exports) => Object.assign(exports, { Agent, globalAgent: new Agent() }),
  http2: (exports) => Object.assign(exports, { constants: {}, sensitiveHeaders: Symbol('nodejs.http2.sensitiveHeaders') }),
  inspector: (exports) => Object.assign(exports, { console }),
  'inspector/promises': (exports) => Object.assign(fill(exports, 'inspector', name), { console }),
  net(exports) {
    const isIPv4 = (text) => ipv4.test(`${text}`);
    const isIP = (text) => (isIPv4(text) ? 4 : isIPv6(text) ? 6 : 0);
    Object.assign(exports, { isIP, isIPv4, isIPv6 });
  },
  readline(exports) {
    exports.promises = internal.require('node:readline/promises');
  },
  sea: (exports) => Object.assign(exports, { isSea: () => false }),
  tls: (exports) =>
    Object.assign(exports, {
      DEFAULT_ECDH_CURVE: 'auto',
      DEFAULT_MIN_VERSION: 'TLSv1.2',
      DEFAULT_MAX_VERSION: 'TLSv1.3',
      CLIENT_RENEG_LIMIT: 3,
      CLIENT_RENEG_WINDOW: 600,
      rootCertificates: [],
    }),
  tty: (exports) => Object.assign(exports, { isatty: () => false }),
  v8: (exports) => Object.assign(exports, { promiseHooks: {}, startupSnapshot: { isBuildingSnapshot: () => false } }),
  vm: (exports) => Object.assign(exports, { constants: {} }),
  worker_threads(exports) {
    Object.assign(exports, {
      isMainThread: true,
      resourceLimits: {},
      threadId: 0,
      parentPort: null,
      workerData: null,
      SHARE_ENV: Symbol.for('nodejs.worker_threads.SHARE_ENV'),
    });
    for (const member of ['MessageChannel', 'MessagePort'])
      exports[member] = globalThis[member] ?? unavailable(member, name);
  },
};

const exports = {};
if (functions[short] !== undefined) fill(exports, short, name);
extras[short]?.(exports);
return exports;
})
