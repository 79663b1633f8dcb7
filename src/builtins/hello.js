(function (internal) { 'use strict'; return { hello: 1 }; })
