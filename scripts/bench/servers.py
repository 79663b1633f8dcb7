"""How each peer is started on a handler of handlers/, on core 0, listening on loopback."""
import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
MODULES = os.path.join(HERE, "node_modules")
HANDLERS = os.path.join(HERE, "handlers")
BINARIES = {
    "skerry": os.environ.get("SKERRY_BIN", os.path.join(ROOT, "build/skerry")),
    "fixed": os.environ.get("FIXED_BIN", os.path.join(ROOT, "build/scripts/bench/native/bench_fixed_reply")),
    "deno": os.path.join(MODULES, "@deno/linux-x64-glibc/deno"),
    "bun": os.path.join(MODULES, "@oven/bun-linux-x64/bin/bun"),
    "workerd": os.path.join(MODULES, "@cloudflare/workerd-linux-64/bin/workerd"),
    "node": shutil.which("node") or "node",
}
DATE = "2026-01-01"
TICK = os.sysconf("SC_CLK_TCK")


def missing(peer):
    path = BINARIES.get(peer)
    if peer == "fixed" and not os.path.exists(path) and os.path.exists(os.path.join(ROOT, "build/build.ninja")):
        subprocess.run(["ninja", "-C", os.path.join(ROOT, "build"), "scripts/bench/native/bench_fixed_reply"], stdout=subprocess.DEVNULL, check=False)
    if path and not os.access(path, os.X_OK):
        return f"{os.path.relpath(path, ROOT)} is not there (scripts/setup --bench, ninja -C build)"
    return None


def versions():
    out = {}
    for peer, path in BINARIES.items():
        if peer != "fixed" and os.access(path, os.X_OK):
            done = subprocess.run([path, "--version"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False)
            out[peer] = done.stdout.splitlines()[0] if done.stdout else "unknown"
    return out


def bundled(handler, folder, define=()):
    """The handler as one file without imports: the same bytes for every peer."""
    out = os.path.join(folder, "index.mjs")
    subprocess.run([os.path.join(MODULES, "@esbuild/linux-x64/bin/esbuild"), os.path.join(HANDLERS, handler + ".mjs"), "--bundle",
                    "--format=esm", "--target=es2022", "--log-level=error", f"--outfile={out}", *[f"--define:{name}={json.dumps(value)}" for name, value in define]], check=True)
    return out


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)


def skerry_command(folder, source, port, kv, workers):
    names = [f"w{i}" for i in range(workers)] if workers else ["app"]
    for name in names:
        place = os.path.join(folder, "workers", name)
        write(os.path.join(place, "index.mjs"), open(source, encoding="utf-8").read())
        config = {"name": name, "main": "index.mjs", "compatibility_date": DATE}
        if kv:
            config["kv_namespaces"] = [{"binding": "KV", "id": "bench"}]
        write(os.path.join(place, "wrangler.jsonc"), json.dumps(config))
    return [BINARIES["skerry"], "serve", "--allow-private-origins", "--max-body-mb", "4096", "--workers", os.path.join(folder, "workers"), "--listen", f"127.0.0.1:{port}", "--data",
            os.path.join(folder, "data")]


def workerd_command(folder, source, port, workers):
    modules, bindings, flags = '(name = "index.mjs", esModule = embed "index.mjs")', "", ""
    if workers:
        shutil.copy(os.path.join(HANDLERS, "loader.mjs"), os.path.join(folder, "loader.mjs"))
        shutil.copy(source, os.path.join(folder, "idle.txt"))
        modules = '(name = "loader.mjs", esModule = embed "loader.mjs"), (name = "idle.txt", text = embed "idle.txt")'
        bindings, flags = '(name = "LOADER", workerLoader = ())', '"experimental"'
    write(os.path.join(folder, "config.capnp"), f"""using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .main), (name = "internet", network = (allow = ["public", "private"]))],
  sockets = [(name = "http", address = "127.0.0.1:{port}", http = (), service = "main")]
);
const main :Workerd.Worker = (modules = [{modules}], bindings = [{bindings}], compatibilityDate = "{DATE}", compatibilityFlags = [{flags}]);
""")
    return [BINARIES["workerd"], "serve", *(["--experimental"] if workers else []), os.path.join(folder, "config.capnp")]


def command(peer, handler, folder, port, kv, workers, define=()):
    if peer == "fixed":
        return [BINARIES["fixed"], "bare", str(port)]
    source = bundled(handler, folder, define)
    if peer == "skerry":
        return skerry_command(folder, source, port, kv, workers)
    if peer == "workerd":
        return workerd_command(folder, source, port, workers)
    if peer == "deno":
        return [BINARIES["deno"], "serve", "--quiet", "--no-config", "--allow-net", "--host", "127.0.0.1", "--port", str(port), source]
    return [BINARIES[peer], os.path.join(HANDLERS, f"serve_{peer}.mjs"), source, str(port)]


