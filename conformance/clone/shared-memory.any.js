// Deviations of this runtime that other tenants depend on: no script can stop the loop or make itself a running clock.

test(() => assert_equals(typeof SharedArrayBuffer, 'undefined'), 'there is no SharedArrayBuffer');

test(() => {
  const { buffer } = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  assert_throws_js(TypeError, () => Atomics.wait(new Int32Array(buffer), 0, 0, 10));
}, 'Atomics.wait() does not block');
