"""KV through a worker: the whole surface, and that nothing acknowledged is ever lost."""
import glob
import json
import os
import random
import shutil
import signal
import subprocess
import threading
import time

import skerry
from skerry import check, equal

# A worker that does what it is told: a list of calls as JSON in, the list of results out. $name stands for a byte value.
CODE = """
const encode = (v) => {
  if (v === undefined) return { undefined: true };
  if (v instanceof ArrayBuffer) return { bytes: [...new Uint8Array(v)] };
  if (v instanceof Map) return { map: [...v].map(([k, x]) => [k, encode(x)]) };
  if (v && typeof v === 'object' && !Array.isArray(v) && 'value' in v) return { ...v, value: encode(v.value) };
  return v;
};
const decode = (v) => {
  if (v && typeof v === 'object' && v.bytes) return new Uint8Array(v.bytes);
  if (v && typeof v === 'object' && v.buffer) return new Uint8Array(v.buffer).buffer;
  if (v && typeof v === 'object' && v.stream) return new Response(v.stream).body;
  if (v && typeof v === 'object' && v.times) return v.text.repeat(v.times);
  return v;
};
export default {
  async fetch(request, env) {
    const url = new URL(request.url);
    const key = url.searchParams.get('key');
    if (url.pathname === '/put') {
      await env.KV.put(key, request.body ?? '');
      return new Response('kept');
    }
    if (url.pathname === '/get') {
      const value = await env.KV.get(key, 'stream');
      return value ? new Response(value) : new Response('none', { status: 404 });
    }
    if (url.pathname === '/all') {
      const keys = [];
      let page, cursor;
      do {
        page = await env.KV.list({ cursor });
        for (const { name } of page.keys) keys.push(name);
        cursor = page.cursor;
      } while (!page.list_complete);
      return Response.json(keys);
    }
    const results = [];
    for (const [name, ...args] of await request.json()) {
      try {
        let result = await (env[name.split('.')[0]] ?? env.KV)[name.split('.').pop()](...args.map(decode));
        if (result instanceof ReadableStream) result = { streamed: await new Response(result).text() };
        if (result?.value instanceof ReadableStream) result = { ...result, value: { streamed: await new Response(result.value).text() } };
        results.push(encode(result));
      } catch (error) {
        results.push({ error: error.name, message: error.message });
      }
    }
    return Response.json(results);
  },
};
"""
CONFIG = {"kv_namespaces": [{"binding": "KV", "id": "first"}, {"binding": "OTHER", "id": "second"}]}
HOST = "app.localhost"


class Worker:
    """The worker above under serve, on a data folder that outlives the process."""

    def __init__(self, data=None, code=CODE):
        self.parent, self.data = skerry.folder(), data or skerry.folder()
        skerry.project(code, CONFIG, path=os.path.join(self.parent, "app"))
        self.server = None

    def start(self, **more):
        self.server = skerry.serve(self.parent, data=self.data, **more)
        return self

    def calls(self, *calls):
        reply = self.server.request("POST", "/", json.dumps(calls), host=HOST)
        equal(reply.status, 200, reply.text()[:500])
        return reply.json()

    def call(self, *call):
        return self.calls(list(call))[0]

    def put(self, key, value):
        return self.server.request("PUT", f"/put?key={key}", value, host=HOST)

    def get(self, key):
        return self.server.get(f"/get?key={key}", host=HOST)


UNDEFINED = {"undefined": True}


