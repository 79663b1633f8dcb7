
// node:url (https://nodejs.org/api/url.html): the platform's URL, and the legacy parser, which is the npm package url.
npm_outside['punycode/'] = () => internal.require('node:punycode');
npm_outside.qs = () => {
  const { parse, stringify } = internal.require('node:querystring');
  return { parse, stringify: (query) => stringify(query) };
};

const errors = internal.require('node_errors');
const legacy = npm_load('url.js');

function domain(name, unicode) {
  let ascii;
  try {
    ascii = new URL(`ws://${name}`).hostname;
  } catch {
    return '';
  }
  return unicode ? internal.require('node:punycode').toUnicode(ascii) : ascii;
}

function fileURLToPath(path, options) {
  const windows = options?.windows;
  if (typeof path === 'string') path = new URL(path);
  else if (!(path instanceof URL)) throw errors.invalid_arg_type('path', ['string', 'URL'], path);
  if (path.protocol !== 'file:') throw errors.make(TypeError, 'ERR_INVALID_URL_SCHEME', 'The URL must be of scheme file');
  if (windows) {
    if (/%2f|%5c/i.test(path.pathname)) throw errors.make(TypeError, 'ERR_INVALID_FILE_URL_PATH', 'File URL path must not include encoded \\ or / characters');
    const name = decodeURIComponent(path.pathname.replaceAll('/', '\\'));
    if (path.hostname !== '') return `\\\\${domain(path.hostname, true)}${name}`;
    if (!/^\\[A-Za-z]:/.test(name)) throw errors.make(TypeError, 'ERR_INVALID_FILE_URL_PATH', 'File URL path must be absolute');
    return name.slice(1);
  }
  if (path.hostname !== '') throw errors.make(TypeError, 'ERR_INVALID_FILE_URL_HOST', 'File URL host must be "localhost" or empty on linux');
  if (/%2f/i.test(path.pathname)) throw errors.make(TypeError, 'ERR_INVALID_FILE_URL_PATH', 'File URL path must not include encoded / characters');
  return decodeURIComponent(path.pathname);
}

function pathToFileURL(path) {
  errors.check_string(path, 'path');
  let whole = internal.require('node:path').resolve(path);
  if (path.endsWith('/') && !whole.endsWith('/')) whole += '/';
  const escapes = { '%': '%25', '\\': '%5C', '\n': '%0A', '\r': '%0D', '\t': '%09', '?': '%3F', '#': '%23' };
  return new URL(`file://${whole.replace(/[%\\\n\r\t?#]/g, (c) => escapes[c])}`);
}

function urlToHttpOptions(url) {
  const { hostname, pathname, port, username, password, search } = url;
  const options = {
    __proto__: null,
    ...url,
    protocol: url.protocol,
    hostname: hostname.startsWith('[') ? hostname.slice(1, -1) : hostname,
    hash: url.hash,
    search,
    pathname,
    path: `${pathname || ''}${search || ''}`,
    href: url.href,
  };
  if (port !== '') options.port = Number(port);
  if (username || password) options.auth = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return options;
}

// A URL object may leave parts out, https://nodejs.org/api/url.html#urlformaturl-options; the rest is the legacy one.
function format(url, options) {
  if (typeof url === 'string') return legacy.format(legacy.parse(url));
  if (url === null || typeof url !== 'object') throw errors.invalid_arg_type('urlObject', ['Object', 'string'], url);
  if (!(url instanceof URL)) return legacy.format(url);
  if (options !== undefined) errors.check_object(options, 'options');
  const { fragment = true, unicode = false, search = true, auth = true } = options ?? {};
  const copy = new URL(url.href);
  if (!fragment) copy.hash = '';
  if (!search) copy.search = '';
  if (!auth) copy.username = copy.password = '';
  return unicode && copy.hostname ? copy.href.replace(copy.hostname, domain(copy.hostname, true)) : copy.href;
}

function parse(url, parse_query, slashes) {
  if (url instanceof legacy.Url) return url;
  errors.check_string(url, 'url');
  const parsed = legacy.parse(url, parse_query, slashes);
  if (parsed.search === '') parsed.search = null;
  return parsed;
}

return {
  Url: legacy.Url,
  parse,
  resolve: legacy.resolve,
  resolveObject: legacy.resolveObject,
  format,
  URL,
  URLSearchParams,
  domainToASCII: (name) => domain(`${name}`, false),
  domainToUnicode: (name) => domain(`${name}`, true),
  pathToFileURL,
  fileURLToPath,
  fileURLToPathBuffer: (path) => internal.require('node:buffer').Buffer.from(fileURLToPath(path)),
  urlToHttpOptions,
};
})
