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


def test_pack():
    """The tarball has the launcher, the declarations and, unless left out, the binary; nothing else."""
    folder = skerry.folder()
    code, text = run(["npm", "pack", SDK, "--silent", "--pack-destination", folder], env={"SKERRY_PACK_BINARY": "0"})
    equal(code, 0, text)
    tarball = os.path.join(folder, "skerry-0.1.0.tgz")
    with tarfile.open(tarball) as content:
        names = sorted(member.name for member in content.getmembers())
    equal(names, ["package/" + n for n in ("README.md", "bin/skerry.mjs", "package.json", "skerry.d.ts")])


def test_create_skerry():
    """npm create skerry, from packed tarballs: the project installs, passes its tests and TypeScript, and runs."""
    top = skerry.folder()
    for package in (SDK, os.path.join(SDK, "create-skerry")):
        code, text = run(["npm", "pack", package, "--silent", "--pack-destination", top], env={"SKERRY_PACK_BINARY": "0"})
        equal(code, 0, text)
    tools = os.path.join(top, "tools")
    with tarfile.open(os.path.join(top, "create-skerry-0.1.0.tgz")) as content:
        content.extractall(tools)
    create = os.path.join(tools, "package/index.mjs")
    code, text = run(["node", create, "My App", "--skerry", f"file:{top}/skerry-0.1.0.tgz"], cwd=top)
    check(code == 0 and "npm run dev" in text, text)
    app = os.path.join(top, "My App")
    with open(os.path.join(app, "package.json"), encoding="utf-8") as f:
        package = f.read()
    check('"name": "my-app"' in package and "{{" not in package, package)
    check(os.path.exists(os.path.join(app, ".gitignore")), "no .gitignore")
    install(app, os.path.join(top, "skerry-0.1.0.tgz"))
    env = {"SKERRY_BIN": skerry.BIN}
    code, text = run(["npm", "test", "--silent"], cwd=app, env=env)
    check(code == 0 and "2 passed, 0 failed" in text, text)
    code, text = run(["npm", "run", "check", "--silent"], cwd=app)
    equal((code, text), (0, ""))
    server = skerry.Server(["npm", "run", "dev", "--silent", "--", "--port", "0", "--geo", "FR/Lyon"], app, env=env, preexec=os.setsid)
    equal([server.get().text() for _ in range(2)], ["Hello, Lyon! Visit number 1.\n", "Hello, Lyon! Visit number 2.\n"])
    # As a terminal does it, all of them: npm tells its shell only, and the server would stay.
    os.killpg(server.pid, skerry.signal.SIGTERM)
    server.wait_exit(10)
    code, text = run(["node", create, "My App"], cwd=top)
    check(code == 1 and "not empty" in text, text)
    code, text = run(["node", create, "--nonsense"], cwd=top)
    check(code == 1 and "usage:" in text and "    at " not in text, text)


def install(app, tarball):
    """What `npm install` would do, from files that are here: the package unpacked, its esbuild and TypeScript linked."""
    modules = os.path.join(app, "node_modules")
    with tarfile.open(tarball) as content:
        content.extractall(modules)
    os.rename(os.path.join(modules, "package"), os.path.join(modules, "skerry"))
    for name, source in (("esbuild", SDK), ("@esbuild", SDK), ("typescript", skerry.HERE), ("@typescript", skerry.HERE)):
        if os.path.exists(os.path.join(source, "node_modules", name)):
            os.symlink(os.path.join(source, "node_modules", name), os.path.join(modules, name))
    os.mkdir(os.path.join(modules, ".bin"))
    for name, target in (("skerry", "skerry/bin/skerry.mjs"), ("esbuild", "esbuild/bin/esbuild"), ("tsc", "typescript/bin/tsc")):
        os.symlink(os.path.join(modules, target), os.path.join(modules, ".bin", name))


test_create_skerry.time_s = 90