def test_surface():
    w = Worker().start()
    call = w.call

    def values():
        equal(call("get", "none"), None)
        equal(call("put", "a", "text č"), UNDEFINED)
        equal(call("get", "a"), "text č")
        equal(call("get", "a", "text"), "text č")
        equal(call("get", "a", {"type": "arrayBuffer"}), {"bytes": list("text č".encode())})
        equal(call("get", "a", "stream"), {"streamed": "text č"})
        call("put", "j", '{"x":[1,null]}')
        equal(call("get", "j", "json"), {"x": [1, None]})
        check("error" in call("get", "a", "json"), "text read as JSON")
        check("error" in call("get", "a", "yaml"), "an unknown type")

    def kinds_of_values():
        for value, wanted in (({"bytes": [0, 255, 1]}, [0, 255, 1]), ({"buffer": [7, 8]}, [7, 8]), ({"stream": "flow"}, list(b"flow")), ("", [])):
            equal(call("put", "v", value), UNDEFINED)
            equal(call("get", "v", "arrayBuffer"), {"bytes": wanted})
        big = {"text": "0123456789", "times": 100_000}
        equal(call("put", "big", big), UNDEFINED)
        equal(len(call("get", "big")), 1_000_000)
        check("error" in call("put", "n", 5) or call("get", "n") == "5", "a number as a value")

    def metadata():
        call("put", "m", "v", {"metadata": {"a": [1], "b": "č"}})
        got = call("getWithMetadata", "m")
        equal((got["value"], got["metadata"]), ("v", {"a": [1], "b": "č"}))
        equal(call("getWithMetadata", "m", "arrayBuffer")["value"], {"bytes": [118]})
        equal(call("getWithMetadata", "m", "stream")["value"], {"streamed": "v"})
        got = call("getWithMetadata", "nothing")
        equal((got["value"], got["metadata"]), (None, None))
        equal(call("put", "m", "v", {"metadata": "x" * 1022}), UNDEFINED)
        check("error" in call("put", "m", "v", {"metadata": "x" * 1023}), "1025 bytes of metadata")
        call("put", "m", "w")
        equal(call("getWithMetadata", "m")["metadata"], None, "metadata after a put without")

    def bulk():
        for i in range(5):
            call("put", f"bulk{i}", str(i), {"metadata": i})
        equal(call("get", ["bulk0", "bulk3", "no"]), {"map": [["bulk0", "0"], ["bulk3", "3"], ["no", None]]})
        equal(call("get", ["bulk1", "bulk2"], "json"), {"map": [["bulk1", 1], ["bulk2", 2]]})
        got = dict(call("getWithMetadata", ["bulk4", "no"])["map"])
        equal((got["bulk4"]["value"], got["bulk4"]["metadata"]), ("4", 4))
        check("error" in call("get", [f"k{i}" for i in range(101)]), "101 keys at once")
        check("error" in call("get", ["a"], "stream"), "a bulk read as streams")

    def delete():
        call("put", "d", "v")
        equal(call("delete", "d"), UNDEFINED)
        equal(call("get", "d"), None)
        equal(call("delete", "d"), UNDEFINED)

    def lists():
        for i in range(25):
            call("put", f"list:{i:02}", "v", {"metadata": {"i": i}} if i % 2 else {})
        call("put", "list:č", "v")
        got = call("list", {"prefix": "list:"})
        equal([k["name"] for k in got["keys"]], [f"list:{i:02}" for i in range(25)] + ["list:č"])
        equal(got["list_complete"], True)
        check("cursor" not in got or not got["cursor"], "a cursor after the last page")
        equal(got["keys"][1]["metadata"], {"i": 1})
        check("metadata" not in got["keys"][0] and "expiration" not in got["keys"][0], f"{got['keys'][0]}")
        names, cursor, pages = [], None, 0
        while True:
            got = call("list", {"prefix": "list:", "limit": 10, **({"cursor": cursor} if cursor else {})})
            names += [k["name"] for k in got["keys"]]
            pages += 1
            if got["list_complete"]:
                break
            cursor = got["cursor"]
            check(pages < 10, "pages without end")
        equal((names[:26], pages), ([f"list:{i:02}" for i in range(25)] + ["list:č"], 3))
        equal(call("list", {"prefix": "nothing:"})["keys"], [])
        check("error" in call("list", {"limit": 1001}), "a limit of 1001")
        for limit in (0, -1):  # as if none were given
            equal(len(call("list", {"prefix": "list:", "limit": limit})["keys"]), 26)
        check("error" in call("list", {"cursor": "not a cursor!"}), "a forged cursor")

    def expiry():
        now = int(time.time())
        equal(call("put", "e", "v", {"expirationTtl": 60}), UNDEFINED)
        key = next(k for k in call("list", {"prefix": "e"})["keys"] if k["name"] == "e")
        check(abs(key["expiration"] - now - 60) < 5, f"{key}")
        equal(call("put", "e", "v", {"expiration": now + 3600}), UNDEFINED)
        equal(next(k for k in call("list", {"prefix": "e"})["keys"] if k["name"] == "e")["expiration"], now + 3600)
        for wrong in ({"expirationTtl": 59}, {"expirationTtl": 0}, {"expirationTtl": -1}, {"expirationTtl": "x"}, {"expiration": now + 5},
                      {"expiration": now - 100}, {"expiration": "never"}):
            check("error" in call("put", "e", "w", wrong), f"{wrong}")
        equal(call("get", "e"), "v", "after refused puts")

    def keys():
        for wrong in ("", ".", "..", "x" * 513, "č" * 257):
            for name in ("get", "put", "delete"):
                check("error" in call(name, wrong, *(["v"] if name == "put" else [])), f"{name} of {wrong[:9]!r}")
        for right in ("x" * 512, "č" * 256, "a/../b", "...", " ", "a\nb", "\u0000", "🍵", "%2e", "'; drop table kv; --"):
            equal(call("put", right, right), UNDEFINED)
            equal(call("get", right), right)
        check("413" in json.dumps(call("put", "huge", {"text": "x" * 1024, "times": 25 * 1024 + 1})), "a value of more than 25 MiB")
        equal(call("put", "full", {"text": "x" * 1024, "times": 25 * 1024}), UNDEFINED, "a value of 25 MiB")

    def namespaces():
        w.calls(["KV.put", "same", "one"], ["OTHER.put", "same", "two"])
        equal(w.calls(["KV.get", "same"], ["OTHER.get", "same"]), ["one", "two"])
        equal(w.calls(["OTHER.list"])[0]["keys"], [{"name": "same"}])

    for test in (values, kinds_of_values, metadata, bulk, delete, lists, expiry, keys, namespaces):
        yield test.__name__, test


