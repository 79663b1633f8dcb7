"""The terminal of `skerry dev`, its log, its error page, and how it bears many reloads."""
import json
import os
import pty
import re
import select
import signal
import subprocess
import termios
import time

import skerry
from skerry import check, equal, eventually

CODE = """
export default {
  async fetch(request) {
    const path = new URL(request.url).pathname;
    if (path === '/throw') throw new Error('<b>thrown</b> "on" purpose');
    if (path === '/log') {
      console.log('one', { a: [1, { b: new Map([['k', new Set([1])]]) }] });
      console.warn('\\u001b[31mred\\u001b[0m \\u001b]0;title\\u0007 \\u009b2J end');
      console.error(new TypeError('an error'));
      console.debug('fine detail');
    }
    return new Response('TEXT');
  },
};
"""


def code(text):
    return CODE.replace("TEXT", text)


class Terminal:
    """skerry dev with a terminal of its own."""

    def __init__(self, path, *arguments, env=None):
        self.port = skerry.free_port()
        self.master, slave = pty.openpty()
        self.slave = slave
        self.before = termios.tcgetattr(slave)
        environment = {k: v for k, v in os.environ.items() if k != "NO_COLOR"}
        # As a shell does it: a session whose terminal this is, so that its group is in the foreground.
        self.process = subprocess.Popen(
            ["setsid", "-c", skerry.BIN, "dev", path, "--port", str(self.port), "--persist-to", skerry.folder(), *arguments],
            stdin=slave, stdout=slave, stderr=slave, env={**environment, "TERM": "xterm", **(env or {})})
        self.text = ""

    def read(self, seconds=0.05):
        while select.select([self.master], [], [], seconds)[0]:
            try:
                data = os.read(self.master, 65536)
            except OSError:
                return
            if not data:
                return
            self.text += data.decode("utf-8", "replace")

    def until(self, pattern, seconds=10):
        end = time.monotonic() + seconds * skerry.TIME_FACTOR
        while not re.search(pattern, self.text):
            check(time.monotonic() < end, f"no {pattern!r} in {self.text!r}")
            self.read()
        self.text = self.text[re.search(pattern, self.text).end():]

    def press(self, keys):
        os.write(self.master, keys.encode())

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(10)
        os.close(self.master)
        os.close(self.slave)


def test_keys():
    """Reload, help, clear, browser, quit; and the terminal is as it was."""
    path = skerry.project(code("one"))
    opened = os.path.join(skerry.folder(), "opened")
    browser = os.path.join(skerry.folder(), "browser")
    skerry.write(browser, f'#!/bin/sh\necho "$1" > {opened}\n')
    os.chmod(browser, 0o755)
    terminal = Terminal(path, env={"BROWSER": browser})
    try:
        terminal.until("ready on")
        terminal.until("r reload")
        check(not termios.tcgetattr(terminal.slave)[3] & termios.ECHO, "keys would be echoed")
        terminal.press("r")
        terminal.until("Reloaded")
        terminal.press("x\x1b[A")  # nothing, and an arrow
        terminal.press("h")
        terminal.until("quit, after the requests")
        terminal.press("c")
        terminal.until(re.escape("\x1b[2J"))
        terminal.press("o")
        eventually(lambda: os.path.exists(opened) and open(opened, encoding="ascii").read().strip() == f"http://127.0.0.1:{terminal.port}", what="the browser")
        terminal.press("q")
        equal(terminal.process.wait(10), 0)
        equal(termios.tcgetattr(terminal.slave), terminal.before, "the terminal")
    finally:
        terminal.close()


def test_interrupt_key_and_colour():
    """Ctrl-C ends it and leaves the terminal as it was; on a terminal there is colour, unless NO_COLOR says no."""
    path = skerry.project(code("one"))
    for no_color in ("", "1"):
        terminal = Terminal(path, env={"NO_COLOR": no_color})
        try:
            terminal.until("h help")
            import http.client
            connection = http.client.HTTPConnection("127.0.0.1", terminal.port, timeout=10)
            connection.request("GET", "/log")
            connection.getresponse().read()
            terminal.until("an error")
            terminal.read(0.3)
            terminal.press("\x03")
            check(terminal.process.wait(10) in (0, 130), "exit code")
            equal(termios.tcgetattr(terminal.slave), terminal.before, "the terminal")
            terminal.read()
        finally:
            terminal.close()


