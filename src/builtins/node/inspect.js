
return npm_load('dist/inspect.js');
})
