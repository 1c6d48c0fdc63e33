#!/usr/bin/env python3
"""Compares what searches show with a running Elasticsearch or OpenSearch: aggregations, highlighting, sorting, collapse and rescore over the same
random documents, one index of one shard on both sides. Prints each request that differs; the last line is `N equal, N differ`.

    tools/conformance_results.py --url http://127.0.0.1:9200 [--program build/selene] [--seed 7] [--requests 300]
"""

import argparse
import json
import math
import pathlib
import random
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from selene_server import Client, Server  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parent.parent
INDEX = "feature-conformance-results"
MAPPINGS = {"properties": {"t": {"type": "text"}, "k": {"type": "keyword"}, "m": {"type": "keyword"}, "n": {"type": "integer"}, "l": {"type": "long"},
                           "f": {"type": "double"}, "d": {"type": "date"}, "b": {"type": "boolean"}}}
WORDS = "the quick brown fox jumps over a lazy dog while red deer run far away and blue birds sing of the sea under old trees".split()
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "+05:30"]


def text(rng):
    sentences = []
    for _ in range(rng.randint(1, 6)):
        words = [rng.choice(WORDS) for _ in range(rng.randint(2, 25))]
        sentences.append(" ".join(words).capitalize() + rng.choice([".", "!", "?", "."]))
    return " ".join(sentences)


def documents(rng, count):
    for number in range(count):
        source = {"t": text(rng) if rng.random() < 0.8 else [text(rng), text(rng)], "u": number}
        if rng.random() < 0.9:
            source["k"] = rng.choice("abcdefgh")
        if rng.random() < 0.8:
            source["m"] = rng.sample(["x", "y", "z", "w"], rng.randint(1, 3))
        if rng.random() < 0.9:
            source["n"] = rng.randint(-20, 20)
        source["l"] = [rng.randint(0, 5) for _ in range(rng.randint(1, 3))]
        if rng.random() < 0.9:
            source["f"] = round(rng.uniform(-5, 5), 3)
        source["d"] = f"20{rng.randint(19, 21)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}T{rng.randint(0, 23):02}:{rng.randint(0, 59):02}:00Z"
        source["b"] = rng.random() < 0.5
        yield str(number), source


def metric(rng):
    field = rng.choice(["n", "l", "f"])
    kind = rng.choice(["avg", "sum", "min", "max", "value_count", "stats", "extended_stats", "percentiles", "percentile_ranks", "cardinality", "median_absolute_deviation"])
    body = {"field": field}
    if kind == "percentile_ranks":
        body["values"] = sorted(rng.sample(range(-20, 20), 3))
    if rng.random() < 0.2:
        body["missing"] = rng.randint(-3, 3)
    return {kind: body}


def bucket(rng, depth):
    kind = rng.choice(["terms", "terms", "histogram", "date_histogram", "range", "date_range", "filter", "filters", "missing", "composite", "global" if depth == 0 else "terms"])
    if kind == "terms":
        body = {"field": rng.choice(["k", "m", "n", "l", "b"]), "size": rng.randint(1, 12)}
        if rng.random() < 0.4:
            body["order"] = rng.choice([{"_key": "desc"}, {"_count": "asc"}, {"_key": "asc"}])
        if rng.random() < 0.2:
            body["min_doc_count"] = rng.choice([0, 2, 5])
    elif kind == "histogram":
        body = {"field": rng.choice(["n", "l", "f"]), "interval": rng.choice([1, 2.5, 7]), "min_doc_count": rng.choice([0, 1]), "offset": rng.choice([0, 0.5])}
    elif kind == "date_histogram":
        body = {"field": "d", "time_zone": rng.choice(ZONES), "min_doc_count": rng.choice([0, 1])}
        body.update(rng.choice([{"calendar_interval": rng.choice(["month", "quarter", "year", "week", "day"])}, {"fixed_interval": rng.choice(["10d", "36h", "90d"])}]))
        if rng.random() < 0.3:
            body["format"] = "yyyy-MM-dd"
    elif kind == "range":
        body = {"field": rng.choice(["n", "f"]), "keyed": rng.random() < 0.3, "ranges": [{"to": 0}, {"from": 0, "to": 3.5}, {"from": -2}]}
    elif kind == "date_range":
        body = {"field": "d", "ranges": [{"to": "2020-01-01"}, {"from": "2020-01-01", "to": "2020-06-15||/M"}, {"from": "2020-07"}]}
    elif kind == "filters":
        body = {"filters": {"one": {"term": {"k": "a"}}, "two": {"range": {"n": {"gt": 0}}}}, "other_bucket": rng.random() < 0.5}
    elif kind == "filter":
        body = {"term": {"m": rng.choice("xyz")}}
    elif kind == "missing":
        body = {"field": rng.choice(["k", "n", "f"])}
    elif kind == "composite":
        body = {"size": rng.randint(1, 20), "sources": [{"a": {"terms": {"field": rng.choice(["k", "m"]), "order": rng.choice(["asc", "desc"])}}}, {"h": {"histogram": {"field": "n", "interval": 5}}}]}
    else:
        body = {}
    made = {kind: body}
    if depth < 2 and rng.random() < 0.6:
        made["aggs"] = {"s": bucket(rng, depth + 1) if rng.random() < 0.4 and kind != "global" else metric(rng)}
        if made["aggs"]["s"].keys() & {"composite"}:
            del made["aggs"]
    return made


