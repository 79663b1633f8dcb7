
// URLPattern (https://urlpattern.spec.whatwg.org/), from npm: urlpattern-polyfill, with the property flags of an interface.
const { URLPattern } = npm_load('urlpattern.cjs');
const { prototype } = URLPattern;
Object.defineProperty(prototype, Symbol.toStringTag, { value: 'URLPattern', writable: false, enumerable: false, configurable: true });
for (const key of Object.getOwnPropertyNames(prototype)) {
  if (key !== 'constructor') Object.defineProperty(prototype, key, { enumerable: true });
}
return { URLPattern };
})
