#!/usr/bin/env python3
"""Times the first stage of a re-ranked hybrid search through the REST API: BM25, knn and sparse_vector fused by rrf, window 100, on a server of its own.

    python3 tools/bench_hybrid.py --program build/selene [--documents 500000] [--searches 300]

The corpus is synthetic and the same each time: words by Zipf's law, 2,000 topics; of a document 30 words, a sparse vector of 60 tokens and a vector of 64 numbers
lean to its topic. All documents are merged to one segment first. Prints p50, p90 and p99 as the client sees them, of each leaf alone and of the fusion; with
--rerank also of the whole search with the bundled re-ranker over 100 hits. Standard library only.
"""

import argparse
import bisect
import json
import pathlib
import random
import statistics
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from hybrid_server import reranked  # noqa: E402
from selene_server import CallError, call  # noqa: E402
from selene_server import ROOT, Server  # noqa: E402

INDEX = "hybrid"
NUM_WORDS, NUM_TOPICS, NUM_DIMS = 30_000, 2_000, 64
WINDOW = 100
BATCH = 1_000


class Corpus:
    """Documents and queries; equal for equal seeds."""

    def __init__(self, seed=20_240_229):
        self.random = random.Random(seed)
        self.cumulative, total = [], 0.0
        for rank in range(NUM_WORDS):
            total += 1 / (rank + 2.7)
            self.cumulative.append(total)
        self.topics = [[self.random.randrange(200, NUM_WORDS) for _ in range(100)] for _ in range(NUM_TOPICS)]
        self.centres = [[self.random.gauss(0, 1) for _ in range(NUM_DIMS)] for _ in range(NUM_TOPICS)]

    def word(self):
        return bisect.bisect_left(self.cumulative, self.random.random() * self.cumulative[-1])

    def words(self, topic, count):
        own = self.topics[topic]
        return [own[int(100 * self.random.random() ** 2)] if self.random.random() < 0.4 else self.word() for _ in range(count)]

    def item(self, num_words, num_tokens):
        """(text, token weights, vector) about a random topic."""
        topic = self.random.randrange(NUM_TOPICS)
        text = " ".join(f"w{word}" for word in self.words(topic, num_words))
        tokens = {f"t{word}": round(0.05 + 2 * self.random.random() ** 3, 3) for word in self.words(topic, num_tokens)}
        vector = [round(centre + self.random.gauss(0, 0.6), 3) for centre in self.centres[topic]]
        return text, tokens, vector


def load(client, corpus, num_documents):
    properties = {
        "text": {"type": "text"},
        "sparse": {"type": "sparse_vector"},
        "dense": {"type": "dense_vector", "dims": NUM_DIMS, "similarity": "cosine", "index_options": {"type": "int8_hnsw"}},
    }
    call(client, "PUT", f"/{INDEX}", {"settings": {"number_of_replicas": 0, "refresh_interval": "-1"}, "mappings": {"properties": properties}})
    for begin in range(0, num_documents, BATCH):
        lines = []
        for number in range(begin, min(begin + BATCH, num_documents)):
            text, tokens, vector = corpus.item(30, 60)
            lines += [f'{{"index":{{"_id":"{number}"}}}}', json.dumps({"text": text, "sparse": tokens, "dense": vector})]
        answer = call(client, "POST", f"/{INDEX}/_bulk", "\n".join(lines) + "\n", {"Content-Type": "application/x-ndjson"})
        if answer["errors"]:
            raise CallError("documents were refused")
    call(client, "POST", f"/{INDEX}/_refresh")
    call(client, "POST", f"/{INDEX}/_forcemerge?max_num_segments=1")


def leaves(item):
    text, tokens, vector = item
    return {
        "BM25": {"standard": {"query": {"match": {"text": text}}}},
        "knn": {"knn": {"field": "dense", "query_vector": vector, "k": WINDOW, "num_candidates": WINDOW}},
        "sparse": {"standard": {"query": {"sparse_vector": {"field": "sparse", "query_vector": tokens}}}},
    }


def requests_of(item, with_rerank):
    single = leaves(item)
    fused = {"rrf": {"retrievers": list(single.values()), "rank_window_size": WINDOW}}
    named = {**single, "rrf of the three": fused}
    if with_rerank:
        named["the same, re-ranked"] = reranked(fused, item[0], WINDOW)
    return named


def percentile(values, part):
    return sorted(values)[min(len(values) - 1, int(part * len(values)))]


def measure(client, corpus, num_searches, with_rerank):
    times = {}
    for number in range(num_searches + num_searches // 10):
        for name, retriever in requests_of(corpus.item(6, 24), with_rerank).items():
            body = {"retriever": retriever, "size": 10, "_source": False, "track_total_hits": False}
            started = time.perf_counter()
            call(client, "POST", f"/{INDEX}/_search", body)
            if number >= num_searches // 10:  # the first ones warm caches
                times.setdefault(name, []).append((time.perf_counter() - started) * 1000)
    return times


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=str(ROOT / "build" / "selene"))
    parser.add_argument("--documents", type=int, default=500_000)
    parser.add_argument("--searches", type=int, default=300)
    parser.add_argument("--rerank", action="store_true", help="times the whole re-ranked search too")
    args = parser.parse_args()
    corpus = Corpus()
    try:
        with Server(args.program) as server:
            client = server.client(timeout_s=3600)
            if args.rerank:
                settings = {"model_id": ".rerank-v1", "num_threads": 2, "num_allocations": 1}
                call(client, "PUT", "/_inference/rerank/my-rerank-v1", {"service": "elasticsearch", "service_settings": settings})
            started = time.monotonic()
            load(client, corpus, args.documents)
            print(f"{args.documents} documents indexed and merged in {time.monotonic() - started:.0f} s", flush=True)
            for name, values in measure(client, corpus, args.searches, args.rerank).items():
                p50, p90, p99 = (percentile(values, part) for part in (0.5, 0.9, 0.99))
                print(f"  {name:20} p50 {p50:7.2f} ms  p90 {p90:7.2f}  p99 {p99:7.2f}  mean {statistics.mean(values):7.2f}")
    except (CallError, RuntimeError, OSError) as error:
        print(f"The benchmark failed: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
