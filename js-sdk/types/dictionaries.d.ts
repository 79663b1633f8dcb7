// What has no class table: dictionaries, unions, bindings, the shape of a worker. The build appends this to skerry.d.ts.

type BufferSource = ArrayBuffer | ArrayBufferView;
type HeadersInit = Headers | Record<string, string> | Iterable<readonly [string, string]>;
type BodyInit = string | BufferSource | URLSearchParams | ReadableStream;

// The two ends of a pair: one for the response, the other to accept().
interface WebSocketPair {
  0: WebSocket;
  1: WebSocket;
}

interface EventInit {
  bubbles?: boolean;
  cancelable?: boolean;
  composed?: boolean;
}
interface RequestInit {
  method?: string;
  headers?: HeadersInit;
  body?: BodyInit | null;
  redirect?: 'follow' | 'error' | 'manual';
  signal?: AbortSignal | null;
  cache?: string;
  integrity?: string;
  cf?: unknown;
  encodeResponseBody?: 'automatic' | 'manual';
}
interface ResponseInit {
  status?: number;
  statusText?: string;
  headers?: HeadersInit;
  cf?: unknown;
  webSocket?: WebSocket | null;
  encodeBody?: 'automatic' | 'manual';
}

interface CryptoKeyPair {
  privateKey: CryptoKey;
  publicKey: CryptoKey;
}

// request.cf of an incoming request; what is not known is left out. Numbers about places are text, as in Workers.
interface IncomingRequestCf {
  colo: string;
  country?: string;
  isEUCountry?: '1';
  continent?: 'AF' | 'AN' | 'AS' | 'EU' | 'NA' | 'OC' | 'SA';
  city?: string;
  region?: string;
  regionCode?: string;
  postalCode?: string;
  metroCode?: string;
  latitude?: string;
  longitude?: string;
  timezone?: string;
  asn?: number;
  asOrganization?: string;
  httpProtocol: string;
  clientAcceptEncoding?: string;
}

interface KVGetOptions<Type extends string> {
  type: Type;
  cacheTtl?: number;
}
type KVOption<Type extends string> = Type | KVGetOptions<Type>;
interface KVEntry<Value, Metadata> {
  value: Value | null;
  metadata: Metadata | null;
  cacheStatus: null;
}
interface KVListPage<Metadata> {
  keys: { name: string; expiration?: number; metadata?: Metadata }[];
  list_complete: boolean;
  cursor?: string;
  cacheStatus: null;
}
interface KVNamespace {
  get(key: string, options?: KVOption<'text'> | { cacheTtl?: number }): Promise<string | null>;
  get<T = unknown>(key: string, options: KVOption<'json'>): Promise<T | null>;
  get(key: string, options: KVOption<'arrayBuffer'>): Promise<ArrayBuffer | null>;
  get(key: string, options: KVOption<'stream'>): Promise<ReadableStream<Uint8Array> | null>;
  get(keys: string[], options?: KVOption<'text'>): Promise<Map<string, string | null>>;
  get<T = unknown>(keys: string[], options: KVOption<'json'>): Promise<Map<string, T | null>>;
  getWithMetadata<M = unknown>(key: string, options?: KVOption<'text'>): Promise<KVEntry<string, M>>;
  getWithMetadata<T = unknown, M = unknown>(key: string, options: KVOption<'json'>): Promise<KVEntry<T, M>>;
  getWithMetadata<M = unknown>(key: string, options: KVOption<'arrayBuffer'>): Promise<KVEntry<ArrayBuffer, M>>;
  getWithMetadata<M = unknown>(key: string, options: KVOption<'stream'>): Promise<KVEntry<ReadableStream<Uint8Array>, M>>;
  list<M = unknown>(options?: { prefix?: string | null; limit?: number; cursor?: string | null }):
    Promise<KVListPage<M>>;
  put(key: string, value: string | BufferSource | ReadableStream,
      options?: { expiration?: number; expirationTtl?: number; metadata?: unknown }): Promise<void>;
  delete(key: string): Promise<void>;
}

// `export default { … } satisfies ExportedHandler<Env>`
interface ExportedHandler<Env = unknown> {
  fetch?(request: Request, env: Env, ctx: ExecutionContext): Response | Promise<Response>;
}

declare namespace WebAssembly {
  class Module {
    constructor(bytes: BufferSource);
    static exports(module: Module): { name: string; kind: string }[];
    static imports(module: Module): { module: string; name: string; kind: string }[];
  }
  class Instance {
    constructor(module: Module, imports?: Record<string, Record<string, any>>);
    readonly exports: Record<string, any>;
  }
  class Memory {
    constructor(descriptor: { initial: number; maximum?: number });
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  }
  function instantiate(module: Module, imports?: Record<string, Record<string, any>>): Promise<Instance>;
  function validate(bytes: BufferSource): boolean;
}
