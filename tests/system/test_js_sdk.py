"""The npm package `skerry`: its launcher, and what `npm pack` makes of it, installed in a project of its own."""
import os
import subprocess
import tarfile

import skerry
from skerry import check, equal

SDK = os.path.join(skerry.ROOT, "js-sdk")
LAUNCHER = os.path.join(SDK, "bin/skerry.mjs")
PROJECT = "export default { fetch: () => new Response('launched') };"


def run(command, cwd=None, env=None, time_s=50):
    """Exit code and output of a command."""
    done = subprocess.run(command, cwd=cwd, env={**os.environ, "npm_config_update_notifier": "false", **(env or {})},
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=time_s)
    return done.returncode, done.stdout.decode("utf-8", "replace")


def launched(*arguments, cwd, env=None, launcher=LAUNCHER):
    return skerry.Server(["node", launcher, *arguments], cwd, env={"SKERRY_BIN": skerry.BIN, **(env or {})})


def test_launcher():
    path = skerry.project(PROJECT)
    server = launched("dev", "--port", "0", cwd=path)
    equal(server.get().text(), "launched")
    server.send(skerry.signal.SIGTERM)
    equal(server.wait_exit(5), 0)
    server = launched("dev", "--port", "0", cwd=path)
    server.send(skerry.signal.SIGINT)
    equal(server.wait_exit(5), 0)
    check(run(["node", LAUNCHER, "nonsense"], env={"SKERRY_BIN": skerry.BIN}) ==
          run([skerry.BIN, "nonsense"]), "another exit code or text than the binary's")


def test_launcher_says_what_is_missing():
    code, text = run(["node", LAUNCHER, "dev"], env={"SKERRY_BIN": "/nowhere/skerry"})
    check(code == 1 and "SKERRY_BIN" in text and "/nowhere/skerry" in text, text)
    lonely = os.path.join(skerry.folder(), "skerry/bin/skerry.mjs")
    with open(LAUNCHER, encoding="utf-8") as f:
        skerry.write(lonely, f.read())
    code, text = run(["node", lonely, "dev"], env={"SKERRY_BIN": ""})
    check(code == 1 and "no skerry binary" in text and "SKERRY_BIN" in text, text)
    check("at " not in text, f"a stack of the launcher: {text}")


def test_launcher_names_esbuild():
    """The binary learns where the package's esbuild is, unless the environment says another."""
    path = skerry.folder()
    shows = os.path.join(path, "shows")
    skerry.write(shows, "#!/bin/sh\necho \"$SKERRY_ESBUILD\"\n")
    os.chmod(shows, 0o755)
    code, text = run(["node", LAUNCHER], env={"SKERRY_BIN": shows})
    check(code == 0 and text.strip().endswith("/bin/esbuild") and os.access(text.strip(), os.X_OK), f"{code} {text}")
    code, version = run([text.strip(), "--version"])
    equal(version.strip(), "0.28.2")
    equal(run(["node", LAUNCHER], env={"SKERRY_BIN": shows, "SKERRY_ESBUILD": "/mine"})[1].strip(), "/mine")


def test_pack():
    """The tarball has the launcher, the declarations and, unless left out, the binary; nothing else."""
    folder = skerry.folder()
    code, text = run(["npm", "pack", SDK, "--silent", "--pack-destination", folder], env={"SKERRY_PACK_BINARY": "0"})
    equal(code, 0, text)
    tarball = os.path.join(folder, "skerry-0.1.0.tgz")
    with tarfile.open(tarball) as content:
        names = sorted(member.name for member in content.getmembers())
    equal(names, ["package/" + n for n in ("README.md", "bin/skerry.mjs", "package.json", "skerry.d.ts")])