def test_log_cannot_be_forged():
    """Control characters of workers and clients are escaped; colour a worker chooses is left alone at most."""
    with skerry.dev(skerry.project(code("one"))) as server:
        printed = len(server.lines)
        server.raw(b"GET /a\x1b]0;x\x07b HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        server.get("/log")
        server.wait_line("an error", 5, after=printed)
        for line in server.lines[printed:]:
            check(not re.search("[\x00-\x08\x0b-\x1f\x7f\x80-\x9f]", line), f"{line!r}")


def test_log_as_json():
    with skerry.dev(skerry.project(code("one")), "--json", wait=False) as server:
        server.wait_line("ready", 10)
        eventually(lambda: server.get("/log?q=1").status == 200, what="an answer")
        server.get("/throw")
        server.wait_line('"status":500', 5)
        entries = [json.loads(line) for line in server.lines if line.startswith("{")]
        requests = [e for e in entries if e.get("type") == "request"]
        equal([(r["method"], r["path"], r["status"]) for r in requests[-2:]], [("GET", "/log?q=1", 200), ("GET", "/throw", 500)])
        for request in requests:
            check(request["worker"] and request["cpu_ms"] >= 0 and request["wall_ms"] >= 0 and request["id"], f"{request}")
            check(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", request["ts"]), request["ts"])
        consoles = [e for e in entries if e.get("type") == "console"]
        equal([c["level"] for c in consoles[:4]], ["info", "warn", "error", "debug"])
        check("one" in consoles[0]["message"] and "Map" in consoles[0]["message"], f"{consoles[0]}")
        check(any(e["level"] == "error" and "thrown" in e["message"] for e in entries), "the failure")


def test_log_level():
    with skerry.dev(skerry.project(code("one")), "--log-level", "error") as server:
        server.get("/log")
        server.wait_line("TypeError: an error", 5)
        server.get("/throw")
        server.wait_line("thrown", 5)
        check(not re.search("GET /|red|fine detail|one \\{", server.output()), server.output())
    status, text = skerry.run_to_end("dev", skerry.project(code("one")), "--log-level", "loud")
    check(status != 0 and "log-level" in text, f"{status} {text}")


def test_error_page():
    """Excerpt, stack, request without its secrets, everything escaped, nothing from elsewhere; text and JSON for others."""
    path = skerry.project(code("one"))
    with skerry.dev(path) as server:
        headers = {"accept": "text/html", "cookie": "sid=cookie-secret", "authorization": "Bearer bearer-secret",
                   "x-api-key": "key-secret", "x-plain": "<i>plain</i>"}
        reply = server.get("/throw?a=<u>", headers=headers)
        page = reply.text()
        equal(reply.status, 500)
        check("default-src 'none'" in reply.header("content-security-policy"), "no policy")
        for text in ("&lt;b&gt;thrown&lt;/b&gt; &quot;on&quot; purpose", "index.mjs:5:", "const path = new URL", "&lt;i&gt;plain&lt;/i&gt;",
                     "class=\"at\"", "GET http://127.0.0.1"):
            check(text in page, f"{text!r} is not in {page}")
        for text in ("cookie-secret", "bearer-secret", "key-secret", "<b>thrown", "<i>plain", "<u>", "http://www", "https://", "src="):
            check(text not in page, f"{text!r} is in the page")
        text = server.get("/throw", headers={"accept": "*/*"}).text()
        check(re.search(r"> +5 \|", text) and "index.mjs:5:" in text and "<!doctype" not in text, text)
        error = server.get("/throw", headers={"accept": "application/json"}).json()["error"]
        equal((error["code"], error["file"], error["line"]), (1101, "index.mjs", 5))
        # What the page asks, to load itself again.
        before = server.get("/cdn-cgi/skerry/generation").text()
        skerry.write(os.path.join(path, "index.mjs"), code("two"))
        eventually(lambda: server.get("/cdn-cgi/skerry/generation").text() != before, what="another generation")
    parent = skerry.folder()
    skerry.project(code("one"), path=os.path.join(parent, "app"))
    with skerry.serve(parent) as server:
        equal(server.get("/cdn-cgi/skerry/generation").text(), "one", "serve has such a path")
        check("thrown" not in server.get("/throw", headers={"accept": "text/html"}).text(), "serve shows details")


def test_reloads_keep_memory():
    """Many versions of a worker, one after the other: what they used is given back."""
    count, warm = (1000, 200) if skerry.LONG else (100, 40)
    path = skerry.project(code("0"))
    with skerry.dev(path) as server:
        def reload(number):
            skerry.write(os.path.join(path, "index.mjs.tmp"), code(f"v{number}") + f"// {'x' * 20000}")
            os.replace(os.path.join(path, "index.mjs.tmp"), os.path.join(path, "index.mjs"))
            eventually(lambda: server.get().text() == f"v{number}", 10, "the reload", every_s=0.002)
        for number in range(warm):
            reload(number)
        before = server.rss_kib()
        for number in range(warm, warm + count):
            reload(number)
        after = server.rss_kib()
        handles = len(os.listdir(f"/proc/{server.pid}/fd"))
        print(f"   {count} reloads: {before} KiB, then {after} KiB ({(after / before - 1) * 100:+.1f} %), {handles} descriptors", flush=True)
        check(after < before * (1.05 if skerry.LONG else 1.1), f"{before} KiB, then {after} KiB")
        check(handles < 60, f"{handles} descriptors")


test_reloads_keep_memory.time_s = 900 if skerry.LONG else 90
