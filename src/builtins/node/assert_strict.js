// node:assert/strict.
(function (internal) {
'use strict';
const { strict } = internal.require('node:assert');
return { default: strict, ...strict };
})
