#!/usr/bin/env python3
"""Acknowledged writes survive kill -9.

Several threads write through _bulk; the server is killed in the middle and started again on the same data folder, several times. After each start every
acknowledged document must be there with the content, version and sequence number of its last acknowledged write (or of a later one that was sent but not
acknowledged), a deleted one must be gone, and the inference endpoint and mapping made before must be known.
"""

import json
import random
import sys
import threading
import time

import _common
from selene_server import Client, Server

INDEX = "survivors"
NUM_WRITERS = 8
IDS_PER_WRITER = 40


class Writer(threading.Thread):
    """Writes its own ids only, in order, so that for each id the last acknowledged and the possible state are known."""

    def __init__(self, number, url, model, seed):
        super().__init__(daemon=True)
        self.number, self.client, self.model, self.random = number, Client(url, 30), model, random.Random(seed)
        self.stopping, self.num_acknowledged, self.refused = threading.Event(), 0, None

    def actions(self):
        """One bulk: ids without repetition, each indexed anew or, one in eight, deleted."""
        chosen = self.random.sample(range(IDS_PER_WRITER), self.random.randint(1, 20))
        for place in chosen:
            key = f"w{self.number}-{place}"
            yield key, None if self.random.random() < 0.125 else {"writer": self.number, "n": self.random.randrange(1 << 30), "text": "moon " * self.random.randint(1, 50)}

    def run(self):
        try:
            while not self.stopping.is_set():
                self.write_once()
        except OSError:
            pass  # the server was killed
        finally:
            self.client.close()

    def write_once(self):
        actions = list(self.actions())
        lines = []
        for key, source in actions:
            lines += [{"delete": {"_id": key}}] if source is None else [{"index": {"_id": key}}, source]
            self.model.setdefault(key, State()).pending.append(source)
        answer = self.client.send("POST", f"/{INDEX}/_bulk", "".join(json.dumps(line) + "\n" for line in lines), {"Content-Type": "application/x-ndjson"})
        if answer.status != 200:
            self.refused = answer.text
            self.stopping.set()
            return
        for (key, source), item in zip(actions, answer.json()["items"]):
            (outcome,) = item.values()
            if outcome["status"] >= 400 and outcome.get("result") != "not_found":
                self.refused = json.dumps(outcome)
            self.model[key].acknowledge(source, outcome["_version"], outcome["_seq_no"])
            self.num_acknowledged += 1


class State:
    """What one id may hold: the last acknowledged source and version, and sources sent since then."""

    def __init__(self):
        self.source, self.version, self.seq_no, self.pending = None, 0, -1, []

    def acknowledge(self, source, version, seq_no):
        self.source, self.version, self.seq_no, self.pending = source, version, seq_no, []

    def wrong(self, doc):
        """None, or why what the server has cannot be."""
        found, now = doc["found"], doc.get("_source")
        version, seq_no = doc.get("_version"), doc.get("_seq_no")
        if now == self.source and (not found or (version, seq_no) == (self.version, self.seq_no)):
            return None
        if now in self.pending and (not found or (version > self.version and seq_no > self.seq_no)):
            return None
        return f"has {version}, {seq_no}, {now}; acknowledged was {self.version}, {self.seq_no}, {self.source}, then sent {self.pending}"

    def settle(self, doc):
        self.source, self.pending = doc.get("_source"), []
        self.version = doc.get("_version", self.version)
        self.seq_no = doc.get("_seq_no", self.seq_no)


