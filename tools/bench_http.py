#!/usr/bin/env python3
"""What re-ranking over HTTP costs beside the model's own time: the product's request, sent to a server of its own.

The model's time comes from the server's counters (`selene_inference_compute_seconds_total` at /metrics), the whole from the client.
Prints the median of both over N different queries of data/qed-nq and the overhead of everything else: HTTP, search, fetching texts,
tokenising, JSON. Standard library only.
"""

import argparse
import json
import pathlib
import re
import statistics
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from selene_server import Server  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parent.parent
COUNTER = re.compile(r"^selene_inference_compute_seconds_total\{[^}]*\} (\S+)$", re.M)


def documents():
    with open(ROOT / "data" / "qed-nq" / "corpus.jsonl", encoding="utf-8") as corpus:
        for line in corpus:
            document = json.loads(line)
            yield {"index": {"_id": document["_id"]}}
            yield {"text": f"{document['title']}. {document['text']}" if document.get("title") else document["text"]}


def queries(count):
    with open(ROOT / "data" / "qed-nq" / "queries.jsonl", encoding="utf-8") as lines:
        return [json.loads(line)["text"] for _, line in zip(range(count), lines)]


def call(client, method, path, body=None, headers=None):
    answer = client.send(method, path, body, headers)
    if not 200 <= answer.status < 300:
        sys.exit(f"{method} {path} answered {answer.status}: {answer.text[:1000]}")
    return answer


def model_seconds(client):
    return sum(float(value) for value in COUNTER.findall(call(client, "GET", "/metrics").text))


def request(query):
    reranker = {"retriever": {"standard": {"query": {"match": {"text": query}}}}, "field": "text", "inference_id": "bench",
                "inference_text": query, "rank_window_size": 100}
    return {"retriever": {"text_similarity_reranker": reranker}, "size": 10}


def measure(client, texts):
    rows = []
    for text in texts:
        before = model_seconds(client)
        started = time.monotonic()
        call(client, "POST", "/passages/_search", request(text))
        whole = time.monotonic() - started
        rows.append((whole, model_seconds(client) - before))
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", default=str(ROOT / "build" / "selene"))
    parser.add_argument("--queries", type=int, default=40)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    with Server(args.program) as server:
        client = server.client()
        call(client, "PUT", "/passages", {"mappings": {"properties": {"text": {"type": "text", "analyzer": "english"}}}})
        call(client, "POST", "/passages/_bulk?refresh=true", "".join(json.dumps(line) + "\n" for line in documents()), {"Content-Type": "application/x-ndjson"})
        call(client, "PUT", "/_inference/rerank/bench", {"service": "elasticsearch", "service_settings": {
            "model_id": ".rerank-v1", "num_threads": args.threads, "num_allocations": 1}})
        texts = queries(args.queries + 2)
        measure(client, texts[:2])
        rows = measure(client, texts[2:])
    whole = statistics.median(row[0] for row in rows)
    model = statistics.median(row[1] for row in rows)
    overhead = statistics.median(row[0] / row[1] - 1 for row in rows)
    print(f"{len(rows)} re-ranked searches of 100 passages, {args.threads} thread(s): whole {whole * 1000:.1f} ms, model {model * 1000:.1f} ms, overhead {overhead * 100:.1f} % (medians)")


if __name__ == "__main__":
    main()
