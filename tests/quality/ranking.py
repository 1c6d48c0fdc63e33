#!/usr/bin/env python3
"""Ranking quality on the judged sets of data/, through `selene eval`: BM25 over all queries, re-ranking over the first 20 of each.

The expected figures of BM25 are those of Lucene's formula with the english analyzer over `title. text`, within 0.005. Re-ranking must beat BM25 on the same queries.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
NUM_QUERIES = 20
EXPECTED_BM25 = {"qed-nq": 0.917, "xquad-en": 0.964}  # all queries


def measure(program, name, out):
    command = [program, "eval", "--data", str(ROOT / "data" / name), "--models-dir", str(ROOT / "models"), "--queries", str(NUM_QUERIES), "--out", str(out)]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=600, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"selene eval ended with {done.returncode}: {done.stdout.decode()[-500:]}")
    return json.loads(out.read_text(encoding="utf-8"))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", default=str(ROOT / "build" / "selene"))
    args = parser.parse_args()
    passed, failed = 0, 0
    for name, bm25 in EXPECTED_BM25.items():
        with tempfile.TemporaryDirectory() as scratch:
            try:
                found = measure(args.program, name, pathlib.Path(scratch) / "out.json")
                checks = {
                    f"{name}: BM25 {found['bm25_all_ndcg@10']:.4f}, expected {bm25}": abs(found["bm25_all_ndcg@10"] - bm25) <= 0.005,
                    f"{name}: re-ranked {found['reranked_ndcg@10']:.4f}, better than BM25 {found['bm25_ndcg@10']:.4f}": found["reranked_ndcg@10"] > found["bm25_ndcg@10"],
                }
            except (RuntimeError, OSError, ValueError, KeyError, subprocess.TimeoutExpired) as error:
                checks = {f"{name}: {error}": False}
        for what, holds in checks.items():
            print(what if holds else f"FAILED {what}", flush=True)
            passed, failed = passed + holds, failed + (not holds)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
