#!/usr/bin/env python3
"""Bulk indexing and searching over HTTP, ours and a running OpenSearch or Elasticsearch in one run; prints the ratios.

    python3 tools/bench_server.py --program build/selene --corpus FOLDER --peer http://127.0.0.1:9200 --peer-pid PID

Both get the same documents (`docs.txt` of the corpus, one text a line; made by tools/make_search_corpus.py where it is missing) in the same bulk requests, each
answered after its fsync, and the same queries. Bulk is told in documents per CPU second of the server process, so that the client beside it does not
count; the final refresh is in it. Latency is of one client, throughput of eight (`wrk`, a Debian package, where it is installed; otherwise only the latency).
Without a peer only our figures are printed.
"""

import argparse
import json
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from selene_server import Client, Server  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parent.parent
INDEX = "bench-server"
NDJSON = {"Content-Type": "application/x-ndjson"}
TICKS_PER_S = 100  # of /proc, on every Linux


class Node:
    """A server that answers at `url`; its CPU time and memory are those of process `pid`."""

    def __init__(self, name, url, pid):
        self.name, self.url, self.pid = name, url, pid

    def cpu_seconds(self):
        fields = pathlib.Path(f"/proc/{self.pid}/stat").read_text().rpartition(") ")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS_PER_S

    def memory_mb(self):
        """(anonymous now, largest resident so far): mapped files aside, and all."""
        status = pathlib.Path(f"/proc/{self.pid}/status").read_text()
        return tuple(int(re.search(rf"{name}:\s+(\d+)", status).group(1)) / 1024 for name in ("RssAnon", "VmHWM"))

    def call(self, method, path, body=None, headers=None):
        client = Client(self.url, 300)
        try:
            answer = client.send(method, path, body, headers)
        finally:
            client.close()
        if not 200 <= answer.status < 300:
            sys.exit(f"{self.name}: {method} {path} answered {answer.status}: {answer.text[:500]}")
        return answer


def bulk_bodies(path, limit, batch):
    lines, number = [], 0
    with open(path, encoding="utf-8") as documents:
        for text in documents:
            if number == limit:
                break
            lines.append(f'{{"index":{{"_id":"{number}"}}}}\n{{"body":{json.dumps(text.rstrip(chr(10)))}}}\n')
            number += 1
            if number % batch == 0:
                yield "".join(lines).encode()
                lines = []
    if lines:
        yield "".join(lines).encode()


