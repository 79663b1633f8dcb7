"""The numbers that skerry must reach, as ratios within one run."""
import statistics

# text, what is divided, by what (None: the value itself), comparison, limit. A name is (bench, peer or peers, metric);
# with several peers the best counts.
GOALS = [
    ("hello: CPU per request / bare libuv", ("hello", "skerry", "cpu_us"), ("hello", "fixed", "cpu_us"), "<=", 1.6),
    ("hello: CPU per request / Deno", ("hello", "skerry", "cpu_us"), ("hello", "deno", "cpu_us"), "<=", 0.6),
    ("hello: CPU per request / workerd", ("hello", "skerry", "cpu_us"), ("hello", "workerd", "cpu_us"), "<=", 0.2),
    ("hello: requests/s / Deno", ("hello", "skerry", "per_second"), ("hello", "deno", "per_second"), ">=", 1.5),
    ("hello: requests/s / workerd", ("hello", "skerry", "per_second"), ("hello", "workerd", "per_second"), ">=", 7),
    ("URL, headers, JSON: requests/s / Bun", ("json", "skerry", "per_second"), ("json", "bun", "per_second"), ">=", 1.3),
    ("URL, headers, JSON: requests/s / workerd", ("json", "skerry", "per_second"), ("json", "workerd", "per_second"), ">=", 5),
    ("Hono, 50 routes: requests/s / best of Deno and Bun", ("hono50", "skerry", "per_second"), ("hono50", ("deno", "bun"), "per_second"), ">=", 1.2),
    ("react-dom page of 20 KB: requests/s / best of workerd, Deno and Bun", ("react", "skerry", "per_second"), ("react", ("workerd", "deno", "bun"), "per_second"), ">=", 1),
    ("static file of 10 KiB: requests/s / hello", ("asset", "skerry-file", "per_second"), ("asset", "skerry-hello", "per_second"), ">=", 0.9),
    ("jose, RS256 verified: requests/s / best of workerd, Deno and Bun", ("jose", "skerry", "per_second"), ("jose", ("workerd", "deno", "bun"), "per_second"), ">=", 1),
    ("proxy of 1 KiB from nginx: requests/s / workerd", ("proxy", "skerry", "per_second"), ("proxy", "workerd", "per_second"), ">=", 2),
    ("proxy of 1 KiB from nginx: requests/s / best of Deno and Bun", ("proxy", "skerry", "per_second"), ("proxy", ("deno", "bun"), "per_second"), ">=", 1.2),
    ("hello over TLS, kept connections: requests/s / plain", ("tls-hello", "skerry-tls", "per_second"), ("tls-hello", "skerry-plain", "per_second"), ">=", 0.85),
    ("new TLS connections, RSA-2048: connections/s / nginx", ("tls-handshakes", "skerry-rsa-full", "per_second"), ("tls-handshakes", "nginx-rsa-full", "per_second"), ">=", 0.8),
    ("new TLS connections, P-256: connections/s / nginx", ("tls-handshakes", "skerry-p256-full", "per_second"), ("tls-handshakes", "nginx-p256-full", "per_second"), ">=", 0.8),
    ("new TLS connections, P-256: CPU / nginx", ("tls-handshakes", "skerry-p256-full", "cpu_us"), ("tls-handshakes", "nginx-p256-full", "cpu_us"), "<=", 1.25),
    ("resumed TLS connections: CPU / nginx", ("tls-handshakes", "skerry-p256-resumed", "cpu_us"), ("tls-handshakes", "nginx-p256-resumed", "cpu_us"), "<=", 1.25),
    ("KV get of a hot key: requests/s", ("kv-get", "skerry", "per_second"), None, ">=", 40000),
    ("KV put, durable, 64 clients / SQLite alone", ("kv-put", "skerry", "per_second"), ("kv-put", "sqlite", "per_second"), ">=", 0.7),
    ("1 GB through a TransformStream / Deno", ("stream-transform", "skerry", "mb_per_second"), ("stream-transform", "deno", "mb_per_second"), ">=", 1),
    ("1 GB of upload through a TransformStream / Deno", ("stream-echo", "skerry", "mb_per_second"), ("stream-echo", "deno", "mb_per_second"), ">=", 1),
    ("1 GB of upload passed through / Deno", ("stream-pass", "skerry", "mb_per_second"), ("stream-pass", "deno", "mb_per_second"), ">=", 1),
    ("1 GB of upload passed through / transformed", ("stream-pass", "skerry", "mb_per_second"), ("stream-echo", "skerry", "mb_per_second"), ">=", 3),
    ("p99 of hello at half load, ms", ("half-load", "skerry", "p99_ms"), None, "<=", 1),
    ("start to first answer, ms", ("startup", "skerry", "ms"), None, "<=", 40),
    ("look-up of a new client address, ns", ("geo", "skerry", "v4_ns"), None, "<=", 2000),
    ("memory of an idle worker / workerd's loader", ("memory", "skerry", "kib_per_worker"), ("memory", "workerd", "kib_per_worker"), "<=", 0.7),
    ("memory of an idle worker - bare isolate, KiB", ("memory", "skerry", "kib_per_worker"), ("memory", "bare", "kib_per_worker"), "-<=", 256),
    ("edit of one of 500 TypeScript modules to the new answer, ms", ("edit", "skerry", "ms"), None, "<=", 300),
    ("edit of one of 500 TypeScript modules / wrangler dev", ("edit", "skerry", "ms"), ("edit", "wrangler", "ms"), "<=", 1 / 3),
    ("edit of one of 500 plain modules to the new answer, ms", ("edit-plain", "skerry", "ms"), None, "<=", 100),
]