def query(rng):
    words = " ".join(rng.sample(WORDS, rng.randint(1, 3)))
    return rng.choice([{"match_all": {}}, {"match": {"t": words}}, {"match_phrase": {"t": " ".join(rng.sample(WORDS, 2))}}, {"bool": {"must": [{"match": {"t": words}}], "filter": [{"range": {"n": {"gte": -10}}}]}},
                       {"prefix": {"t": rng.choice(WORDS)[:2]}}])


def request(rng):
    body = {"query": query(rng), "size": rng.randint(0, 8), "_source": False}
    kind = rng.choice(["aggs", "aggs", "highlight", "sort", "collapse", "rescore"])
    if kind == "aggs":
        body["size"] = 0
        body["aggs"] = {"a": bucket(rng, 0), "b": metric(rng)}
    if kind == "highlight":
        body["sort"] = ["u"]
        body["highlight"] = {"fields": {"t": {"fragment_size": rng.choice([0, 20, 60, 100, 150]), "number_of_fragments": rng.choice([0, 1, 3, 5])}}, "order": rng.choice(["none", "score"])}
    if kind == "sort":
        field = rng.choice(["k", "m", "n", "l", "f", "d", "b"])
        key = {"order": rng.choice(["asc", "desc"]), "missing": rng.choice(["_first", "_last"])}
        if field in ("n", "l", "f") and rng.random() < 0.5:
            key["mode"] = rng.choice(["min", "max", "sum", "avg", "median"])
        body["sort"] = [{field: key}, "u"]
    if kind == "collapse":
        body["sort"] = [{"n": rng.choice(["asc", "desc"])}, "u"]
        body["collapse"] = {"field": rng.choice(["k", "n"]), "inner_hits": {"name": "i", "size": 2, "sort": ["u"], "_source": False}}
    if kind == "rescore":
        body["rescore"] = {"window_size": rng.randint(1, 20), "query": {"rescore_query": {"match": {"t": rng.choice(WORDS)}}, "query_weight": 0.5, "rescore_query_weight": 2, "score_mode": rng.choice(["total", "multiply", "avg", "max", "min"])}}
    return body


def shown(answer):
    """What of an answer must be the same."""
    if "error" in answer:
        return {"error": answer["error"]["type"], "status": answer["status"]}
    answer = {key: answer[key] for key in ("hits", "aggregations") if key in answer}
    return answer


def same(a, b, path=""):
    """The path of the first difference, or None. Numbers may differ in their last bits."""
    if isinstance(a, dict) and isinstance(b, dict):
        if a.keys() != b.keys():
            return f"{path}: {sorted(a.keys() ^ b.keys())}"
        return next((found for key in a if (found := same(a[key], b[key], f"{path}.{key}"))), None)
    if isinstance(a, list) and isinstance(b, list):
        if len(a) != len(b):
            return f"{path}: {len(a)} and {len(b)} elements"
        return next((found for i, pair in enumerate(zip(a, b)) if (found := same(*pair, f"{path}[{i}]"))), None)
    if isinstance(a, (int, float)) and isinstance(b, (int, float)) and not isinstance(a, bool):
        return None if math.isclose(a, b, rel_tol=1e-5, abs_tol=1e-9) else f"{path}: {a} and {b}"
    return None if a == b else f"{path}: {json.dumps(a)[:300]} and {json.dumps(b)[:300]}"


def fill(client, sources):
    client.send("DELETE", f"/{INDEX}")
    answer = client.send("PUT", f"/{INDEX}", {"settings": {"number_of_shards": 1, "number_of_replicas": 0}, "mappings": MAPPINGS})
    assert answer.status == 200, answer.text
    lines = "".join(json.dumps(line) + "\n" for key, source in sources for line in ({"index": {"_id": key}}, source))
    answer = client.send("POST", f"/{INDEX}/_bulk?refresh=true", lines, {"Content-Type": "application/x-ndjson"})
    assert answer.status == 200 and not answer.json()["errors"], answer.text[:500]
    client.send("POST", f"/{INDEX}/_forcemerge?max_num_segments=1")
    client.send("POST", f"/{INDEX}/_refresh")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", default=str(ROOT / "build" / "selene"))
    parser.add_argument("--url", required=True)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--documents", type=int, default=300)
    parser.add_argument("--requests", type=int, default=300)
    args = parser.parse_args()
    rng = random.Random(args.seed)
    sources = list(documents(rng, args.documents))
    equal = differ = 0
    with Server(args.program) as server:
        own, other = server.client(), Client(args.url)
        fill(own, sources)
        fill(other, sources)
        for _ in range(args.requests):
            body = request(rng)
            answers = [shown(client.send("POST", f"/{INDEX}/_search", body).json()) for client in (own, other)]
            difference = same(*answers)
            if difference is None:
                equal += 1
                continue
            differ += 1
            print(f"{json.dumps(body)}\n    {difference}", flush=True)
        other.send("DELETE", f"/{INDEX}")
    print(f"seed {args.seed}: {equal} equal, {differ} differ")
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
