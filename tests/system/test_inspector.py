"""skerry dev --inspect with npm's chrome-remote-interface as DevTools, and with clients that mean no good."""
import json
import os
import platform
import signal
import socket
import subprocess
import threading
import time

import skerry
from test_websocket import Socket, frame

CLIENT = os.path.join(skerry.HERE, "apps/inspector/client.cjs")
WORKER = """class Marker { constructor() { this.held = new Array(1000).fill('x'); } }
export const kept = new Marker();
const flag = { go: true };
const compute = (n) => {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += i;
  return sum;
};
function busy() { let x = 0; for (let i = 0; i < 2e8; i++) x += i % 7; return x; }
function forever() { while (flag.go); return 'ended'; }
export default { fetch(request) {
  const url = new URL(request.url);
  if (url.pathname === '/log') { console.log('hello', { a: 1 }, [1, 2]); console.error('bad'); return new Response('logged'); }
  if (url.pathname === '/busy') return new Response(String(busy()));
  if (url.pathname === '/forever') return new Response(forever());
  return new Response('sum ' + compute(Number(url.searchParams.get('n'))));
} }"""


def start(code=WORKER, config=None):
    path = skerry.project(code, config)
    port = skerry.free_port()
    server = skerry.dev(path, "--inspect", str(port))
    server.inspector, server.path = port, path
    return server


def play(server, scenario, meanwhile=None):
    run = subprocess.Popen(["node", CLIENT, scenario, str(server.inspector), str(server.port)], stdout=subprocess.PIPE,
                           stderr=subprocess.PIPE, text=True)
    try:
        if meanwhile:
            skerry.equal(run.stderr.readline(), "ready\n", "the client's first line")
            meanwhile()
        out, err = run.communicate(timeout=30 * skerry.TIME_FACTOR)
    finally:
        run.kill()
    skerry.check(run.returncode == 0, f"{scenario}: {err}")
    return json.loads(out)


def ask(server, path, headers=None, host=None):
    other = skerry.Server.__new__(skerry.Server)
    other.port, other.unix = server.inspector, None
    return other.get(path, headers, host=host)


class Inspector(Socket):
    def __init__(self, server):
        peer = skerry.Server.__new__(skerry.Server)
        peer.port = server.inspector
        target = ask(server, "/json/list").json()[0]
        import test_websocket
        before, test_websocket.UPGRADE = test_websocket.UPGRADE, test_websocket.UPGRADE.replace(b"Host: app", b"Host: localhost")
        try:
            super().__init__(peer, "/" + target["id"])
        finally:
            test_websocket.UPGRADE = before
        self.last = 0

    def call(self, method, **params):
        self.last += 1
        self.send(json.dumps({"id": self.last, "method": method, "params": params}))
        while True:
            answer = json.loads(self.read_text())
            if answer.get("id") == self.last:
                return answer


def test_breakpoint():
    """The CPU limit and HTTP's time-outs do not count while the script stands still."""
    seen = play(start(config={"limits": {"cpu_ms": 500}}), "breakpoint")
    skerry.equal(seen, {"locations": 1, "stop": ["compute", 4], "n": 5, "sum": 501, "over": ["compute", 5], "into": ["compute", 5],
                        "reply": "sum 21", "scripts": [["index.mjs", True]], "after": "sum 0"})


def test_leaving():
    server = start()
    skerry.equal(play(server, "leaves_while_paused"), "sum 10")
    skerry.equal(play(server, "leaves_while_evaluating"), "sum 0")
    skerry.equal(server.get("/?n=3").text(), "sum 3")


def test_console():
    seen = play(start(), "console")
    skerry.equal(seen, {"calls": [["log", ["hello", "Object", "Array(2)"], 12], ["error", ["bad"], 12]], "evaluated": [1, 2]})


def test_profiles():
    server = start()
    seen = play(server, "profile")
    skerry.check(seen["busy"] and seen["samples"] > 20, f"a CPU profile with the busy function: {seen}")
    seen = play(server, "heap")
    skerry.check(seen["marker"] and seen["nodes"] > 1000, f"a heap snapshot with the worker's class: {seen}")


def test_two_clients():
    skerry.equal(play(start(), "two"), {"value": 42, "text": "sum 1"})


def test_busy_loop():
    seen = play(start(config={"limits": {"cpu_ms": 30000}}), "loop_forever")
    skerry.equal(seen, {"value": 2, "function": "forever", "text": "ended"})


def test_reload():
    server = start()
    edited = WORKER.replace("'sum '", "'total '")
    seen = play(server, "reload", lambda: skerry.project(edited, path=server.path))
    skerry.equal(seen["text"], "total 3")
    skerry.check(seen["events"][0] == "created" and "cleared" in seen["events"] and seen["events"][-1] == "created",
                 f"the contexts come and go: {seen['events']}")


def test_discovery_and_strangers():
    server = start()
    listed = ask(server, "/json").json()
    skerry.equal(len(listed), 1)
    skerry.check(listed[0]["url"].endswith("/index.mjs") and listed[0]["url"].startswith("file:///"), f"a file's URL: {listed}")
    skerry.equal(ask(server, "/json/version").json()["Protocol-Version"], "1.3")
    skerry.equal(ask(server, "/json/list", host="evil.example").status, 403, "a name that DNS rebinds")
    skerry.equal(ask(server, "/json/list", host="127.0.0.1.evil.example").status, 403)
    skerry.equal(ask(server, "/json/list", host="localhost:9229").status, 200)
    upgrade = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13",
               "Sec-WebSocket-Key": "MDEyMzQ1Njc4OWFiY2RlZg=="}
    path = "/" + listed[0]["id"]
    skerry.equal(ask(server, path, {**upgrade, "Origin": "https://evil.example"}).status, 403, "a web page")
    skerry.equal(ask(server, "/guessed", upgrade).status, 404)
    skerry.equal(ask(server, path).status, 404)


