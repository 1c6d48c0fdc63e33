#!/usr/bin/env python3
"""nDCG@10 on the judged sets of data/ of words (BM25), a dense and a sparse encoder, and their fusion by rrf, each with and without re-ranking.

    python3 tools/eval_hybrid.py --environment VENV [--queries 300] [--reranked 100] [--depth 100] [--out FILE] [SET ...]

Every search goes through the REST API of a server of its own. Queries are a fixed sample (seed 13 over the sorted ids); the first of them are also re-ranked.
Gains are 2^grade - 1. Standard library only.
"""

import argparse
import json
import math
import pathlib
import random
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import hybrid_server as hybrid  # noqa: E402
from passages import ROOT, read_corpus  # noqa: E402
from selene_server import CallError, call  # noqa: E402

SETS = ["qed-nq", "xquad-en"]
CUTOFF = 10


def read_queries(name, limit):
    """[(text, {document id: grade})]"""
    folder = ROOT / "data" / name
    grades = {}
    with open(folder / "qrels.tsv", encoding="utf-8") as lines:
        for line in list(lines)[1:]:
            query, document, grade = line.rstrip("\n").split("\t")
            grades.setdefault(query, {})[document] = int(grade)
    with open(folder / "queries.jsonl", encoding="utf-8") as lines:
        texts = {query["_id"]: query["text"] for query in map(json.loads, lines) if query["_id"] in grades}
    ids = sorted(texts)
    if limit and len(ids) > limit:
        ids = random.Random(13).sample(ids, limit)
    return [(texts[query], grades[query]) for query in ids]


def ndcg(ranking, grades):
    def gained(values):
        return sum((2**grade - 1) / math.log2(rank + 2) for rank, grade in enumerate(values[:CUTOFF]))

    best = gained(sorted(grades.values(), reverse=True))
    return gained([grades.get(document, 0) for document in ranking[:CUTOFF]]) / best if best else 0.0


def rank(client, index, retriever, size):
    answer = call(client, "POST", f"/{index}/_search", {"retriever": retriever, "size": size, "_source": False, "track_total_hits": False})
    return [hit["_id"] for hit in answer["hits"]["hits"]]


def mean(values):
    return sum(values) / len(values)


def measure(client, name, queries, args):
    """{stage: {"alone": all nDCG, "re-ranked": those of the first queries}}"""
    found = {}
    for number, (text, grades) in enumerate(queries):
        for stage, retriever in hybrid.first_stages(text, args.depth).items():
            kinds = found.setdefault(stage, {"alone": [], "re-ranked": []})
            kinds["alone"].append(ndcg(rank(client, name, retriever, CUTOFF), grades))
            if number < args.reranked:
                kinds["re-ranked"].append(ndcg(rank(client, name, hybrid.reranked(retriever, text, args.depth), CUTOFF), grades))
    return found


def evaluate(client, name, args):
    documents = read_corpus(name)
    queries = read_queries(name, args.queries)
    hybrid.load(client, name, documents)
    started = time.monotonic()
    found = measure(client, name, queries, args)
    num_reranked = min(args.reranked, len(queries))
    print(f"\n{name}: {len(documents)} documents, depth {args.depth}, {time.monotonic() - started:.0f} s; nDCG@10")
    print(f"  {'':8}  {len(queries):>6} queries  {num_reranked:>6} queries  the same, re-ranked")
    means = {}
    for stage, kinds in found.items():
        means[stage] = {"alone": mean(kinds["alone"]), "alone_of_reranked": mean(kinds["alone"][:num_reranked]), "reranked": mean(kinds["re-ranked"])}
        print(f"  {stage:8}  {means[stage]['alone']:14.4f}  {means[stage]['alone_of_reranked']:14.4f}  {means[stage]['reranked']:19.4f}", flush=True)
    return {"documents": len(documents), "queries": len(queries), "reranked_queries": num_reranked, "depth": args.depth, "ndcg@10": means}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=str(ROOT / "build" / "selene"))
    parser.add_argument("--environment", required=True, help="virtual environment with the packages of semantic_models.txt")
    parser.add_argument("--queries", type=int, default=300, help="0: all")
    parser.add_argument("--reranked", type=int, default=100, help="so many of the queries are also re-ranked; at least 1")
    parser.add_argument("--depth", type=int, default=100)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--out", help="JSON file that gets the figures")
    parser.add_argument("sets", nargs="*", default=SETS)
    args = parser.parse_args()
    results = {}
    try:
        with hybrid.hybrid_server(args.program, args.environment) as server:
            client = server.client(timeout_s=300)
            hybrid.make_endpoints(client, args.threads)
            for name in args.sets:
                results[name] = evaluate(client, name, args)
    except (CallError, RuntimeError, OSError) as error:
        print(f"The evaluation failed: {error}", file=sys.stderr)
        return 1
    if args.out:
        pathlib.Path(args.out).write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
