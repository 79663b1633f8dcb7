// Only skerry. Objects that die while their turn goes on: what is made after the collection must find a place.
import assert from 'node:assert';

export const collected_within_a_turn = {
  test() {
    let kept = 0;
    for (let i = 0; i < 300; i++) {
      new Headers({ a: `${i}` });
      const garbage = [];
      for (let j = 0; j < 2000; j++) garbage.push({ j, text: `${i} ${j}`, more: [i, j, i + j] });
      kept += garbage.length;
      assert.strictEqual(new Headers({ b: `${i}` }).get('b'), `${i}`);
    }
    assert.strictEqual(kept, 600000);
  },
};
