// node:querystring (https://nodejs.org/api/querystring.html).
(function (internal) {
'use strict';

const errors = internal.require('node_errors');

const plain = /[^A-Za-z0-9\-_.!~*'()]/;

function escape(text) {
  if (typeof text !== 'string') text = typeof text === 'object' ? String(text) : `${text}`;
  if (!plain.test(text)) return text;
  try {
    return encodeURIComponent(text);
  } catch {
    throw errors.make(URIError, 'ERR_INVALID_URI', 'URI malformed');
  }
}

// Byte by byte, so that what is no percent-encoding stays.
function unescapeBuffer(text, plus) {
  const { Buffer } = internal.require('node:buffer');
  const source = Buffer.from(`${text}`);
  const out = Buffer.allocUnsafe(source.length);
  let at = 0;
  for (let i = 0; i < source.length; i++) {
    const digits = source[i] === 37 ? source.toString('latin1', i + 1, i + 3) : '';
    if (/^[\da-fA-F]{2}$/.test(digits)) {
      out[at++] = Number.parseInt(digits, 16);
      i += 2;
    } else {
      out[at++] = plus && source[i] === 43 ? 32 : source[i];
    }
  }
  return out.subarray(0, at);
}

function unescape(text, plus) {
  try {
    return decodeURIComponent(text);
  } catch {
    return unescapeBuffer(text, plus).toString();
  }
}

function primitive(value) {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return `${value}`;
  if (typeof value === 'bigint' || typeof value === 'boolean') return `${value}`;
  return '';
}

function stringify(object, separator, equals, options) {
  if (object === null || typeof object !== 'object') return '';
  const encode = typeof options?.encodeURIComponent === 'function' ? options.encodeURIComponent : exports.escape;
  const sign = equals || '=';
  const fields = [];
  for (const key of Object.keys(object)) {
    const name = encode(primitive(key));
    const value = object[key];
    if (Array.isArray(value)) for (const each of value) fields.push(`${name}${sign}${encode(primitive(each))}`);
    else fields.push(`${name}${sign}${encode(primitive(value))}`);
  }
  return fields.join(separator || '&');
}

function parse(text, separator, equals, options) {
  const found = { __proto__: null };
  if (typeof text !== 'string' || text.length === 0) return found;
  const sign = equals ? `${equals}` : '=';
  const most = typeof options?.maxKeys === 'number' ? options.maxKeys : 1000;
  const own = typeof options?.decodeURIComponent === 'function' ? options.decodeURIComponent : exports.unescape;
  const decode = (part) => {
    part = part.replaceAll('+', own === unescape ? ' ' : '%20');
    if (own === unescape && !part.includes('%')) return part;
    try {
      return own(part);
    } catch {
      return unescape(part, true);
    }
  };
  let fields = text.split(separator ? `${separator}` : '&');
  fields = fields.filter((field) => field !== '');
  if (most > 0) fields = fields.slice(0, most);
  for (const field of fields) {
    const at = field.indexOf(sign);
    const key = decode(at < 0 ? field : field.slice(0, at));
    const value = at < 0 ? '' : decode(field.slice(at + sign.length));
    const before = found[key];
    if (before === undefined) found[key] = value;
    else if (Array.isArray(before)) before.push(value);
    else found[key] = [before, value];
  }
  return found;
}

const exports = { unescapeBuffer, unescape, escape, stringify, encode: stringify, parse, decode: parse };
return exports;
})
