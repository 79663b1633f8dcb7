
// What follows the files of an npm package in a builtin: CommonJS, each file run when first required. `native` is
// internal, for the places where a package is given what scripts cannot know.
const loaded = { __proto__: null };
const npm_outside = { __proto__: null };

function npm_path(from, specifier) {
  const parts = from.split('/').slice(0, -1);
  for (const part of specifier.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  const path = parts.join('/');
  for (const each of [path, `${path}.js`, `${path}/index.js`]) if (npm_files[each] !== undefined) return each;
  throw new Error(`builtin ${name}: no file ${path}`);
}

function npm_load(path) {
  const known = loaded[path];
  if (known !== undefined) return known.exports;
  const module = (loaded[path] = { exports: {} });
  npm_files[path](module, module.exports, (specifier) =>
    specifier.startsWith('.') ? npm_load(npm_path(path, specifier)) : npm_outside[specifier](), internal);
  return module.exports;
}
