"""workerd from npm, with a configuration generated for a project folder: the peer to agree with."""
import json
import os
import platform
import re

import skerry

BIN = os.path.join(skerry.HERE, "node_modules/@cloudflare",
                   "workerd-linux-64" if platform.machine() == "x86_64" else "workerd-linux-arm64", "bin/workerd")
KINDS = {".mjs": "esModule", ".js": "esModule", ".wasm": "wasm", ".txt": "text", ".html": "text", ".bin": "data",
         ".json": "json"}


def modules(path, main):
    names = [main]
    for place, _, files in os.walk(path):
        relative = os.path.relpath(place, path)
        names += [os.path.normpath(os.path.join(relative, f)) for f in sorted(files)]
    seen = list(dict.fromkeys(n for n in names if os.path.splitext(n)[1] in KINDS))
    return ",\n    ".join(f'(name = {json.dumps(n)}, {KINDS[os.path.splitext(n)[1]]} = embed {json.dumps(n)})' for n in seen)


def read_config(path):
    try:
        with open(os.path.join(path, "wrangler.jsonc"), encoding="utf-8") as f:
            return json.load(f)  # the tests write plain JSON
    except FileNotFoundError:
        return {"main": "index.mjs"}


def start(path):
    """Serves the project on a free port and waits until it answers connections."""
    config, port = read_config(path), skerry.free_port()
    bindings = [f'(name = {json.dumps(k)}, text = {json.dumps(v)})' for k, v in config.get("vars", {}).items()]
    text = f"""using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .main), (name = "internet", network = (allow = ["public", "private"]))],
  sockets = [(name = "http", address = "127.0.0.1:{port}", http = (), service = "main")]
);
const main :Workerd.Worker = (
  modules = [
    {modules(path, config["main"])}
  ],
  bindings = [{", ".join(bindings)}],
  compatibilityDate = "{skerry.COMPATIBILITY_DATE}",
  compatibilityFlags = [{", ".join(json.dumps(f) for f in config.get("compatibility_flags", []))}]
);
"""
    name = os.path.join(path, ".workerd.capnp")
    skerry.write(name, text)
    server = skerry.Server([BIN, "serve", name], path, "workerd", port=port, wait=False)
    server.app_host = "app.localhost"
    limit = 200
    while True:
        try:
            server.connect().close()
            return server
        except OSError:
            limit -= 1
            if not limit or not server.running():
                raise AssertionError("workerd does not start:\n" + re.sub(r"\n+", "\n", server.tail())) from None
            skerry.time.sleep(0.05)
