// The loops a worker's author would write; both halves of the spike run exactly these.
(function (Stream, Transform) {
  'use strict';
  const chunk = new Uint8Array(16);
  return {
    async ready(count) {
      const stream = new Stream(undefined, 1);
      for (let i = 0; i < count; i++) {
        stream.enqueue(chunk);
        await stream.read();
      }
    },
    async pending(count) {
      const stream = new Stream(undefined, 1);
      for (let i = 0; i < count; i++) {
        const read = stream.read();
        stream.enqueue(chunk);
        await read;
      }
    },
    async pulled(count) {
      const stream = new Stream((controller) => { controller.enqueue(chunk); }, 1);
      for (let i = 0; i < count; i++) await stream.read();
    },
    async transform(count) {
      const hop = new Transform((piece, controller) => { controller.enqueue(piece); });
      for (let i = 0; i < count; i++) {
        const read = hop.readable.read();
        const written = hop.write(chunk);
        await read;
        await written;
      }
    },
  };
})
