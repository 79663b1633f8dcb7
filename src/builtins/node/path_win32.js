// node:path/win32.
(function (internal) {
'use strict';
return internal.require('node:path').win32;
})
