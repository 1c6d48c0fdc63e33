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
from selene_server import Server  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parent.parent
QUESTION = "How often does the moon hide the sun?"
INDEX = "passages"
NUM_WIKIPEDIA = 1000


class DemoError(Exception):
    pass


def call(client, method, path, body=None, headers=None):
    """(JSON answer, milliseconds); raises DemoError on any status but 2xx."""
    started = time.monotonic()
    answer = client.send(method, path, body, headers)
    elapsed_ms = (time.monotonic() - started) * 1000
    if not 200 <= answer.status < 300:
        raise DemoError(f"{method} {path} answered {answer.status}: {answer.text[:2000]}")
    return answer.json(), elapsed_ms


def with_title(document):
    return f"{document['title']}. {document['text']}" if document.get("title") else document["text"]


def sample_lines():
    """Lines of a _bulk body: passages of Wikipedia from data/qed-nq, then those of examples/sky.ndjson."""
    with open(ROOT / "data" / "qed-nq" / "corpus.jsonl", encoding="utf-8") as corpus:
        for _, line in zip(range(NUM_WIKIPEDIA), corpus):
            document = json.loads(line)
            yield {"index": {"_id": "wikipedia-" + document["_id"]}}
            yield {"text": with_title(document)}
    with open(ROOT / "examples" / "sky.ndjson", encoding="utf-8") as sky:
        for line in sky:
            value = json.loads(line)
            yield value if "index" in value else {"text": with_title(value)}


def load(client):
    call(client, "PUT", f"/{INDEX}", {"settings": {"number_of_replicas": 0}, "mappings": {"properties": {"text": {"type": "text", "analyzer": "english"}}}})
    lines = list(sample_lines())
    body = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    answer, elapsed_ms = call(client, "POST", f"/{INDEX}/_bulk?refresh=true", body, {"Content-Type": "application/x-ndjson"})
    if answer["errors"]:
        raise DemoError("some passages were refused: " + json.dumps(next(item for item in answer["items"] if "error" in item["index"])))
    print(f"Loaded {len(answer['items'])} passages in {elapsed_ms:.0f} ms: Wikipedia (data/qed-nq) and the sky (examples/sky.ndjson).")


def show(hits, heading, places=None):
    print(f"\n{heading}")
    for place, hit in enumerate(hits, 1):
        before = "" if places is None else f" (was {places.get(hit['_id'], '-')})"
        lines = textwrap.wrap(hit["_source"]["text"], 100)
        print(f"  {place}. {hit['_score']:7.4f}{before:9}  {lines[0]}" + (" ..." if len(lines) > 1 else ""))


def run(client):
    load(client)
    endpoint = {"service": "elasticsearch", "service_settings": {"model_id": ".rerank-v1", "num_threads": 1, "num_allocations": 1}}
    call(client, "PUT", "/_inference/rerank/elastic-rerank", endpoint)

    match = {"match": {"text": QUESTION}}
    plain, plain_ms = call(client, "POST", "/_search", {"query": match, "size": 100})
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
    reranked, reranked_ms = call(client, "POST", "/_search", request)
    hits = reranked["hits"]["hits"]
    if not hits:
        raise DemoError("the re-ranked search found nothing")
    places = {hit["_id"]: place for place, hit in enumerate(plain["hits"]["hits"], 1)}
    print(f"\nPOST _search\n{json.dumps(request)}")
    show(plain["hits"]["hits"][:5], f"Before: match \"{QUESTION}\", BM25, {plain['hits']['total']['value']} hits, {plain_ms:.1f} ms")
    show(hits[:5], f"After: the first {len(places)} re-ranked by the cross-encoder, {reranked_ms:.1f} ms", places)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", default=str(ROOT / "build" / "selene"))
    args = parser.parse_args()

    server = Server(args.program)
    try:
        server.start()
        print(f"Selene is up at {server.url}, {server.start_seconds * 1000:.0f} ms after its start, with an empty data folder.", flush=True)
        run(server.client())
        print(f"\nThe server used {server.resident_mib() or 0:.0f} MiB of memory. Start one for yourself: make serve")
    except (DemoError, RuntimeError, OSError, ValueError, KeyError) as error:
        print(f"The demo failed: {error}\n\nThe server's log:\n{server.log()}", file=sys.stderr)
        return 1
    finally:
        status = server.close()
    if status != 0:
        print(f"The server did not stop as asked: {status}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
