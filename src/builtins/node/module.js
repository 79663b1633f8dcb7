// node:module (https://nodejs.org/api/module.html): what is built in can be required; files are bundled before.
(function (internal) {
'use strict';

const { findModule, moduleNames, require: builtin } = internal;
const errors = builtin('node_errors');
const builtinModules = moduleNames();

function isBuiltin(name) {
  return findModule(`${name}`) !== undefined;
}

function createRequire(path) {
  if (typeof path !== 'string' && !(path instanceof URL)) throw errors.invalid_arg_value('filename', path, 'must be a file URL object, file URL string, or absolute path string');
  const require = (id) => {
    errors.check_string(id, 'id');
    const found = findModule(id);
    if (found !== undefined) {
      const exports = builtin(found);
      return exports.default ?? exports;
    }
    const error = new Error(`Cannot find module '${id}': packages and files are not looked up at run time; bundle the worker first`);
    error.code = 'MODULE_NOT_FOUND';
    error.requireStack = [];
    throw error;
  };
  require.resolve = (id) => {
    if (isBuiltin(id)) return id;
    return require(id);
  };
  require.cache = { __proto__: null };
  require.extensions = { __proto__: null };
  require.main = undefined;
  return require;
}

function Module(id = '') {
  this.id = id;
  this.exports = {};
  this.loaded = false;
  this.children = [];
}
Object.assign(Module, {
  builtinModules,
  createRequire,
  isBuiltin,
  Module,
  _cache: { __proto__: null },
  _extensions: { __proto__: null },
  globalPaths: [],
  findSourceMap: () => undefined,
  syncBuiltinESMExports() {},
  register() {},
});
return Module;
})
