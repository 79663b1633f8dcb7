"""A certificate authority in a folder, by the openssl command, and an https origin that uses its certificates."""
import os
import ssl
import subprocess
import threading

import skerry
import upstream


def openssl(*arguments, stdin=b"", timeout_s=20):
    done = subprocess.run(["openssl", *arguments], input=stdin, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=timeout_s * skerry.TIME_FACTOR)
    return done.returncode, done.stdout.decode("utf-8", "replace")


def must(*arguments):
    code, text = openssl(*arguments)
    skerry.equal(code, 0, f"openssl {' '.join(arguments)}: {text}")


def new_key(kind):
    return ["rsa:2048"] if kind == "rsa" else ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"]


def alternatives(hosts):
    return ",".join(("IP:" if h[0].isdigit() or ":" in h else "DNS:") + h for h in hosts)


class Authority:
    def __init__(self, name="test root"):
        self.folder = skerry.folder()
        self.path, self.key = os.path.join(self.folder, "root.pem"), os.path.join(self.folder, "root.key")
        must("req", "-x509", "-newkey", *new_key("p256"), "-nodes", "-days", "30", "-subj", f"/CN={name}", "-addext",
             "basicConstraints=critical,CA:TRUE", "-out", self.path, "-keyout", self.key)
        self.count = 0

    def issue(self, *hosts, kind="p256", days=30, self_signed=False, into=None):
        """(certificate, key) as paths; days=0 has expired a second later."""
        self.count += 1
        base = os.path.join(self.folder, f"{self.count}")
        cert, key = into or (base + ".pem", base + ".key")
        request, extensions = base + ".csr", base + ".ext"
        skerry.write(extensions, f"subjectAltName={alternatives(hosts)}\n")
        must("req", "-newkey", *new_key(kind), "-nodes", "-subj", f"/O={hosts[0]}", "-out", request, "-keyout", key + ".new")
        signer = ["-signkey", key + ".new"] if self_signed else ["-CA", self.path, "-CAkey", self.key, "-CAcreateserial"]
        must("x509", "-req", "-in", request, *signer, "-days", str(days), "-extfile", extensions, "-out", cert + ".new")
        os.replace(key + ".new", key)
        os.replace(cert + ".new", cert)
        return cert, key


def origin(pair, handler=upstream.Handler, **options):
    """upstream.start() over TLS; `.context` can be changed."""
    server = upstream.Server(("127.0.0.1", 0), handler)
    server.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.context.load_cert_chain(*pair)
    for name, value in options.items():
        setattr(server.context, name, value)
    # The handshake is made by the thread of the connection, so that one that stalls stops nobody.
    server.socket = server.context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    server.port = server.server_address[1]
    server.url = f"https://localhost:{server.port}"
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    return server