def verify(client, model, tally, cycle):
    keys = sorted(model)
    answer = client.send("POST", f"/{INDEX}/_mget", {"ids": keys})
    if not tally.check(answer.status == 200, f"cycle {cycle}: _mget", answer.text[:300]):
        return
    wrong = []
    for key, doc in zip(keys, answer.json()["docs"]):
        problem = model[key].wrong(doc)
        if problem:
            wrong.append(f"{key} {problem}")
        model[key].settle(doc)
    tally.check(not wrong, f"cycle {cycle}: {len(wrong)} of {len(keys)} documents", wrong[:3])

    client.send("POST", f"/{INDEX}/_refresh")
    live = {key for key in keys if model[key].source is not None}
    hits = client.send("POST", f"/{INDEX}/_search", {"size": 1000, "query": {"match": {"text": "moon"}}}).json()["hits"]
    tally.check({hit["_id"] for hit in hits["hits"]} == live, f"cycle {cycle}: search finds exactly the live documents", f"{hits['total']} hits, {len(live)} live")
    tally.check(all(hit["_source"] == model[hit["_id"]].source for hit in hits["hits"]), f"cycle {cycle}: search shows their last content")
    endpoint = client.send("GET", "/_inference/kept-rerank")
    tally.check(endpoint.status == 200, f"cycle {cycle}: the endpoint is known", endpoint.text[:200])
    mapping = client.send("GET", f"/{INDEX}").json()
    tally.check(mapping[INDEX]["mappings"]["properties"]["n"] == {"type": "long"}, f"cycle {cycle}: the mapping is known", mapping)


def run_cycle(server, model, tally, cycle, seed):
    writers = [Writer(number, server.url, model, seed * 1000 + cycle * 10 + number) for number in range(NUM_WRITERS)]
    for writer in writers:
        writer.start()
    delay = random.Random(seed + cycle).uniform(0.2, 0.8)
    deadline = time.monotonic() + delay
    # waits for work to be under way, not for time alone: the kill must hit running writers
    while time.monotonic() < deadline or sum(writer.num_acknowledged for writer in writers) < 50:
        if not server.alive() or not any(writer.is_alive() for writer in writers):
            break
        threading.Event().wait(0.005)
    tally.check(server.alive(), f"cycle {cycle}: the server lives until it is killed", server.log())
    server.kill()
    for writer in writers:
        writer.stopping.set()
        writer.join(60)
        tally.check(writer.refused is None, f"cycle {cycle}: every write was accepted", writer.refused)
    acknowledged = sum(writer.num_acknowledged for writer in writers)
    tally.check(acknowledged > 0, f"cycle {cycle}: something was acknowledged before the kill")
    server.start()
    print(f"cycle {cycle}: {acknowledged} acknowledged, {len(model)} ids, restart in {server.start_seconds * 1000:.0f} ms", flush=True)
    verify(server.client(), model, tally, cycle)


def main():
    parser = _common.parser(__doc__.splitlines()[0])
    parser.add_argument("--cycles", type=int, default=4)
    parser.add_argument("--seed", type=int, default=None)
    args = parser.parse_args()
    seed = random.randrange(1 << 30) if args.seed is None else args.seed
    print(f"seed {seed}")

    tally, model, server = _common.Tally(), {}, Server(args.program)
    try:
        server.start()
        client = server.client()
        service = {"service": "elasticsearch", "service_settings": {"model_id": ".rerank-v1", "num_threads": 1, "num_allocations": 1}}
        tally.check(client.send("PUT", "/_inference/rerank/kept-rerank", service).status == 200, "an endpoint can be made")
        tally.check(client.send("PUT", f"/{INDEX}", {"mappings": {"properties": {"text": {"type": "text"}}}}).status == 200, "an index can be made")
        for cycle in range(1, args.cycles + 1):
            run_cycle(server, model, tally, cycle, seed)
        tally.check(server.stop() == 0, "SIGTERM ends the server with status 0", server.log())
        server.start()
        verify(server.client(), model, tally, "after a clean stop")
    except (OSError, RuntimeError, ValueError, KeyError) as error:
        tally.check(False, "the test ran to its end", f"{type(error).__name__}: {error}\n{server.log()}")
    finally:
        server.close()
    return tally.end()


if __name__ == "__main__":
    sys.exit(main())