class Server:
    """A peer that runs; `first_answer_s` is the time from its start to its first reply."""

    def __init__(self, arguments, folder, port, host):
        self.folder, self.port, self.host = folder, port, host
        self.log = open(os.path.join(folder, "log"), "wb")
        environment = {**os.environ, "NODE_ENV": "production", "DENO_DIR": os.path.join(folder, "deno"), "DENO_NO_UPDATE_CHECK": "1",
                       "NO_COLOR": "1", "DO_NOT_TRACK": "1"}
        begin = time.perf_counter()
        self.process = subprocess.Popen(arguments, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=self.log,
                                        stderr=subprocess.STDOUT, preexec_fn=lambda: os.sched_setaffinity(0, {0}))
        request = f"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()
        while True:
            try:
                with socket.create_connection(("127.0.0.1", port), 5) as s:
                    s.sendall(request)
                    if s.recv(100):
                        break
            except OSError:
                pass
            if self.process.poll() is not None or time.perf_counter() - begin > 60:
                self.stop()
                raise RuntimeError("it does not start: " + open(os.path.join(folder, "log"), encoding="utf-8", errors="replace").read()[-800:])
            time.sleep(0.0003)
        self.first_answer_s = time.perf_counter() - begin

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.log.close()

    def cpu_seconds(self):
        with open(f"/proc/{self.process.pid}/stat", encoding="ascii") as f:
            fields = f.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICK

    def rss_kib(self):
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as f:
            return int(re.search(r"VmRSS:\s+(\d+)", f.read()).group(1))

    def request(self, method, path, body=None, host=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request(method, path, body, {"Host": host or self.host})
        reply = connection.getresponse()
        text = reply.read()
        connection.close()
        return reply.status, text

    def expect_200(self, path, host=None):
        status, text = self.request("GET", path, host=host)
        if status != 200:
            raise RuntimeError(f"{path} answers {status}: {text[:300]!r}")
        return text


def start(peer, handler, kv=False, workers=0, define=()):
    parent = os.path.join(ROOT, "build/bench")  # a real disk: durable writes are measured here
    os.makedirs(parent, exist_ok=True)
    folder, port = tempfile.mkdtemp(prefix="run-", dir=parent), free_port()
    host = "w0.localhost" if workers else "app.localhost"
    return Server(command(peer, handler, folder, port, kv, workers, define), folder, port, host)


def certificate(folder, kind):
    """A self-signed certificate with a key of that kind ("p256" or "rsa"): paths of certificate and key."""
    key = ["rsa:2048"] if kind == "rsa" else ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    paths = [os.path.join(folder, f"{kind}.pem"), os.path.join(folder, f"{kind}.key")]
    subprocess.run(["openssl", "req", "-x509", "-newkey", *key, "-nodes", "-days", "30", "-subj", "/O=bench", "-addext", "subjectAltName=DNS:app.localhost",
                    "-out", paths[0], "-keyout", paths[1]], check=True, stderr=subprocess.DEVNULL)
    return paths


def start_tls(peer, kind):
    """skerry or nginx on core 0 with hello, plain on `port` and with TLS on `tls_port`."""
    parent = os.path.join(ROOT, "build/bench")
    os.makedirs(parent, exist_ok=True)
    folder, port, tls_port = tempfile.mkdtemp(prefix="run-", dir=parent), free_port(), free_port()
    cert, key = certificate(folder, kind)
    if peer == "skerry":
        arguments = command(peer, "hello", folder, port, False, 0) + ["--listen-tls", f"127.0.0.1:{tls_port}", "--tls-cert", cert, "--tls-key", key]
    else:
        arguments = nginx_command(folder, f"""
  server {{ listen 127.0.0.1:{port} backlog=1024; location / {{ return 200 "Hello World!"; }} }}
  server {{
    listen 127.0.0.1:{tls_port} ssl backlog=1024; ssl_certificate {cert}; ssl_certificate_key {key}; ssl_protocols TLSv1.2 TLSv1.3;
    location / {{ return 200 "Hello World!"; }}
  }}""")
    server = Server(arguments, folder, port, "app.localhost")
    server.tls_port = tls_port
    return server


def start_asset(peer, size):
    """skerry's hello with an assets directory beside it, or nginx on the same directory: /ten.txt."""
    parent = os.path.join(ROOT, "build/bench")
    os.makedirs(parent, exist_ok=True)
    folder, port = tempfile.mkdtemp(prefix="run-", dir=parent), free_port()
    if peer == "skerry":
        arguments = command(peer, "hello", folder, port, False, 0)
        place = os.path.join(folder, "workers", "app")
        write(os.path.join(place, "wrangler.jsonc"), json.dumps({
            "name": "app", "main": "index.mjs", "compatibility_date": DATE, "assets": {"directory": "public"}}))
    else:
        place = folder
        arguments = nginx_command(folder, f"""
  sendfile on; tcp_nopush on; open_file_cache max=100;
  server {{ listen 127.0.0.1:{port} backlog=1024; root {folder}/public; }}""")
    write(os.path.join(place, "public", "ten.txt"), ("0123456789abcdef" * size)[:size])
    return Server(arguments, folder, port, "app.localhost")


def nginx_command(folder, servers):
    path = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin")
    if not path:
        raise RuntimeError("nginx is not there (scripts/setup --bench)")
    write(os.path.join(folder, "nginx.conf"), f"""daemon off; master_process off; worker_processes 1;
pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 4096; }}
http {{
  access_log off; keepalive_requests 1000000000; keepalive_timeout 600s; default_type text/plain;
  client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
  uwsgi_temp_path {folder}; scgi_temp_path {folder};{servers}
}}
""")
    return [path, "-c", os.path.join(folder, "nginx.conf"), "-e", os.path.join(folder, "error.log")]


class Nginx:
    """Debian's nginx on the load generator's core, answering /1k with 1 KiB and keeping its connections."""

    def __init__(self):
        self.folder, self.port = tempfile.mkdtemp(prefix="nginx-"), free_port()
        command_line = nginx_command(self.folder, f"""
  server {{ listen 127.0.0.1:{self.port} backlog=1024; location = /1k {{ return 200 "{'x' * 1024}"; }} }}""")
        self.process = subprocess.Popen(command_line, stdin=subprocess.DEVNULL, preexec_fn=lambda: os.sched_setaffinity(0, {1}))
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                if self.process.poll() is not None:
                    raise RuntimeError("nginx does not start") from None
                time.sleep(0.01)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
