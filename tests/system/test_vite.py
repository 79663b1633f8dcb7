"""A site that Vite has built (Preact, a page loaded when needed, a stylesheet), served as assets with an API beside it, in
real Chromium."""
import gzip
import json
import os
import shutil
import subprocess

import skerry
from skerry import check, equal

SOURCES = {
    "index.html": """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Vite on skerry</title><link rel="icon" href="/icon.svg"></head>
<body><div id="app"></div><script type="module" src="/src/main.jsx"></script></body>
</html>
""",
    "src/main.jsx": """/** @jsxImportSource preact */
import { render } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import './style.css';
import picture from './picture.svg?url';

function Api() {
  const [text, setText] = useState('waiting');
  useEffect(() => { fetch('/api/text').then((r) => r.json()).then((data) => setText(data.text)); }, []);
  return <p id="api">{text}</p>;
}

function App() {
  const [Page, setPage] = useState(null);
  const [size, setSize] = useState(0);
  useEffect(() => { import('./lazy.jsx').then((m) => setPage(() => m.default)); }, []);
  return (
    <main>
      <h1>At {location.pathname}</h1>
      <img src={picture} alt="" onLoad={(event) => setSize(event.target.naturalWidth)} />
      <p id="size">{size}</p>
      <Api />
      {Page ? <Page /> : <p>loading</p>}
    </main>
  );
}

render(<App />, document.querySelector('#app'));
""",
    "src/lazy.jsx": """/** @jsxImportSource preact */
export default () => <p id="lazy">{getComputedStyle(document.querySelector('h1')).color}</p>;
""",
    "src/style.css": "h1 { color: rgb(11, 37, 69); }\n",
    "src/picture.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>\n',
    "public/icon.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>\n',
    "public/_headers": "/assets/*\n  Cache-Control: public, max-age=31536000, immutable\n",
    "worker.mjs": "export default { fetch: () => Response.json({ text: 'from the worker' }) };\n",
}
CONFIG = {"name": "vite", "main": "worker.mjs", "compatibility_date": skerry.COMPATIBILITY_DATE,
          "assets": {"directory": "dist", "not_found_handling": "single-page-application", "run_worker_first": ["/api/*"]}}


def build():
    path = skerry.folder()
    for name, content in SOURCES.items():
        skerry.write(os.path.join(path, name), content)
    skerry.write(os.path.join(path, "wrangler.jsonc"), json.dumps(CONFIG))
    os.symlink(os.path.join(skerry.HERE, "node_modules"), os.path.join(path, "node_modules"))
    done = subprocess.run(["node", "node_modules/vite/bin/vite.js", "build", "--logLevel", "warn", "--assetsInlineLimit", "0"], cwd=path,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)
    equal(done.returncode, 0, done.stdout.decode())
    return path


def page(url):
    """The document as Chromium has it after its scripts ran."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    check(browser, "chromium is not there: scripts/setup --tests")
    done = subprocess.run([browser, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                           f"--user-data-dir={skerry.folder()}", "--virtual-time-budget=10000", "--dump-dom", url],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=50 * skerry.TIME_FACTOR)
    return done.stdout.decode("utf-8", "replace")


def test_vite_site():
    path = build()
    dist = os.path.join(path, "dist")
    files = sorted(os.path.relpath(os.path.join(folder, name), dist) for folder, _, names in os.walk(dist) for name in names)
    check(len([f for f in files if f.startswith("assets/")]) >= 4, f"{files}")

    def look(server):
        for route in ("/", "/deep/route"):
            dom = page(f"http://127.0.0.1:{server.port}{route}")
            for part in (f"<h1>At {route}</h1>", '<p id="api">from the worker</p>', '<p id="lazy">rgb(11, 37, 69)</p>',
                         '<p id="size">9</p>'):
                check(part in dom, f"{route}: no {part} in\n{dom}")
    with skerry.dev(path) as server:
        for name in files:
            if name.startswith("_") or name == "index.html":
                continue
            reply = server.get("/" + name)
            with open(os.path.join(dist, name), "rb") as f:
                check(reply.status == 200 and reply.body == f.read(), f"{name}: {reply}")
            if name.startswith("assets/"):
                equal(reply.header("cache-control"), "public, max-age=31536000, immutable")
        look(server)
    # The same where only the compressed files can be what is shown: the plain ones say nothing.
    for name in files:
        if name.endswith((".js", ".css")):
            with open(os.path.join(dist, name), "rb") as f:
                content = f.read()
            skerry.write(os.path.join(dist, name + ".gz"), gzip.compress(content))
            skerry.write(os.path.join(dist, name), "/* the plain file, which is larger than the other */" + " " * len(content))
    with skerry.dev(path) as server:
        look(server)


test_vite_site.time_s = 150
