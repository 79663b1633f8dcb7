
return npm_load('punycode.js');
})
