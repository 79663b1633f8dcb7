// For workerd: one worker of the loader for each /NUMBER, each an isolate of its own.
import code from 'idle.txt';

export default {
  async fetch(request, env) {
    const id = new URL(request.url).pathname.slice(1);
    const worker = env.LOADER.get(id, () => ({ compatibilityDate: '2026-01-01', mainModule: 'index.js', modules: { 'index.js': code } }));
    return worker.getEntrypoint().fetch(request);
  },
};
