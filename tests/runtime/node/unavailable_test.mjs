// Only skerry: Node has these modules.
import assert from 'node:assert';
import fs, { readFileSync, constants } from 'node:fs';
import http, { STATUS_CODES } from 'http';
import net from 'net';
import child from 'node:child_process';

export const loads = {
  async test() {
    assert.throws(() => readFileSync('/etc/passwd'), {
      name: 'NotAvailableError',
      code: 'ERR_METHOD_NOT_IMPLEMENTED',
      message: /^node:fs\.readFileSync is not available in skerry/,
    });
    assert.throws(() => new child.ChildProcess(), /node:child_process\.ChildProcess/);
    assert.throws(() => fs.promises.readFile('x'), /node:fs\/promises\.readFile/);
    assert.strictEqual(constants.O_RDWR, 2);
    assert.strictEqual(STATUS_CODES[404], 'Not Found');
    class Sub extends http.IncomingMessage {}
    assert.throws(() => new Sub(), /node:http\.IncomingMessage/);
    assert.ok(new http.Agent({ keepAlive: true }));
    assert.deepStrictEqual(['1.2.3.4', '::1', 'x', '256.1.1.1'].map(net.isIP), [4, 6, 0, 0]);
  },
};

export const all_load = {
  async test() {
    const names =
      'child_process cluster constants dgram dns dns/promises domain fs fs/promises http http2 https inspector ' +
      'inspector/promises net readline readline/promises repl sea sqlite test tls trace_events tty v8 vm wasi ' +
      'worker_threads zlib _http_agent _http_client _http_common _http_incoming _http_outgoing _http_server ' +
      '_stream_wrap _tls_common _tls_wrap';
    for (const name of names.split(' ')) {
      const module = await import(`node:${name}`);
      assert.strictEqual(typeof module.default, 'object', name);
    }
    await assert.rejects(import('node:nothing'), /No such module "node:nothing"/);
  },
};
