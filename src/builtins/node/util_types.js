// node:util/types (https://nodejs.org/api/util.html#utiltypes), all of it native but the two that ask for classes.
(function (internal) {
'use strict';
const { types } = internal;
for (const key of Object.keys(types)) Object.defineProperty(types[key], 'name', { value: key });
types.isCryptoKey = function isCryptoKey(value) {
  return typeof CryptoKey === 'function' && value instanceof CryptoKey;
};
types.isKeyObject = function isKeyObject() {
  return false;
};
return types;
})
