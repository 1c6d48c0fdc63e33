#!/usr/bin/env python3
"""Mixed load from several clients: writes, deletes, searches, re-ranking, errors, clients that hang up. Memory does not grow with time.

Caches and write buffers fill up to their bounds: what they hold (`selene_*_cache_bytes`, `selene_store_write_buffer_bytes` at /metrics) is taken off the
resident memory before it is compared. Mapped files count, though the system may drop their pages: those of the program, the model and the live segments are
soon all there and stay level, so that more of them would be segments that nobody unmapped after they were merged.
`--seconds 600` runs that long and prints the figures as it goes; without it a fixed number of rounds is run.
"""

import http.client
import itertools
import json
import random
import re
import sys
import threading
import time

import _common
from selene_server import Server

CLIENTS = 3
WARM_UP_ROUNDS = 40  # of each client
ROUNDS = 60
READINGS = 10
ALLOWED_GROWTH_MIB = 24  # pages of merged segments, free memory between what is used
DOCUMENTS = 300
CACHE_BYTES = re.compile(r"^selene_(?:\w+_cache|store_write_buffer)_bytes(?:\{[^}]*\})? (\S+)$", re.M)


def passages(count):
    with open(_common.ROOT / "data" / "qed-nq" / "corpus.jsonl", encoding="utf-8") as corpus:
        return [json.loads(line)["text"] for line in itertools.islice(corpus, count)]


def queries(count):
    with open(_common.ROOT / "data" / "qed-nq" / "queries.jsonl", encoding="utf-8") as lines:
        return [json.loads(line)["text"] for line in itertools.islice(lines, count)]


def reranked(query):
    return {"size": 5, "retriever": {"text_similarity_reranker": {
        "retriever": {"standard": {"query": {"match": {"text": query}}}}, "field": "text", "inference_id": ".rerank-v1-elasticsearch",
        "inference_text": query, "rank_window_size": 10}}}


def bulk(lines):
    return "".join(json.dumps(line) + "\n" for line in lines)


class Load:
    """One client's endless round of requests; every answer's status is one that the request allows."""

    def __init__(self, server, seed, texts, questions):
        self.server, self.random, self.texts, self.questions = server, random.Random(seed), texts, questions
        self.client = server.client()
        self.wrong = []

    def send(self, allowed, method, path, body=None, headers=None):
        answer = self.client.send(method, path, body, headers)
        if answer.status not in allowed:
            self.wrong.append(f"{method} {path}: {answer.status} {answer.text[:200]}")

    def round(self):
        pick = self.random
        ndjson = {"Content-Type": "application/x-ndjson"}
        lines = []
        for _ in range(5):
            lines += [{"index": {"_id": str(pick.randrange(DOCUMENTS))}}, {"text": pick.choice(self.texts)}]
        self.send({200}, "POST", "/steady/_bulk", bulk(lines), ndjson)
        self.send({200, 404}, "DELETE", f"/steady/_doc/{pick.randrange(DOCUMENTS)}")
        if pick.random() < 0.3:
            self.send({200}, "POST", "/steady/_refresh")
        self.send({200, 404}, "GET", f"/steady/_doc/{pick.randrange(DOCUMENTS)}")
        query = pick.choice(self.questions)
        self.send({200}, "POST", "/steady/_search", {"query": {"match": {"text": query}}})
        self.send({200}, "POST", "/steady/_search", reranked(query))
        self.send({400}, "POST", "/steady/_search", {"query": {"no_such_query": {}}})
        self.send({404}, "GET", "/missing/_search")
        self.hang_up(query)

    def hang_up(self, query):
        """Asks for a ranking and goes before it comes."""
        connection = http.client.HTTPConnection(self.client.host, self.client.port, timeout=30)
        connection.request("POST", "/steady/_search", json.dumps(reranked(query + " again")), {"Content-Type": "application/json"})
        connection.close()


def run_rounds(loads, goes_on):
    """Rounds of every client, each in a thread, while goes_on(rounds done)."""
    def work(load):
        done = 0
        while goes_on(done):
            load.round()
            done += 1
    threads = [threading.Thread(target=work, args=(load,)) for load in loads]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def resident_mib(server):
    """Without what caches and write buffers hold."""
    cached = sum(float(value) for value in CACHE_BYTES.findall(server.client().send("GET", "/metrics").text))
    return server.resident_mib() - cached / (1 << 20)


def settled_mib(server, loads):
    """The least of some readings, each after a round: what the store has just written to a table is still there, and counted nowhere, for up to a second."""
    readings = []
    for _ in range(READINGS):
        run_rounds(loads, lambda done: done < 1)
        readings.append(resident_mib(server))
    return min(readings)


def main():
    parser = _common.parser(__doc__)
    parser.add_argument("--seconds", type=float, default=0, help="how long after warming up; 0: a fixed number of rounds")
    args = parser.parse_args()
    tally = _common.Tally()
    texts, questions = passages(DOCUMENTS), queries(60)
    with Server(args.program) as server:
        client = server.client()
        client.send("PUT", "/steady", {"mappings": {"properties": {"text": {"type": "text"}}}})
        lines = [line for i, text in enumerate(texts) for line in ({"index": {"_id": str(i)}}, {"text": text})]
        client.send("POST", "/steady/_bulk?refresh=true", bulk(lines), {"Content-Type": "application/x-ndjson"})
        loads = [Load(server, seed, texts, questions) for seed in range(CLIENTS)]
        run_rounds(loads, lambda done: done < WARM_UP_ROUNDS)
        warm = settled_mib(server, loads)
        started = time.monotonic()
        if args.seconds > 0:
            while (elapsed := time.monotonic() - started) < args.seconds:
                part_ends = time.monotonic() + min(30, args.seconds - elapsed)
                run_rounds(loads, lambda done, until=part_ends: time.monotonic() < until)
                print(f"{time.monotonic() - started:5.0f} s: {resident_mib(server):.1f} MiB", flush=True)
        else:
            run_rounds(loads, lambda done: done < ROUNDS)
        end = settled_mib(server, loads)
        print(f"resident without caches: warm {warm:.1f} MiB, at the end {end:.1f} MiB", flush=True)
        tally.check(end - warm < ALLOWED_GROWTH_MIB, "memory does not grow", f"{warm:.1f} MiB became {end:.1f}")
        wrong = [line for load in loads for line in load.wrong]
        tally.check(not wrong, "every answer is one that its request allows", wrong[:5])
        tally.check(server.alive() and client.send("GET", "/steady/_count").status == 200, "the server lives")
        tally.check(server.stop() == 0, "the server stops when told")
    return tally.end()


if __name__ == "__main__":
    sys.exit(main())
