// node:stream/promises.
(function (internal) {
'use strict';
return internal.require('node:stream').promises;
})
