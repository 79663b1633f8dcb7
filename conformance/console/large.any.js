// META: title=console with values far larger than a line
'use strict';

// Listing the keys of such arrays once took more than the heap limit, and the process with it.
test(() => {
  console.log(new Uint8Array(10000000));
  console.log(new Array(3000000).fill('x'), { deep: { deeper: { deepest: new Uint8Array(5000000) } } });
}, 'large arrays are written without listing their elements');