def test_nonsense():
    server = start()
    client = Inspector(server)
    for text in ["", "{", "null", "[]", "1", '"x"', "{}", '{"id":1}', '{"id":"x","method":"y"}', '{"id":1e99,"method":"Runtime.enable"}',
                 '{"id":1,"method":"No.such"}', '{"id":1,"method":"Runtime.evaluate"}', '{"id":1,"method":"Runtime.evaluate","params":7}',
                 '{"id":1,"method":"Debugger.resume"}', '{"id":1,"method":"Debugger.setBreakpointByUrl","params":{"lineNumber":-5}}',
                 '{"id":1,"method":"Debugger.setBreakpointByUrl","params":{"lineNumber":1,"urlRegex":"("}}', "[" * 100000,
                 '{"a":' * 50000, "\u0000", '{"id":1,"method":"' + "x" * 1000000 + '"}', "x" * (4 << 20)]:
        client.send(text)
    client.send(b"\xff\x00" * 1000, opcode=2)
    for method in ["Runtime.enable", "Debugger.enable", "Profiler.enable", "HeapProfiler.enable"]:
        for _ in range(200):
            client.send(json.dumps({"id": 7, "method": method}))
    client.last = 1000
    skerry.equal(client.call("Runtime.evaluate", expression="20 + 3")["result"]["result"]["value"], 23)
    for expression in ["while (true);", "(function f() { f(); })()", "throw 1", "'x'.repeat(2 ** 31)"]:
        answer = client.call("Runtime.evaluate", expression=expression, timeout=300)
        skerry.check("result" in answer or "error" in answer, f"{expression}: {answer}")
    skerry.equal(server.get("/?n=2").text(), "sum 1")
    bad = Inspector(server)
    bad.s.sendall(b"\x81\x05hello")
    skerry.equal(bad.read_close()[0], 1002, "an unmasked frame")
    half = Inspector(server)
    half.s.sendall(frame(1, b'{"id":1,"method":"Runtime.enable"}', fin=False))
    half.close()
    skerry.equal(server.get("/?n=2").text(), "sum 1")


def test_stop_while_paused():
    server = start()
    client = Inspector(server)
    client.call("Debugger.enable")
    client.call("Debugger.pause")
    thread = threading.Thread(target=lambda: server.get("/?n=4"), daemon=True)
    thread.start()
    while json.loads(client.read_text()).get("method") != "Debugger.paused":
        pass
    server.send(signal.SIGINT)
    skerry.equal(server.wait_exit(8), 0, "the exit code")


def test_ports():
    server = start()
    taken = server.inspector
    second = skerry.dev(skerry.project(WORKER), "--inspect", str(taken), wait=False)
    skerry.check(second.wait_exit(10) != 0, "a port that was named and is taken ends it")
    skerry.check("--inspect" in second.output(), f"and says so: {second.output()}")
    threads = [t for t in os.listdir(f"/proc/{server.pid}/task")]
    plain = skerry.dev(skerry.project(WORKER))
    skerry.equal(len(threads) - len(os.listdir(f"/proc/{plain.pid}/task")), 1, "the thread there is only when asked for")


TYPESCRIPT = """interface Asked { n: number }
import { total } from './total';
export default {
  fetch(request: Request): Response {
    const asked: Asked = { n: Number(new URL(request.url).searchParams.get('n')) };
    return new Response(`total ${total(asked.n)}`);
  },
};
"""
TOTAL = """export type Count = number;

export function total(n: Count): number {
  let sum = 0;
  for (let i: number = 0; i < n; i++) sum += i;
  return sum;
}
"""


def test_typescript():
    """What DevTools does with a bundled worker: the map comes with the script, with the sources in it."""
    path = skerry.project("", {"main": "src/index.ts"}, {"src/index.ts": TYPESCRIPT, "src/total.ts": TOTAL})
    os.unlink(os.path.join(path, "index.mjs"))
    kind = "linux-x64" if platform.machine() == "x86_64" else "linux-arm64"
    esbuild = os.path.join(skerry.HERE, f"node_modules/@esbuild/{kind}/bin/esbuild")
    port = skerry.free_port()
    server = skerry.dev(path, "--inspect", str(port), env={"ESBUILD_BINARY_PATH": esbuild})
    server.inspector = port
    seen = play(server, "typescript")
    skerry.equal(seen["reply"], "total 6")
    skerry.equal(seen["stops"][0], ["total.ts", "let sum = 0;"])
    skerry.equal({s[0] for s in seen["stops"]}, {"total.ts"}, "every stop is in the source")
    skerry.check(any("for (let i: number" in s[1] for s in seen["stops"]), f"lines with types: {seen['stops']}")


def test_broken_reload():
    """A version that cannot be loaded leaves the old one running, and inspected."""
    server = start()
    client = Inspector(server)
    client.call("Runtime.enable")
    seen = len(server.lines)
    skerry.project(WORKER + "\nthrow new Error('at module scope');", path=server.path)
    server.wait_line("at module scope", after=seen)
    skerry.equal(client.call("Runtime.evaluate", expression="40 + 2")["result"]["result"]["value"], 42)
    skerry.equal(server.get("/?n=3").text(), "sum 3")
