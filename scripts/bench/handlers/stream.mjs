// 1 GiB made here and sent through a TransformStream (/generate); an upload sent back untouched (/pass) or through a
// TransformStream (/transform).
const chunk = new Uint8Array(65536).fill(120);
const through = () => new TransformStream({
  transform(part, controller) {
    controller.enqueue(part);
  },
});

export default {
  async fetch(request) {
    const { pathname } = new URL(request.url);
    if (pathname === '/pass') return new Response(request.body);
    if (pathname === '/transform') return new Response(request.body.pipeThrough(through()));
    let left = pathname === '/generate' ? 16384 : 1;
    const made = new ReadableStream({
      pull(controller) {
        if (left-- > 0) controller.enqueue(chunk);
        else controller.close();
      },
    });
    return new Response(made.pipeThrough(through()));
  },
};
