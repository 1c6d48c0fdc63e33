#!/usr/bin/env python3
"""Random documents and queries against Selene and a real node: the same hits with the same scores?

    tools/conformance_queries.py http://127.0.0.1:9200 http://127.0.0.1:19200 [--seed 1] [--queries 500] [--documents 300]

Each index has one shard and is merged to one segment, so that both count the same statistics. Scores are equal if they differ by at
most 1e-5 of their size. Hits of equal score may stand in any order. Prints each difference and ends with 1 if there was any.
"""

import argparse
import json
import random
import sys
import urllib.error
import urllib.request

INDEX = "query-conformance"
WORDS = ("sun moon star sky sea fox dog bear quick brown lazy night day light dark red green blue run jump sleep eat fish bird tree river "
         "mountain cloud rain snow wind storm summer winter spring autumn old new big small").split()
TAGS = ["red", "green", "blue", "dark-red", "dark-green", "light"]
MAPPINGS = {"properties": {
    "title": {"type": "text"}, "body": {"type": "text", "analyzer": "english"}, "tag": {"type": "keyword"}, "n": {"type": "integer"},
    "price": {"type": "double"}, "day": {"type": "date"}, "flag": {"type": "boolean"}, "ip": {"type": "ip"},
    "rank": {"type": "rank_feature"},
    "parts": {"type": "nested", "properties": {"name": {"type": "text"}, "size": {"type": "integer"}, "kind": {"type": "keyword"}}}}}


def call(base, method, path, body=None, content_type="application/json"):
    data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    request = urllib.request.Request(base + path, data, {"Content-Type": content_type}, method=method)
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read() or b"{}")


class Maker:
    """Documents and queries of one seed."""

    def __init__(self, seed):
        self.rng = random.Random(seed)

    def words(self, low, high):
        return " ".join(self.rng.choice(WORDS) for _ in range(self.rng.randint(low, high)))

    def document(self):
        rng = self.rng
        document = {"title": self.words(1, 8), "n": rng.randint(-20, 100), "price": round(rng.uniform(0, 50), 2), "flag": rng.random() < 0.3,
                    "tag": rng.sample(TAGS, rng.randint(0, 3)), "day": f"20{rng.randint(20, 25)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"}
        if rng.random() < 0.8:
            document["body"] = self.words(5, 60)
        if rng.random() < 0.5:
            document["ip"] = f"10.0.{rng.randint(0, 3)}.{rng.randint(0, 255)}"
        if rng.random() < 0.5:
            document["rank"] = round(rng.uniform(0.1, 100), 2)
        document["parts"] = [{"name": self.words(1, 5), "size": rng.randint(1, 10), "kind": rng.choice(TAGS)} for _ in range(rng.randint(0, 3))]
        return document

    def leaf(self):
        rng = self.rng
        field = rng.choice(["title", "body"])
        word = rng.choice(WORDS)
        choices = [
            lambda: {"match": {field: {"query": self.words(1, 4), "operator": rng.choice(["or", "and"])}}},
            lambda: {"match": {field: {"query": self.words(2, 5), "minimum_should_match": rng.choice(["2", "50%", "-1", "2<75%"])}}},
            lambda: {"match": {"title": {"query": word[:-1] + "x", "fuzziness": rng.choice([1, 2, "AUTO"])}}},
            lambda: {"match_phrase": {field: {"query": self.words(2, 2), "slop": rng.randint(0, 4)}}},
            lambda: {"match_phrase_prefix": {"title": {"query": f"{word} {rng.choice('abcdefghilmnopqrstuw')}"}}},
            lambda: {"match_bool_prefix": {"title": f"{self.words(1, 2)} {word[:2]}"}},
            lambda: {"multi_match": {"query": self.words(1, 3), "fields": ["title^2", "body"],
                                     "type": rng.choice(["best_fields", "most_fields", "phrase", "bool_prefix"])}},
            lambda: {"multi_match": {"query": self.words(1, 3), "fields": ["title", "tag"], "tie_breaker": 0.3}},
            lambda: {"term": {"tag": {"value": rng.choice(TAGS), "boost": rng.choice([1, 2, 0.5])}}},
            lambda: {"terms": {"tag": rng.sample(TAGS, 2)}},
            lambda: {"term": {"flag": rng.random() < 0.5}},
            lambda: {"range": {rng.choice(["n", "price"]): {"gte": rng.randint(-10, 20), "lt": rng.randint(15, 90)}}},
            lambda: {"range": {"day": {"gte": f"20{rng.randint(20, 25)}-06-01", "lte": "now"}}},
            lambda: {"exists": {"field": rng.choice(["body", "ip", "rank", "tag"])}},
            lambda: {"prefix": {rng.choice(["tag", "title"]): rng.choice(["d", "dark", "s", "mo"])}},
            lambda: {"wildcard": {"title": rng.choice(["*n*", "s?n", "m*n", "*ar*"])}},
            lambda: {"regexp": {"title": rng.choice(["s.n", "(moon|sea)", "[a-f].*", "~(.*n.*)&s.*", "w<1-3>|rain"])}},
            lambda: {"fuzzy": {"title": {"value": word[1:] + word[0], "fuzziness": 2}}},
            lambda: {"term": {"ip": f"10.0.{rng.randint(0, 3)}.0/{rng.choice([24, 25, 28])}"}},
            lambda: {"rank_feature": {"field": "rank", rng.choice(["saturation", "linear"]): {}}},
            lambda: {"rank_feature": {"field": "rank", "sigmoid": {"pivot": 20, "exponent": 0.7}}},
            lambda: {"query_string": {"query": rng.choice([f"{word} AND {rng.choice(WORDS)}", f"+{word} -{rng.choice(WORDS)}",
                                                           f"title:{word}^2 tag:red", f"\"{word} {rng.choice(WORDS)}\"~3 OR n:[1 TO 9]",
                                                           f"{word[:2]}* NOT {rng.choice(WORDS)}", f"({self.words(2, 3)}) AND body:{word}"]),
                                      "fields": ["title", "body"]}},
            lambda: {"simple_query_string": {"query": rng.choice([f"{word} + {rng.choice(WORDS)}", f"{word} | -{rng.choice(WORDS)}",
                                                                  f"\"{self.words(2, 2)}\" {word[:3]}*", f"({self.words(2, 2)}) + {word}"]),
                                             "fields": ["title", "body"], "default_operator": rng.choice(["or", "and"])}},
            lambda: {"distance_feature": {"field": "day", "origin": "2023-01-01", "pivot": rng.choice(["10d", "200d"])}},
            lambda: {"nested": {"path": "parts", "score_mode": rng.choice(["avg", "sum", "max", "min", "none"]),
                                "query": rng.choice([{"match": {"parts.name": self.words(1, 2)}}, {"term": {"parts.kind": rng.choice(TAGS)}},
                                                     {"bool": {"must": [{"match": {"parts.name": self.words(1, 3)}}],
                                                               "filter": [{"range": {"parts.size": {"gte": 3}}}]}}])}},
        ]
        return rng.choice(choices)()

    def query(self, depth=0):
        rng = self.rng
        if depth > 2 or rng.random() < 0.45:
            return self.leaf()
        sub = lambda: self.query(depth + 1)
        choices = [
            lambda: {"bool": {kind: [sub() for _ in range(rng.randint(1, 3))]
                              for kind in rng.sample(["must", "should", "filter", "must_not"], rng.randint(1, 3))}},
            lambda: {"bool": {"should": [sub() for _ in range(3)], "minimum_should_match": rng.randint(1, 2), "boost": rng.choice([1, 2])}},
            lambda: {"dis_max": {"queries": [sub(), sub()], "tie_breaker": rng.choice([0, 0.3, 1])}},
            lambda: {"boosting": {"positive": sub(), "negative": self.leaf(), "negative_boost": 0.4}},
            lambda: {"constant_score": {"filter": sub(), "boost": rng.choice([1, 3])}},
            lambda: {"function_score": {"query": sub(), "functions": [
                {"filter": self.leaf(), "weight": rng.choice([2, 3])},
                {"field_value_factor": {"field": "price", "modifier": rng.choice(["log1p", "sqrt", "square"]), "factor": 0.5}},
                {"gauss": {"n": {"origin": 20, "scale": 15, "decay": 0.4}}}], "score_mode": rng.choice(["multiply", "sum", "avg", "max", "min", "first"]),
                "boost_mode": rng.choice(["multiply", "sum", "replace", "avg", "max", "min"])}},
        ]
        return rng.choice(choices)()


