#!/usr/bin/env python3
"""What `make demo-hybrid` shows: one question searched by words, by a sparse and by a dense encoder, all three fused, and the fusion re-ranked.

On a server of its own with a temporary data folder; encoders come with packages (semantic_models.txt). Standard library only. Ends with status 0 if every
search found something, else prints the server's log and ends with 1.
"""

import argparse
import json
import pathlib
import sys
import textwrap
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import hybrid_server as hybrid  # noqa: E402
from passages import ROOT, read_corpus, sky  # noqa: E402
from selene_server import CallError, call, demonstrate  # noqa: E402

QUESTION = "what makes the evening sky turn red"
INDEX = "passages"
WINDOW = 50
SHOWN = 3


def search(client, retriever):
    started = time.monotonic()
    answer = call(client, "POST", f"/{INDEX}/_search", {"retriever": retriever, "size": WINDOW})
    elapsed_ms = (time.monotonic() - started) * 1000
    if not answer["hits"]["hits"]:
        raise CallError(f"nothing was found by {json.dumps(retriever)}")
    return answer["hits"]["hits"], elapsed_ms


def show(name, hits, elapsed_ms, places=None):
    print(f"\n{name}, {elapsed_ms:.1f} ms")
    for place, hit in enumerate(hits[:SHOWN], 1):
        before = "" if places is None else f" (was {places.get(hit['_id'], '-')})"
        lines = textwrap.wrap(hit["_source"]["text"], 100)
        print(f"  {place}. {hit['_score']:8.4f}{before:9}  {lines[0]}" + (" ..." if len(lines) > 1 else ""))


def run(client, num_wikipedia, question):
    hybrid.make_endpoints(client, num_threads=1)
    documents = sky() + read_corpus("qed-nq", num_wikipedia)
    started = time.monotonic()
    hybrid.load(client, INDEX, documents)
    seconds = time.monotonic() - started
    print(f"Indexed {len(documents)} passages in {seconds:.1f} s, each embedded by {hybrid.DENSE} (dense) and {hybrid.SPARSE} (sparse).")
    print(f"\nThe question: {question}")
    stages = hybrid.first_stages(question, WINDOW)
    places = {}
    for name, retriever in stages.items():
        search(client, retriever)  # the first one loads the model
        hits, elapsed_ms = search(client, retriever)
        show("rrf of the three" if name == "rrf" else name, hits, elapsed_ms)
        places = {hit["_id"]: place for place, hit in enumerate(hits, 1)}
    hits, elapsed_ms = search(client, hybrid.reranked(stages["rrf"], question, WINDOW))
    show(f"The first {len(hits)} of the fusion, re-ranked by the cross-encoder", hits, elapsed_ms, places)
    print(f"\nPOST {INDEX}/_search\n{json.dumps({'retriever': hybrid.reranked(stages['rrf'], question, WINDOW)})}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", default=str(ROOT / "build" / "selene"))
    parser.add_argument("--environment", required=True, help="virtual environment with the packages of semantic_models.txt")
    parser.add_argument("--wikipedia", type=int, default=400, help="passages of data/qed-nq beside those of examples/sky.ndjson")
    parser.add_argument("--question", default=QUESTION)
    args = parser.parse_args()
    try:
        server = hybrid.hybrid_server(args.program, args.environment)
    except CallError as error:
        print(error, file=sys.stderr)
        return 1
    return demonstrate(server, lambda started: run(started.client(timeout_s=300), args.wikipedia, args.question))


if __name__ == "__main__":
    sys.exit(main())
