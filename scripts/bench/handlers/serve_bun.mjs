// Serves a handler of this folder with Bun: serve_bun.mjs HANDLER PORT
const handler = (await import(process.argv[2])).default;
Bun.serve({ maxRequestBodySize: 4e9, hostname: '127.0.0.1', port: Number(process.argv[3]), fetch: (request) => handler.fetch(request, {}, {}) });
