// node:path/posix.
(function (internal) {
'use strict';
return internal.require('node:path');
})
