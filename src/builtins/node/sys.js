// node:sys, the old name of node:util.
(function (internal) {
'use strict';
return internal.require('node:util');
})
