#!/usr/bin/env python3
"""Labelled pairs for `selene calibrate` from a judged set of data/: for each query its relevant passages and the first others of BM25, one NDJSON object a pair.

    python3 tools/calibration_pairs.py --data data/xquad-en --out pairs.jsonl
    build/selene calibrate models/minilm-l6-rerank --pairs pairs.jsonl

The passages stand as `selene eval` indexes them: `title. text`. BM25 ranks with the english analyzer, by `selene eval` itself.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]


def read_lines(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def bm25_rankings(program, folder, depth):
    """Query id -> document ids, best first."""
    with tempfile.TemporaryDirectory() as scratch:
        out = pathlib.Path(scratch) / "eval.json"
        command = [program, "eval", "--data", str(folder), "--models-dir", str(ROOT / "models"), "--queries", "1", "--depth", str(depth), "--out", str(out)]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=600, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"selene eval ended with {done.returncode}: {done.stdout.decode()[-500:]}")
        found = json.loads(out.read_text(encoding="utf-8"))
    return {query: run["ranking"] for query, run in found["bm25"].items()}


def pairs_of(folder, rankings, depth, step):
    """Pairs of every `step`-th judged query."""
    texts = {d["_id"]: f"{d['title']}. {d['text']}" if d.get("title") else d["text"] for d in read_lines(folder / "corpus.jsonl")}
    queries = {q["_id"]: q["text"] for q in read_lines(folder / "queries.jsonl")}
    relevant = {}
    for line in (folder / "qrels.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        query, document, grade = line.split("\t")
        if int(grade) > 0:
            relevant.setdefault(query, set()).add(document)
    for query in list(queries)[::step]:
        if query not in rankings or query not in relevant:
            continue
        others = [document for document in rankings[query] if document not in relevant[query]]
        for document in sorted(relevant[query]):
            yield {"query": queries[query], "text": texts[document], "label": 1}
        for document in others[: max(depth - len(relevant[query]), 0)]:
            yield {"query": queries[query], "text": texts[document], "label": 0}


def write_pairs(program, folder, out, depth, step):
    rankings = bm25_rankings(program, folder, depth)
    with out.open("w", encoding="utf-8") as file:
        for pair in pairs_of(folder, rankings, depth, step):
            file.write(json.dumps(pair, ensure_ascii=False) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", default=str(ROOT / "build" / "selene"))
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--depth", type=int, default=10, help="pairs of a query")
    parser.add_argument("--step", type=int, default=1, help="every n-th query alone")
    args = parser.parse_args()
    write_pairs(args.program, args.data, args.out, args.depth, args.step)
    return 0


if __name__ == "__main__":
    sys.exit(main())
