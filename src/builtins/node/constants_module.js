// node:constants, all of them in one flat object (deprecated in Node, still imported).
(function (internal) {
'use strict';
const { os, fs } = internal.require('node_constants');
return { ...os.dlopen, ...os.errno, ...os.priority, ...os.signals, ...fs };
})
