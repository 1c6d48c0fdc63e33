#!/usr/bin/env python3
"""Writes tests/rest/query_*.yml: the queries of query_cases.py with the hits and scores that a real node gives.

    tools/golden/make_query_golden.py http://127.0.0.1:9200 tests/rest

Made with OpenSearch 2.19 (Lucene 9.12), whose scores are those of Elasticsearch 8 and 9. Cases that it refuses are named and left out.
"""

import json
import sys
import urllib.error
import urllib.request
from pathlib import Path

import query_cases

INDEX = "query-golden"


def call(base, method, path, body=None, content_type="application/json"):
    data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    request = urllib.request.Request(base + path, data, {"Content-Type": content_type}, method=method)
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read() or b"{}")


def bulk_lines(documents):
    for key, document in documents.items():
        yield {"index": {"_id": key}}
        yield document


def load(base, index):
    call(base, "DELETE", f"/{index}")
    status, answer = call(base, "PUT", f"/{index}", {"settings": query_cases.SETTINGS, "mappings": query_cases.MAPPINGS})
    assert status == 200, answer
    lines = "".join(json.dumps(line) + "\n" for line in bulk_lines(query_cases.DOCUMENTS)).encode()
    status, answer = call(base, "POST", f"/{index}/_bulk?refresh=true", lines, "application/x-ndjson")
    assert status == 200 and not answer["errors"], answer


def section(name, query, hits):
    ids = [hit["_id"] for hit in hits["hits"]]
    lines = [f"{json.dumps(name)}:", "  - do: POST /lib/_search", f"    body: {json.dumps({'size': 20, 'query': query}, ensure_ascii=False)}"]
    equal = {"hits.total.value": hits["total"]["value"], **{f"hits.hits.{i}._id": key for i, key in enumerate(ids)}}
    lines.append(f"  - match: {json.dumps(equal)}")
    # Decimals without an exponent: YAML reads 1e-05 as a text.
    scores = ", ".join(f"hits.hits.{i}._score: {{value: {hit['_score']:.12f}, error: {max(abs(hit['_score']) * 1e-5, 1e-9):.12f}}}"
                       for i, hit in enumerate(hits["hits"]))
    if scores:
        lines.append(f"  - close_to: {{{scores}}}")
    return "\n".join(lines) + "\n"


def setup():
    create = json.dumps({"settings": query_cases.SETTINGS, "mappings": query_cases.MAPPINGS}, ensure_ascii=False)
    lines = ["setup:", "  - do: PUT /lib", f"    body: {create}", '  - do: "POST /lib/_bulk?refresh=true"', "    ndjson:"]
    lines += [f"      - {json.dumps(line, ensure_ascii=False)}" for line in bulk_lines(query_cases.DOCUMENTS)]
    return "\n".join(lines) + "\n  - match: {errors: false}\n"


def main():
    base, folder = sys.argv[1].rstrip("/"), Path(sys.argv[2])
    load(base, INDEX)
    for group, cases in query_cases.GROUPS.items():
        sections = []
        for name, query in cases.items():
            status, answer = call(base, "POST", f"/{INDEX}/_search", {"size": 20, "query": query})
            if status != 200:
                print(f"left out: {name}: {answer['error']['root_cause'][0]['reason'][:150]}")
                continue
            sections.append(section(name, query, answer["hits"]))
        head = "# Hits and scores as a real node gives them; written by tools/golden/make_query_golden.py.\n\n"
        (folder / f"query_{group}.yml").write_text(head + setup() + "\n" + "\n".join(sections), encoding="utf-8")
        print(f"query_{group}.yml: {len(sections)} sections")
    call(base, "DELETE", f"/{INDEX}")


if __name__ == "__main__":
    main()