def load(node, bodies, num_clients):
    """CPU seconds of the server and seconds until everything can be searched."""
    settings = {"number_of_shards": 1, "number_of_replicas": 0}
    node.call("PUT", f"/{INDEX}", {"settings": settings, "mappings": {"properties": {"body": {"type": "text"}}}})
    cpu, started = node.cpu_seconds(), time.monotonic()
    waiting, lock = iter(bodies), threading.Lock()

    def work():
        client = Client(node.url, 300)
        while True:
            with lock:
                body = next(waiting, None)
            if body is None:
                break
            answer = client.send("POST", f"/{INDEX}/_bulk?filter_path=errors", body, NDJSON)
            if answer.status != 200 or answer.json() != {"errors": False}:
                sys.exit(f"{node.name}: _bulk answered {answer.status}: {answer.text[:500]}")
        client.close()

    threads = [threading.Thread(target=work) for _ in range(num_clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    node.call("POST", f"/{INDEX}/_refresh")
    return node.cpu_seconds() - cpu, time.monotonic() - started


def read_queries(path):
    with open(path, encoding="utf-8") as lines:
        rows = [line.rstrip("\n").split("\t") for line in lines]
    return [text for kind, text in rows if kind.startswith("or")]


def body_of(text, size):
    return json.dumps({"size": size, "query": {"match": {"body": text}}})


def latencies(node, queries, size):
    """Median and 99th percentile in ms of one client; the first pass warms up."""
    client, times = Client(node.url), []
    for measured in (False, True):
        for text in queries:
            body = body_of(text, size)
            started = time.monotonic()
            answer = client.send("POST", f"/{INDEX}/_search", body)
            if answer.status != 200:
                sys.exit(f"{node.name}: _search answered {answer.status}: {answer.text[:500]}")
            if measured:
                times.append((time.monotonic() - started) * 1000)
    client.close()
    return statistics.median(times), sorted(times)[int(len(times) * 0.99)]


LUA = """
local requests, at = {}, 0
for line in io.lines(%s) do requests[#requests + 1] = wrk.format("POST", %s, {["Content-Type"] = "application/json"}, line) end
function request() at = at %% #requests + 1; return requests[at] end
function done(summary, latency)
  local bad = summary.errors.status + summary.errors.read + summary.errors.timeout + summary.errors.connect
  print(string.format("result %%f %%d", summary.requests / summary.duration * 1e6, bad))
end
"""


def throughput(node, queries, size, seconds):
    """Queries per second of eight clients; None without wrk."""
    if shutil.which("wrk") is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        bodies, script = pathlib.Path(folder) / "bodies", pathlib.Path(folder) / "search.lua"
        bodies.write_text("".join(body_of(text, size) + "\n" for text in queries))
        script.write_text(LUA % (json.dumps(str(bodies)), json.dumps(f"/{INDEX}/_search")))
        for duration in (max(2, seconds // 3), seconds):  # the first warms up
            done = subprocess.run(["wrk", "-t1", "-c8", f"-d{duration}s", "-s", str(script), node.url], capture_output=True, text=True, check=True)
    rate, bad = re.search(r"result (\S+) (\d+)", done.stdout).groups()
    if int(bad) > 0:
        sys.exit(f"{node.name}: {bad} searches failed under load")
    return float(rate)


def measure(node, args, queries):
    figures = {}
    cpu, wall = load(node, bulk_bodies(args.corpus / "docs.txt", args.docs, args.batch), args.clients)
    count = node.call("GET", f"/{INDEX}/_count").json()["count"]
    figures["docs"] = count
    figures["bulk, docs per CPU second"] = count / cpu
    print(f"{node.name}: {count} documents in {wall:.1f} s, {cpu:.1f} CPU s", flush=True)
    if node.name == "selene":
        print("  memory: {:.0f} MB without mapped files, {:.0f} MB resident at most while indexing".format(*node.memory_mb()), flush=True)
    time.sleep(args.settle)  # background merges of both come to rest
    for size in (100, 10):
        median, tail = latencies(node, queries[: args.queries], size)
        figures[f"match size {size}, p50 ms"] = median
        rate = throughput(node, queries, size, args.seconds)
        if rate is not None:
            figures[f"match size {size}, queries/s of 8 clients"] = rate
        print(f"  size {size}: p50 {median:.2f} ms, p99 {tail:.2f} ms" + (f", {rate:.0f} queries/s of 8 clients" if rate else ""), flush=True)
    if node.name == "selene":
        print("  memory: {:.0f} MB without mapped files".format(node.memory_mb()[0]), flush=True)
    node.call("DELETE", f"/{INDEX}")
    return figures


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", default=str(ROOT / "build" / "selene"))
    parser.add_argument("--corpus", type=pathlib.Path, required=True, help="folder with docs.txt and queries.tsv")
    parser.add_argument("--peer", help="URL of a running OpenSearch or Elasticsearch")
    parser.add_argument("--peer-pid", type=int, help="its process")
    parser.add_argument("--docs", type=int, default=500_000)
    parser.add_argument("--batch", type=int, default=2000)
    parser.add_argument("--clients", type=int, default=2, help="that write")
    parser.add_argument("--queries", type=int, default=400, help="for the latency")
    parser.add_argument("--seconds", type=int, default=9, help="of load for the throughput")
    parser.add_argument("--settle", type=float, default=5, help="seconds between indexing and searching")
    args = parser.parse_args()
    if (args.peer is None) != (args.peer_pid is None):
        parser.error("--peer and --peer-pid go together")
    if not (args.corpus / "docs.txt").exists():
        subprocess.run([sys.executable, str(ROOT / "tools" / "make_search_corpus.py"), str(args.corpus)], check=True)
    queries = read_queries(args.corpus / "queries.tsv")
    with Server(args.program) as server:
        ours = measure(Node("selene", server.url, server.process.pid), args, queries)
    if args.peer is None:
        return
    peer = measure(Node("peer", args.peer, args.peer_pid), args, queries)
    print("\nours / peer")
    for name, value in ours.items():
        print(f"  {name:44} {value:10.2f} {peer[name]:10.2f}   {value / peer[name]:.2f}x")


if __name__ == "__main__":
    main()