def load(base, documents):
    call(base, "DELETE", f"/{INDEX}")
    status, answer = call(base, "PUT", f"/{INDEX}", {"settings": {"number_of_shards": 1, "number_of_replicas": 0}, "mappings": MAPPINGS})
    assert status == 200, answer
    lines = "".join(json.dumps({"index": {"_id": str(i)}}) + "\n" + json.dumps(document) + "\n" for i, document in enumerate(documents))
    status, answer = call(base, "POST", f"/{INDEX}/_bulk?refresh=true", lines.encode(), "application/x-ndjson")
    assert status == 200 and not answer["errors"], answer
    call(base, "POST", f"/{INDEX}/_forcemerge?max_num_segments=1")
    call(base, "POST", f"/{INDEX}/_refresh")


def scores_of(answer):
    return {hit["_id"]: hit["_score"] for hit in answer["hits"]["hits"]}


def difference(ours, real):
    if ours[0] != real[0]:
        reason = lambda answer: answer[1].get("error", {}).get("root_cause", [{}])[0].get("reason", "")[:120]
        return f"status {ours[0]} {reason(ours)} but {real[0]} {reason(real)}"
    if ours[0] != 200:
        return None
    mine, theirs = scores_of(ours[1]), scores_of(real[1])
    if mine.keys() != theirs.keys():
        return f"{len(mine)} hits but {len(theirs)}; only one has {sorted(mine.keys() ^ theirs.keys())[:5]}"
    for key, score in theirs.items():
        if abs(mine[key] - score) > 1e-5 * max(abs(score), 1e-9):
            return f"document {key} scores {mine[key]} but {score}"
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ours")
    parser.add_argument("real")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--queries", type=int, default=500)
    parser.add_argument("--documents", type=int, default=300)
    options = parser.parse_args()
    maker = Maker(options.seed)
    documents = [maker.document() for _ in range(options.documents)]
    bases = [options.ours.rstrip("/"), options.real.rstrip("/")]
    for base in bases:
        load(base, documents)
    num_different = 0
    num_refused = 0
    for _ in range(options.queries):
        query = maker.query()
        answers = [call(base, "POST", f"/{INDEX}/_search", {"size": options.documents, "query": query}) for base in bases]
        num_refused += answers[1][0] != 200
        found = difference(*answers)
        if found:
            num_different += 1
            print(f"{found}\n  {json.dumps(query)}")
    for base in bases:
        call(base, "DELETE", f"/{INDEX}")
    print(f"seed {options.seed}: {options.queries} queries, {num_refused} refused by the real node, {num_different} differences")
    sys.exit(1 if num_different else 0)


if __name__ == "__main__":
    main()