def medians(samples):
    return {bench: {peer: {metric: statistics.median(values) for metric, values in metrics.items()}
                    for peer, metrics in peers.items()} for bench, peers in samples.items()}


def look_up(table, name):
    bench, peers, metric = name
    values = [table.get(bench, {}).get(p, {}).get(metric) for p in ((peers,) if isinstance(peers, str) else peers)]
    values = [v for v in values if v is not None]
    return max(values) if values else None


def judge(table):
    """Prints and returns, for each goal, its value and whether it is reached."""
    verdicts = []
    print("\n== goals")
    for text, ours, theirs, comparison, limit in GOALS:
        value = look_up(table, ours)
        base = look_up(table, theirs) if theirs else None
        if value is None or theirs and not base:
            verdicts.append({"goal": text, "value": None, "limit": limit, "reached": None})
            continue
        if theirs:
            value = value - base if comparison.startswith("-") else value / base
        reached = value <= limit if comparison.endswith("<=") else value >= limit
        verdicts.append({"goal": text, "value": round(value, 4), "comparison": comparison.lstrip("-"), "limit": limit, "reached": reached})
        print(f"  {'yes' if reached else 'NO ':4}{text:55} {value:12,.3f}  ({comparison.lstrip('-')} {limit:,})")
    missing = [v["goal"] for v in verdicts if v["reached"] is None]
    if missing:
        print(f"  not measured: {'; '.join(missing)}")
    return verdicts


def print_table(table):
    for bench, peers in table.items():
        metrics = list(dict.fromkeys(m for values in peers.values() for m in values))
        ours = peers.get("skerry", {}).get(metrics[0])
        print(f"\n{bench:18}" + "".join(f"{m:>18}" for m in metrics) + f"{'skerry is':>14}")
        for peer, values in peers.items():
            cells = "".join(f"{values[m]:18,.2f}" if m in values else " " * 18 for m in metrics)
            ratio = f"{ours / values[metrics[0]]:12.2f} x" if ours and values.get(metrics[0]) else ""
            print(f"  {peer:16}{cells}{ratio:>14}")
