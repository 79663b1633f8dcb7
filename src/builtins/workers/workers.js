// The module "cloudflare:workers": base classes of entrypoints, and `env` for every module.
(function (internal) {
'use strict';

class WorkerEntrypoint {
  constructor(ctx, env) {
    this.ctx = ctx;
    this.env = env;
  }
}

class RpcTarget {}

return { WorkerEntrypoint, RpcTarget, env: internal.env };
})