def test_order_of_writes():
    """Writes of one key are applied in their order, also from many connections; a read sees the last acknowledged."""
    w = Worker().start()
    for i in range(200):
        w.put("order", str(i))
        equal(w.get("order").text(), str(i))


def test_persistence():
    """What was put, with metadata and expiry, is there after a restart; what was deleted is not."""
    w = Worker().start()
    w.calls(["put", "a", "1", {"metadata": {"m": 1}, "expirationTtl": 600}], ["put", "b", "2"], ["delete", "b"], ["OTHER.put", "c", "3"],
            ["put", "bytes", {"bytes": list(range(256))}])
    before = w.call("list")
    equal(w.server.stop(), 0, "exit code")
    w.start()
    equal(w.call("list"), before)
    equal(w.calls(["get", "a"], ["get", "b"], ["OTHER.get", "c"], ["get", "bytes", "arrayBuffer"]), ["1", None, "3", {"bytes": list(range(256))}])


def write_until_killed(worker, acked, tried, stop, number, round_number):
    """One client: each key is written once; acked gets it only after the reply has come."""
    connection = skerry.http.client.HTTPConnection("127.0.0.1", worker.server.port, timeout=10)
    count = 0
    try:
        while not stop.is_set():
            key = f"r{round_number}-c{number}-{count}"
            value = f"{key}:" + "v" * random.randrange(0, 3000)
            tried[key] = value
            reply = skerry.exchange(connection, "PUT", f"/put?key={key}", value, host=HOST)
            if reply.status == 200 and reply.body == b"kept":
                acked[key] = value
            count += 1
    except (OSError, skerry.http.client.HTTPException):
        pass
    finally:
        connection.close()


def test_kill_9_under_writes():
    """Killed at random moments under the writes of 16 clients: every acknowledged write is there, none is torn."""
    rounds = 1000 if skerry.LONG else 20
    seed = random.randrange(1 << 30)
    print(f"   seed {seed}, {rounds} kills", flush=True)
    moments = random.Random(seed)
    w, total = Worker(), 0
    for number in range(rounds):
        w.start()
        acked, tried, stop = {}, {}, threading.Event()
        clients = [threading.Thread(target=write_until_killed, args=(w, acked, tried, stop, i, number)) for i in range(16)]
        for client in clients:
            client.start()
        time.sleep(moments.uniform(0.02, 0.4))
        w.server.kill(signal.SIGKILL)
        stop.set()
        for client in clients:
            client.join()
        w.start()
        names = set(w.server.get("/all", host=HOST).json())
        lost = [k for k in acked if k not in names]
        check(not lost, f"round {number}: {len(lost)} of {len(acked)} acknowledged writes are lost, as {lost[:3]}")
        connection = skerry.http.client.HTTPConnection("127.0.0.1", w.server.port, timeout=10)
        for key in [k for k in tried if k in names]:
            equal(skerry.exchange(connection, "GET", f"/get?key={key}", host=HOST).text(), tried[key], f"round {number}, {key}")
        connection.close()
        total += len(acked)
        w.server.kill(signal.SIGKILL)
        if number % 50 == 49:  # the list of keys must not grow without end
            shutil.rmtree(w.data)
            os.makedirs(w.data)
    print(f"   {total} acknowledged writes, none lost", flush=True)
    check(total > 20 * rounds, f"only {total} writes: the test proves little")
