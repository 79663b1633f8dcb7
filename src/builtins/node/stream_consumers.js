// node:stream/consumers (https://nodejs.org/api/webstreams.html#utility-consumers).
(function (internal) {
'use strict';

const { Buffer } = internal.require('node:buffer');

async function buffer(stream) {
  const parts = [];
  for await (const part of stream) {
    parts.push(typeof part === 'string' ? Buffer.from(part) : ArrayBuffer.isView(part)
      ? Buffer.from(part.buffer, part.byteOffset, part.byteLength) : Buffer.from(part));
  }
  return Buffer.concat(parts);
}

async function arrayBuffer(stream) {
  const whole = await buffer(stream);
  return whole.buffer.slice(whole.byteOffset, whole.byteOffset + whole.byteLength);
}

async function text(stream) {
  const decoder = new TextDecoder();
  let whole = '';
  for await (const part of stream) whole += typeof part === 'string' ? part : decoder.decode(part, { stream: true });
  return whole + decoder.decode();
}

return {
  arrayBuffer,
  blob: async (stream) => new Blob([await buffer(stream)]),
  buffer,
  json: async (stream) => JSON.parse(await text(stream)),
  text,
};
})
