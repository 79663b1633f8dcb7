"""The chat example in a real Chromium (Debian's), in two tabs."""
import json
import os
import re
import shutil
import subprocess

import skerry

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
TABS = os.path.join(skerry.HERE, "apps/chat/tabs.cjs")
EXAMPLE = os.path.join(skerry.ROOT, "js-sdk/examples/chat")

time_s = 90


def chromium():
    skerry.check(CHROMIUM, "chromium is there: scripts/setup --tests installs it")
    return skerry.Server([CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                          "--remote-debugging-port=0", f"--user-data-dir={skerry.folder()}", "about:blank"], skerry.folder(),
                         "chromium", ready=re.compile(r"DevTools listening on ws://127\.0\.0\.1:(\d+)/"))


def test_two_tabs():
    path = skerry.folder()
    shutil.copytree(EXAMPLE, path, dirs_exist_ok=True)
    server, browser = skerry.dev(path), chromium()
    run = subprocess.Popen(["node", TABS, str(browser.port), f"http://127.0.0.1:{server.port}", "with-restart"],
                           stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        first = run.stderr.readline()
        skerry.check(first == "restart\n", f"the tabs talk: {first}{'' if first == 'restart' + chr(10) else run.stderr.read()}")
        # A save while people chat: the pages come back to the new version by themselves.
        with open(os.path.join(path, "index.mjs"), "a", encoding="utf-8") as f:
            f.write("// edited\n")
        server.wait_line("Reloaded")
        out, err = run.communicate("go\n", timeout=60 * skerry.TIME_FACTOR)
    finally:
        run.kill()
    skerry.check(run.returncode == 0, f"the tabs: {err}")
    seen = json.loads(out)
    said = [["Ada", "Is anybody here?"], ["Bob", "I am <b>Bob</b> 👋"], ["Ada", "Hello, Bob"]]
    skerry.equal(seen["ada"], [[n, t, "mine" if n == "Ada" else ""] for n, t in said], "what Ada's page shows")
    skerry.equal(seen["bob"], [[n, t, "mine" if n == "Bob" else ""] for n, t in said], "what Bob's page shows")
    skerry.equal(seen["members"], "2 here: Ada, Bob")
    skerry.equal(seen["left"], "1 here: Ada")
