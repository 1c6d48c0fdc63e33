#!/usr/bin/env python3
"""What `make demo` shows: the same search before and after re-ranking, on a server of its own with a temporary data folder.

Standard library only. Ends with status 0 if the re-ranked search answered, else prints the server's log and ends with 1.
"""

import argparse
import json
import pathlib
import sys
import textwrap
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from passages import ROOT, bulk_body, read_corpus, sky  # noqa: E402
from selene_server import CallError, Server, call, demonstrate  # noqa: E402

QUESTION = "How often does the moon hide the sun?"
INDEX = "passages"
NUM_WIKIPEDIA = 1000


def timed(client, method, path, body, headers=None):
    """(JSON answer, milliseconds)."""
    started = time.monotonic()
    answer = call(client, method, path, body, headers)
    return answer, (time.monotonic() - started) * 1000


def load(client):
    call(client, "PUT", f"/{INDEX}", {"settings": {"number_of_replicas": 0}, "mappings": {"properties": {"text": {"type": "text", "analyzer": "english"}}}})
    wikipedia = [("wikipedia-" + name, text) for name, text in read_corpus("qed-nq", NUM_WIKIPEDIA)]
    body = bulk_body(wikipedia + sky())
    answer, elapsed_ms = timed(client, "POST", f"/{INDEX}/_bulk?refresh=true", body, {"Content-Type": "application/x-ndjson"})
    if answer["errors"]:
        raise CallError("some passages were refused: " + json.dumps(next(item for item in answer["items"] if "error" in item["index"])))
    print(f"Loaded {len(answer['items'])} passages in {elapsed_ms:.0f} ms: Wikipedia (data/qed-nq) and the sky (examples/sky.ndjson).")


def show(hits, heading, places=None):
    print(f"\n{heading}")
    for place, hit in enumerate(hits, 1):
        before = "" if places is None else f" (was {places.get(hit['_id'], '-')})"
        lines = textwrap.wrap(hit["_source"]["text"], 100)
        print(f"  {place}. {hit['_score']:7.4f}{before:9}  {lines[0]}" + (" ..." if len(lines) > 1 else ""))


def run(server):
    client = server.client()
    load(client)
    endpoint = {"service": "elasticsearch", "service_settings": {"model_id": ".rerank-v1", "num_threads": 1, "num_allocations": 1}}
    call(client, "PUT", "/_inference/rerank/elastic-rerank", endpoint)

    match = {"match": {"text": QUESTION}}
    plain, plain_ms = timed(client, "POST", "/_search", {"query": match, "size": 100})
    request = {
        "retriever": {
            "text_similarity_reranker": {
                "retriever": {"standard": {"query": match}},
                "field": "text",
                "inference_id": "elastic-rerank",
                "inference_text": QUESTION,
                "rank_window_size": 100,
                "min_score": 0.5,
            }
        }
    }
    reranked, reranked_ms = timed(client, "POST", "/_search", request)
    hits = reranked["hits"]["hits"]
    if not hits:
        raise CallError("the re-ranked search found nothing")
    places = {hit["_id"]: place for place, hit in enumerate(plain["hits"]["hits"], 1)}
    print(f"\nPOST _search\n{json.dumps(request)}")
    show(plain["hits"]["hits"][:5], f"Before: match \"{QUESTION}\", BM25, {plain['hits']['total']['value']} hits, {plain_ms:.1f} ms")
    show(hits[:5], f"After: the first {len(places)} re-ranked by the cross-encoder, {reranked_ms:.1f} ms", places)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", default=str(ROOT / "build" / "selene"))
    args = parser.parse_args()
    return demonstrate(Server(args.program), run)


if __name__ == "__main__":
    sys.exit(main())