test_kill_9_under_writes.time_s = 3 * 3600 if skerry.LONG else 240


def databases(data):
    return sorted(glob.glob(os.path.join(data, "kv", "*.db")))


def test_files_are_where_they_should_be():
    w = Worker().start()
    w.calls(["put", "a", "1"], ["OTHER.put", "a", "1"])
    equal([os.path.basename(p) for p in databases(w.data)], ["first.db", "second.db"])


def test_corrupt_database():
    """A broken file is named, its namespace answers with errors, the other one goes on, and the file is not overwritten."""
    w = Worker().start()
    w.calls(["put", "a", "1"], ["OTHER.put", "a", "2"])
    equal(w.server.stop(), 0)
    path = databases(w.data)[0]
    for leftover in glob.glob(path + "-*"):
        os.remove(leftover)
    with open(path, "wb") as f:
        f.write(b"this is not a database " * 1000)
    kept = open(path, "rb").read()
    w.start(wait=False)
    w.server.wait_ready(path="/all")
    broken, fine = w.calls(["KV.get", "a"], ["OTHER.get", "a"])
    check(isinstance(broken, dict) and "error" in broken, f"a broken database answers {broken}")
    equal(fine, "2")
    check("error" in w.calls(["KV.put", "a", "new"])[0], "a write into a broken database")
    w.server.wait_line(r"first\.db", 3)
    check(open(path, "rb").read() == kept, "the broken file was changed")


def test_unknown_format_is_refused():
    """A database of a later format is refused, never guessed at."""
    import sqlite3
    w = Worker().start()
    w.call("put", "a", "1")
    equal(w.server.stop(), 0)
    db = sqlite3.connect(databases(w.data)[0])
    before = db.execute("pragma user_version").fetchone()[0]
    db.execute(f"pragma user_version = {before + 1000}")
    db.commit()
    db.close()
    w.start(wait=False)
    w.server.wait_ready(path="/all")
    check("error" in (w.call("get", "a") or {}), "a database of an unknown format is read")
    w.server.wait_line("version", 3)


def test_disk_full():
    """On a full disk writes fail clearly and reads go on; with room again, writes work without a restart."""
    if os.geteuid() != 0:
        raise AssertionError("needs root to mount a small tmpfs: run the tests as root")
    data = skerry.folder()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", data], check=True)
    try:
        w = Worker(data=data).start()
        equal(w.put("small", "before").text(), "kept")
        with open(os.path.join(data, "ballast"), "wb") as f:
            f.write(b"\0" * (3 << 20))
        statuses = [w.put(f"k{i}", os.urandom(200_000)).status for i in range(60)]
        check(500 in statuses, f"8 MB took 12 MB: {statuses}")
        check(w.server.running(), "the server ended")
        equal(w.get("small").text(), "before")
        for i, status in enumerate(statuses):
            if status == 200:
                equal(len(w.get(f"k{i}").body), 200_000, f"k{i}")
        check("full" in w.server.output().lower() or "space" in w.server.output().lower(), f"the log does not say why:\n{w.server.tail()}")
        os.remove(os.path.join(data, "ballast"))
        skerry.eventually(lambda: w.put("later", "after").status == 200, 10, "a write after room was made")
        equal(w.get("later").text(), "after")
        w.server.kill()
        w.start()
        equal((w.get("small").text(), w.get("later").text()), ("before", "after"))
        w.server.kill()
    finally:
        skerry.clean_servers()
        subprocess.run(["umount", "-l", data], check=False)


def test_two_processes_on_one_folder():
    """A second process on the same data says so and leaves the first alone."""
    w = Worker().start()
    w.call("put", "a", "1")
    code, printed = skerry.run_to_end("serve", "--workers", w.parent, "--listen", f"127.0.0.1:{skerry.free_port()}", "--data", w.data)
    check(code not in (0, None) and code > 0, f"exit code {code}: {printed}")
    check(w.data in printed or "in use" in printed or "another" in printed, printed)
    equal(w.call("get", "a"), "1")
