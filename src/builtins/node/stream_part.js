// node:_stream_readable and the like, one class each; old packages name them.
(function (internal, name) {
'use strict';
const stream = internal.require('node:stream');
const kind = name.slice('node:_stream_'.length);
return stream[kind === 'passthrough' ? 'PassThrough' : kind[0].toUpperCase() + kind.slice(1)];
})
