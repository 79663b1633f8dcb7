"""skerry doctor: what it finds on this machine, and that it sees what is made to be missing."""
import json
import os
import resource
import socket
import subprocess

import skerry
from skerry import check, equal

LEVELS = {"info", "ok", "warning", "missing"}


def doctor(*arguments, limits=(), env=None):
    """Exit code and findings by name (the last of each name)."""
    def limit():
        for what, value in limits:
            resource.setrlimit(what, value)
    port = [] if "--port" in arguments else ["--port", str(skerry.free_port())]
    done = subprocess.run([skerry.BIN, "doctor", "--json", *port, *arguments], cwd=skerry.folder(),
                          env={**os.environ, **(env or {})}, preexec_fn=limit, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=30)
    report = json.loads(done.stdout)
    equal(report["ok"], done.returncode == 0)
    equal(report["ok"], all(f["level"] != "missing" for f in report["findings"]))
    return done.returncode, {f["name"]: f for f in report["findings"]}


def test_here():
    _, found = doctor()
    for name in ("V8", "OpenSSL", "SQLite", "open files", "mappings", "overcommit", "code memory", "accept queue", "control group",
                 "memory", "geo database", "port", "data folder", "bundler"):
        check(name in found, f"nothing about {name}: {sorted(found)}")
        check(found[name]["level"] in LEVELS and found[name]["text"], f"{found[name]}")
        check(found[name]["fix"] or found[name]["level"] in ("ok", "info"), f"no way to mend: {found[name]}")
    with open("/proc/sys/vm/max_map_count", encoding="ascii") as f:
        check(f.read().strip() in found["mappings"]["text"], found["mappings"])
    check("13.6." in found["V8"]["text"] and "days old" in found["V8"]["text"], found["V8"])
    code, text = skerry.run_to_end("doctor", "--port", str(skerry.free_port()))
    check(code in (0, 1) and "missing, " in text.splitlines()[-1] and "mappings" in text, text)


def test_open_files():
    code, found = doctor(limits=[(resource.RLIMIT_NOFILE, (256, 256))])
    equal((code, found["open files"]["level"]), (1, "missing"))
    check("ulimit -n" in found["open files"]["fix"], found["open files"])
    _, found = doctor(limits=[(resource.RLIMIT_NOFILE, (4096, 4096))])
    equal(found["open files"]["level"], "warning")


def test_address_space():
    code, found = doctor(limits=[(resource.RLIMIT_AS, (4 << 30, 4 << 30))])
    equal((code, found["address space"]["level"]), (1, "missing"))


def test_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        s.listen()
        _, found = doctor("--port", str(s.getsockname()[1]))
    equal(found["port"]["level"], "warning")
    check("--port 0" in found["port"]["fix"], found["port"])
    code, found = doctor("--host", "not an address")
    equal((code, found["port"]["level"]), (1, "missing"))
    equal(doctor("--host", "::1")[1]["port"]["name"], "port")


def test_data_folder():
    code, found = doctor("--data", "/proc/nowhere/data")
    equal((code, found["data folder"]["level"]), (1, "missing"))
    folder = skerry.folder()
    before = os.listdir(folder)
    doctor("--data", os.path.join(folder, "not/yet/there"))
    equal(os.listdir(folder), before, "doctor leaves something behind")
    if os.access("/dev/shm", os.W_OK):
        _, found = doctor("--data", "/dev/shm")
        equal(found["data folder"]["level"], "warning")
        check("in memory" in found["data folder"]["text"], found["data folder"])


def test_geo_database():
    broken = os.path.join(skerry.folder(), "broken.mmdb")
    skerry.write(broken, "no database")
    code, found = doctor("--geo-db", broken)
    equal((code, found["geo database"]["level"]), (1, "missing"))
    check("broken.mmdb" in found["geo database"]["text"], found["geo database"])


def test_bundler():
    _, found = doctor(env={"ESBUILD_BINARY_PATH": "/bin/true"})
    equal((found["bundler"]["level"], found["bundler"]["text"]), ("ok", "esbuild is /bin/true"))
