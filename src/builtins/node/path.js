// node:path (https://nodejs.org/api/path.html), POSIX and Windows. A path is taken apart into root and segments; what
// differs between the two is what a root is and what separates.
(function (internal) {
'use strict';

const errors = internal.require('node_errors');
const working_folder = '/bundle';

function check(path, name = 'path') {
  errors.check_string(path, name);
}

// Segments without "." and with ".." applied; a rooted path has nothing above its root.
function resolve_dots(text, is_separator, rooted) {
  const kept = [];
  let part = '';
  for (let i = 0; i <= text.length; i++) {
    if (i < text.length && !is_separator(text.charCodeAt(i))) {
      part += text[i];
      continue;
    }
    if (part === '..') {
      if (kept.length > 0 && kept.at(-1) !== '..') kept.pop();
      else if (!rooted) kept.push('..');
    } else if (part !== '' && part !== '.') {
      kept.push(part);
    }
    part = '';
  }
  return kept;
}

// What both kinds share, given `root_of(path)` (the length of the root, what it is called when normalized, and whether
// it is absolute), `is_separator` and the separator written.
function make_path(kind) {
  const { sep, is_separator, root_of, same } = kind;
  const ends_with_separator = (path) => path.length > 0 && is_separator(path.charCodeAt(path.length - 1));

  // Where the last segment begins and ends, separators at the end left out.
  function last_segment(path, from) {
    let end = path.length;
    while (end > from && is_separator(path.charCodeAt(end - 1))) end--;
    let start = end;
    while (start > from && !is_separator(path.charCodeAt(start - 1))) start--;
    return [start, end];
  }

  function extension_at(path, start, end) {
    const dot = path.lastIndexOf('.', end - 1);
    // None, or the whole name, or ".." .
    if (dot <= start || (dot === start + 1 && end === start + 2 && path[start] === '.')) return end;
    return dot;
  }

  const api = {
    sep,
    delimiter: kind.delimiter,
    normalize(path) {
      check(path);
      if (path.length === 0) return '.';
      const { length, root, absolute } = root_of(path);
      const segments = resolve_dots(path.slice(length), is_separator, absolute);
      let tail = segments.join(sep);
      if (tail === '' && !absolute) tail = '.';
      if (tail !== '' && ends_with_separator(path)) tail += sep;
      return kind.join_root(root, tail, path);
    },
    isAbsolute(path) {
      check(path);
      return path.length > 0 && root_of(path).absolute;
    },
    join(...paths) {
      for (const path of paths) check(path);
      const parts = paths.filter((path) => path.length > 0);
      if (parts.length === 0) return '.';
      return api.normalize(kind.join_parts(parts));
    },
    dirname(path) {
      check(path);
      if (path.length === 0) return '.';
      const { length } = root_of(path);
      const [start] = last_segment(path, length);
      // One separator goes with the name; what is before it stays as written.
      if (start <= length) return length > 0 ? path.slice(0, length) : '.';
      return path.slice(0, start - 1);
    },
    basename(path, suffix) {
      if (suffix !== undefined) check(suffix, 'suffix');
      check(path);
      const [start, end] = last_segment(path, kind.prefix(path));
      const base = path.slice(start, end);
      if (suffix === undefined || suffix.length === 0 || base === suffix || !base.endsWith(suffix)) {
        return suffix !== undefined && suffix === path ? '' : base;
      }
      return base.slice(0, -suffix.length);
    },
    extname(path) {
      check(path);
      const [start, end] = last_segment(path, kind.prefix(path));
      return path.slice(extension_at(path, start, end), end);
    },
    parse(path) {
      check(path);
      const found = { root: '', dir: '', base: '', ext: '', name: '' };
      if (path.length === 0) return found;
      const { length } = root_of(path);
      found.root = path.slice(0, length);
      const [start, end] = last_segment(path, length);
      found.base = path.slice(start, end);
      const dot = extension_at(path, start, end);
      found.name = path.slice(start, dot);
      found.ext = path.slice(dot, end);
      found.dir = start > length ? path.slice(0, start - 1) : found.root;
      return found;
    },
    format(parts) {
      errors.check_object(parts, 'pathObject');
      const dir = parts.dir || parts.root;
      const ext = parts.ext ? `${parts.ext[0] === '.' ? '' : '.'}${parts.ext}` : '';
      const base = parts.base || `${parts.name || ''}${ext}`;
      if (!dir) return base;
      return dir === parts.root ? `${dir}${base}` : `${dir}${sep}${base}`;
    },
    resolve(...paths) {
      paths.forEach((path, i) => check(path, `paths[${i}]`));
      return kind.resolve(paths);
    },
    relative(from, to) {
      check(from, 'from');
      check(to, 'to');
      if (from === to) return '';
      from = api.resolve(from);
      to = api.resolve(to);
      if (same(from, to)) return '';
      const roots = [root_of(from), root_of(to)];
      if (!same(roots[0].root, roots[1].root)) return to;
      const [a, b] = [from.slice(roots[0].length), to.slice(roots[1].length)].map((path) =>
        resolve_dots(path, is_separator, true));
      let common = 0;
      while (common < a.length && common < b.length && same(a[common], b[common])) common++;
      return [...a.slice(common).map(() => '..'), ...b.slice(common)].join(sep);
    },
    toNamespacedPath: kind.namespaced,
    matchesGlob(path, pattern) {
      check(path);
      check(pattern, 'pattern');
      const source = pattern.replace(/\*\*\/?|\*|\?|[.+^${}()|[\]\\]/g, (found) =>
        found.startsWith('**') ? '(?:.*/)?' : found === '*' ? '[^/]*' : found === '?' ? '[^/]' : `\\${found}`);
      return new RegExp(`^${source}$`).test(path);
    },
  };
  return api;
}

const posix = make_path({
  posix: true,
  sep: '/',
  delimiter: ':',
  is_separator: (code) => code === 47,
  same: (a, b) => a === b,
  prefix: () => 0,
  root_of: (path) => (path[0] === '/' ? { length: 1, root: '/', absolute: true } : { length: 0, root: '', absolute: false }),
  join_root: (root, tail) => root + tail,
  join_parts: (parts) => parts.join('/'),
  namespaced: (path) => path,
  resolve(paths) {
    let whole = '';
    for (let i = paths.length - 1; i >= -1 && whole[0] !== '/'; i--) {
      const path = i >= 0 ? paths[i] : working_folder;
      if (path.length > 0) whole = whole === '' ? path : `${path}/${whole}`;
    }
    return `/${resolve_dots(whole, (code) => code === 47, true).join('/')}`;
  },
});

// --- Windows ---------------------------------------------------------------------------------------------------------

const is_slash = (code) => code === 47 || code === 92;
const drive = /^[A-Za-z]:/;
// Two separators, a server, separators, a share.
const unc = /^[\\/]{2}([^\\/]+)[\\/]+([^\\/]+)([\\/]|$)/;

function windows_root(path) {
  const found = unc.exec(path);
  if (found !== null) {
    const ends = found[3] !== '';
    return { length: found[0].length, root: `\\\\${found[1]}\\${found[2]}\\`, device: `\\\\${found[1]}\\${found[2]}`, absolute: true, ends };
  }
  if (drive.test(path)) {
    const device = path.slice(0, 2);
    const absolute = path.length > 2 && is_slash(path.charCodeAt(2));
    return { length: absolute ? 3 : 2, root: absolute ? `${device}\\` : device, device, absolute };
  }
  if (path.length > 0 && is_slash(path.charCodeAt(0))) return { length: 1, root: '\\', device: '', absolute: true };
  return { length: 0, root: '', device: '', absolute: false };
}

const win32 = make_path({
  posix: false,
  sep: '\\',
  delimiter: ';',
  is_separator: is_slash,
  same: (a, b) => a.toLowerCase() === b.toLowerCase(),
  prefix: (path) => (drive.test(path) ? 2 : 0),
  root_of: windows_root,
  join_root(root, tail, path) {
    // A relative path must not come to name a drive.
    if (root === '' && (drive.test(tail) || /:([\\/]|$)/.test(path))) return `.\\${tail}`;
    return root + tail;
  },
  join_parts(parts) {
    const joined = parts.join('\\');
    // Only a first part that begins so itself may begin with two separators.
    const first = parts[0];
    if (/^[\\/]{2}[^\\/]/.test(first) && (first.length > 2)) return joined;
    return joined.replace(/^[\\/]{2,}/, '\\');
  },
  namespaced(path) {
    if (typeof path !== 'string' || path.length === 0) return path;
    const whole = win32.resolve(path);
    if (/^[A-Za-z]:\\/.test(whole)) return `\\\\?\\${whole}`;
    if (/^\\\\[^.?]/.test(whole)) return `\\\\?\\UNC\\${whole.slice(2)}`;
    return path;
  },
  resolve(paths) {
    let device = '';
    let tail = '';
    let absolute = false;
    for (let i = paths.length - 1; i >= -1 && !(absolute && device !== ''); i--) {
      const path = i >= 0 ? paths[i] : working_folder;
      if (path.length === 0) continue;
      const root = windows_root(path);
      if (root.device !== '') {
        if (device === '') device = root.device;
        else if (device.toLowerCase() !== root.device.toLowerCase()) continue;
      }
      if (absolute) continue;
      tail = `${path.slice(root.length)}\\${tail}`;
      absolute = root.absolute;
    }
    const segments = resolve_dots(tail, is_slash, absolute);
    return `${device}${absolute ? '\\' : ''}${segments.join('\\')}` || '.';
  },
});

posix.posix = win32.posix = posix;
posix.win32 = win32.win32 = win32;
posix._makeLong = posix.toNamespacedPath;
win32._makeLong = win32.toNamespacedPath;
return posix;
})
