// What has no class table: dictionaries, unions, bindings, the shape of a worker. The build appends this to skerry.d.ts.

type BufferSource = ArrayBuffer | ArrayBufferView;
type HeadersInit = Headers | Record<string, string> | Iterable<readonly [string, string]>;
type BodyInit = string | BufferSource | URLSearchParams | ReadableStream | Blob | FormData;
type BlobPart = string | BufferSource | Blob;
interface BlobPropertyBag {
  type?: string;
  endings?: 'transparent' | 'native';
}
interface FilePropertyBag extends BlobPropertyBag {
  lastModified?: number;
}

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
interface RequestInit<Cf = CfProperties> {
  method?: string;
  headers?: HeadersInit;
  body?: BodyInit | null;
  duplex?: 'half';
  redirect?: 'follow' | 'error' | 'manual';
  signal?: AbortSignal | null;
  cache?: string;
  integrity?: string;
  cf?: Cf;
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
interface IncomingRequestCfProperties<HostMetadata = unknown> {
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
  tlsVersion?: string;
  tlsCipher?: string;
  clientAcceptEncoding?: string;
  hostMetadata?: HostMetadata;
}
type IncomingRequestCf = IncomingRequestCfProperties;
// What a request to somewhere else may ask of the platform; skerry reads none of it.
type RequestInitCfProperties = Record<string, unknown>;
type CfProperties<HostMetadata = unknown> = IncomingRequestCfProperties<HostMetadata> | RequestInitCfProperties;

interface KVNamespaceGetOptions<Type> {
  type: Type;
  cacheTtl?: number;
}
interface KVNamespaceGetWithMetadataResult<Value, Metadata> {
  value: Value | null;
  metadata: Metadata | null;
  cacheStatus: string | null;
}
interface KVNamespaceListOptions {
  limit?: number;
  prefix?: string | null;
  cursor?: string | null;
}
interface KVNamespaceListKey<Metadata, Key extends string = string> {
  name: Key;
  expiration?: number;
  metadata?: Metadata;
}
type KVNamespaceListResult<Metadata, Key extends string = string> =
  | { list_complete: false; keys: KVNamespaceListKey<Metadata, Key>[]; cursor: string; cacheStatus: string | null }
  | { list_complete: true; keys: KVNamespaceListKey<Metadata, Key>[]; cacheStatus: string | null };
interface KVNamespacePutOptions {
  expiration?: number;
  expirationTtl?: number;
  metadata?: any | null;
}
type KVType<Type extends string> = Type | KVNamespaceGetOptions<Type>;
type KVRead<Value, Metadata> = Promise<KVNamespaceGetWithMetadataResult<Value, Metadata>>;
interface KVNamespace<Key extends string = string> {
  get(key: Key, options?: Partial<KVNamespaceGetOptions<undefined>>): Promise<string | null>;
  get(key: Key, options: KVType<'text'>): Promise<string | null>;
  get<ExpectedValue = unknown>(key: Key, options: KVType<'json'>): Promise<ExpectedValue | null>;
  get(key: Key, options: KVType<'arrayBuffer'>): Promise<ArrayBuffer | null>;
  get(key: Key, options: KVType<'stream'>): Promise<ReadableStream | null>;
  get(keys: Key[], options?: KVType<'text'> | Partial<KVNamespaceGetOptions<undefined>>): Promise<Map<string, string | null>>;
  get<ExpectedValue = unknown>(keys: Key[], options: KVType<'json'>): Promise<Map<string, ExpectedValue | null>>;
  getWithMetadata<Metadata = unknown>(key: Key, options?: Partial<KVNamespaceGetOptions<undefined>>): KVRead<string, Metadata>;
  getWithMetadata<Metadata = unknown>(key: Key, options: KVType<'text'>): KVRead<string, Metadata>;
  getWithMetadata<ExpectedValue = unknown, Metadata = unknown>(key: Key, options: KVType<'json'>): KVRead<ExpectedValue, Metadata>;
  getWithMetadata<Metadata = unknown>(key: Key, options: KVType<'arrayBuffer'>): KVRead<ArrayBuffer, Metadata>;
  getWithMetadata<Metadata = unknown>(key: Key, options: KVType<'stream'>): KVRead<ReadableStream, Metadata>;
  getWithMetadata<Metadata = unknown>(keys: Key[], options?: KVType<'text'>): Promise<Map<string, KVNamespaceGetWithMetadataResult<string, Metadata>>>;
  getWithMetadata<ExpectedValue = unknown, Metadata = unknown>(keys: Key[], options: KVType<'json'>): Promise<Map<string, KVNamespaceGetWithMetadataResult<ExpectedValue, Metadata>>>;
  list<Metadata = unknown>(options?: KVNamespaceListOptions): Promise<KVNamespaceListResult<Metadata, Key>>;
  put(key: Key, value: string | ArrayBuffer | ArrayBufferView | ReadableStream, options?: KVNamespacePutOptions): Promise<void>;
  delete(key: Key): Promise<void>;
}

// A binding with fetch(): the assets of a worker.
interface Fetcher {
  fetch(input: Request | string | URL, init?: RequestInit): Promise<Response>;
}

// `export default { … } satisfies ExportedHandler<Env>`
type ExportedHandlerFetchHandler<Env = unknown, CfHostMetadata = unknown, Props = unknown> = (
  request: Request<CfHostMetadata, IncomingRequestCfProperties<CfHostMetadata>>, env: Env,
  ctx: ExecutionContext) => Response | Promise<Response>;
type ExportedHandlerTestHandler<Env = unknown, Props = unknown> = (
  controller: unknown, env: Env, ctx: ExecutionContext) => void | Promise<void>;
// For projects that have one; skerry runs no schedule yet.
interface ScheduledController {
  readonly scheduledTime: number;
  readonly cron: string;
  noRetry(): void;
}
type ExportedHandlerScheduledHandler<Env = unknown, Props = unknown> = (
  controller: ScheduledController, env: Env, ctx: ExecutionContext) => void | Promise<void>;
interface ExportedHandler<Env = unknown, QueueHandlerMessage = unknown, CfHostMetadata = unknown, Props = unknown> {
  fetch?: ExportedHandlerFetchHandler<Env, CfHostMetadata, Props>;
  test?: ExportedHandlerTestHandler<Env, Props>;
  scheduled?: ExportedHandlerScheduledHandler<Env, Props>;
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
