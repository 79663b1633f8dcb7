// node:console (https://nodejs.org/api/console.html): the console of the platform.
(function (internal) {
'use strict';
const { console } = globalThis;
const exports = {};
for (const name of Object.keys(console)) exports[name] = console[name];
exports.Console = function Console() {
  throw internal.require('node_errors').make(Error, 'ERR_METHOD_NOT_IMPLEMENTED', 'node:console.Console is not available in skerry: use the global console');
};
exports.default = console;
return exports;
})
