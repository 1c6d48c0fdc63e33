#!/usr/bin/env python3
"""Calibrated scores of the bundled re-ranker on a sample of data/qed-nq, of which nothing went into calibration.json: probabilities are nearer to the truth than
the plain sigmoid, one min_score separates relevant hits from others whatever the query, and what `selene calibrate` is given is checked.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import calibration_pairs  # noqa: E402
from selene_server import Server  # noqa: E402

STEP = 20  # every 20th query: 68
DEPTH = 10
MIN_SCORE = 0.5
MODEL = ROOT / "models" / "minilm-l6-rerank"


class Tally:
    def __init__(self):
        self.passed = self.failed = 0

    def check(self, holds, what):
        print(what if holds else f"FAILED {what}", flush=True)
        self.passed, self.failed = self.passed + bool(holds), self.failed + (not holds)


def calibrate(program, pairs, *options):
    return subprocess.run([program, "calibrate", str(MODEL), "--pairs", str(pairs), "--dry-run", *options], capture_output=True, timeout=600, check=False)


def check_figures(tally, program, pairs):
    done = calibrate(program, pairs, "--json")
    found = json.loads(done.stdout)
    plain, shipped, best = found["sigmoid"], found["calibration.json"], found["fitted"]
    tally.check(shipped["log_loss"] < plain["log_loss"], f"log-loss {shipped['log_loss']:.4f} with calibration.json, {plain['log_loss']:.4f} without")
    tally.check(shipped["log_loss"] < 1.15 * best["log_loss"], f"log-loss {best['log_loss']:.4f} is the best that these very pairs allow")
    tally.check(shipped["ece"] < 0.03, f"ECE {shipped['ece']:.4f} with calibration.json, {plain['ece']:.4f} without")


def check_faults(tally, program, scratch):
    for text, wanted in {
        '{"query":"q"}\n': "line 1: a pair is an object",
        '{"query":"q","text":"t","label":1}\n{"query":"q","text":"t","label":2}\n': "line 2: [label] must be 0 or 1",
        '{"query":"q","text":"t","label":1}\n': "calibration needs relevant and other pairs: [1] of [1] are relevant",
        "": "calibration needs relevant and other pairs: [0] of [0] are relevant",
    }.items():
        path = scratch / "faulty.jsonl"
        path.write_text(text, encoding="utf-8")
        done = calibrate(program, path)
        tally.check(done.returncode == 1 and wanted in done.stderr.decode(), f"refused: {wanted}")


def search(client, query):
    body = {
        "size": DEPTH,
        "_source": ["text"],
        "retriever": {
            "text_similarity_reranker": {
                "retriever": {"standard": {"query": {"match": {"text": query}}}},
                "field": "text",
                "inference_id": "calibrated",
                "inference_text": query,
                "rank_window_size": DEPTH,
                "min_score": MIN_SCORE,
            }
        },
    }
    return [hit["_source"]["text"] for hit in client.send("POST", "/qed/_search", body).json()["hits"]["hits"]]


def check_min_score(tally, program, pairs):
    """Over HTTP: one min_score for all queries; halves of the queries keep what is relevant and lose what is not alike."""
    relevant, texts = {}, set()
    for pair in pairs:
        texts.add(pair["text"])
        if pair["label"]:
            relevant.setdefault(pair["query"], set()).add(pair["text"])
    with Server(program) as server:
        client = server.client()
        client.send("PUT", "/qed", {"mappings": {"properties": {"text": {"type": "text", "analyzer": "english"}}}})
        lines = "".join('{"index":{}}\n' + json.dumps({"text": text}) + "\n" for text in sorted(texts))
        client.send("POST", "/qed/_bulk?refresh=true", lines, {"Content-Type": "application/x-ndjson"})
        settings = {"model_id": ".rerank-v1", "num_threads": 1, "num_allocations": 1}
        client.send("PUT", "/_inference/rerank/calibrated", {"service": "elasticsearch", "service_settings": settings, "task_settings": {"score": "probability"}})
        queries = sorted(relevant)
        for half in (0, 1):
            kept_relevant = kept_others = wanted = 0
            for query in queries[half::2]:
                kept = search(client, query)
                hits = sum(text in relevant[query] for text in kept)
                kept_relevant, kept_others, wanted = kept_relevant + hits, kept_others + len(kept) - hits, wanted + len(relevant[query])
            others = len(queries[half::2]) * (DEPTH - 1)
            tally.check(kept_relevant >= 0.75 * wanted, f"half {half}: min_score {MIN_SCORE} keeps {kept_relevant} of {wanted} relevant passages")
            tally.check(kept_others <= 0.05 * others, f"half {half}: and {kept_others} of {others} others")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", default=str(ROOT / "build" / "selene"))
    args = parser.parse_args()
    tally = Tally()
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        pairs = folder / "pairs.jsonl"
        calibration_pairs.write_pairs(args.program, ROOT / "data" / "qed-nq", pairs, DEPTH, STEP)
        check_figures(tally, args.program, pairs)
        check_faults(tally, args.program, folder)
        check_min_score(tally, args.program, calibration_pairs.read_lines(pairs))
    print(f"{tally.passed} passed, {tally.failed} failed")
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main())
