#!/usr/bin/env python3
"""Times first-stage retrieval on segments alone (one thread) with Selene and with the peers that are installed, in one run, and prints the ratios.

    python3 tools/bench_search.py --program build/bench/search_speed --corpus FOLDER [--peers FOLDER] [--work FOLDER] [--steps index,query]

The corpus is made where it is missing (tools/make_search_corpus.py, needs numpy). Peers: bench/search/peers/install.sh FOLDER. Latencies are the best of
three passes after one that warms up. Figures of different runs do not compare: the machine's other work moves them.
"""
import argparse
import collections
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
NUM_PASSES = 3
CLASSES = {"o": "or", "a": "and", "p": "phrase"}
TARGETS = {("or", 10): 0.5, ("or", 100): 0.5, ("or", 1000): 0.5, ("and", 10): 1.0, ("phrase", 10): 1.0}


def percentile(values, part):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def installed(args):
    """Name -> command."""
    engines = {"selene": [args.program]}
    for name, path in (("lucene", args.peers / "lucene" / "run"), ("tantivy", args.peers / "tantivy" / "release" / "search_bench")):
        if path.exists():
            engines[name] = [str(path)]
        else:
            print(f"{name} is not installed in {args.peers}", file=sys.stderr)
    return engines


def run(command):
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{command[0]} ended with {done.returncode}")
    return done.stdout


def index(engines, args):
    """Name -> figures of `index`: documents per CPU second without the final merge, bytes after it."""
    figures = {}
    num_docs = sum(1 for _ in open(args.corpus / "docs.txt", "rb"))
    for name, command in engines.items():
        folder = args.work / name
        shutil.rmtree(folder, ignore_errors=True)
        output = run([*command, "index", args.corpus / "docs.txt", folder])
        cpu = [float(value) for value in re.findall(r"cpu_s ([\d.]+)", output)]
        size = [int(value) for value in re.findall(r"size (\d+)", output)]
        peak = re.search(r"peak_rss_mb (\d+)", output)
        figures[name] = {"docs_per_cpu_s": num_docs / cpu[0], "with_merge": num_docs / sum(cpu), "bytes": size[-1]}
        print(f"  {name:8} {num_docs / cpu[0]:8.0f} docs per CPU second ({num_docs / sum(cpu):.0f} with the merge), {size[-1] / 1e6:.1f} MB"
              + (f", peak {peak.group(1)} MB resident" if peak else ""), flush=True)
    return figures


def read_latencies(path):
    """(class, k) -> best latencies in microseconds; (class, k) -> sum of hits; per query (best score, last score)."""
    rows = [line.rstrip("\n").split("\t") for line in open(path, encoding="utf-8")]
    count = len(rows) // NUM_PASSES
    latencies, hits, scores = collections.defaultdict(list), collections.Counter(), []
    for i in range(count):
        kind, k, _, found, top, last = rows[i]
        key = (CLASSES[kind[0]], int(k))
        latencies[key].append(min(float(rows[i + j * count][2]) for j in range(NUM_PASSES)))
        hits[key] += int(found)
        scores.append((float(top), float(last)))
    return latencies, hits, scores


def query(engines, args):
    results = {}
    for name, command in engines.items():
        out = args.work / f"{name}.tsv"
        run([*command, "query", args.corpus / "queries.tsv", args.work / name, out])
        results[name] = read_latencies(out)
    names = list(engines)
    print("  class    k    " + "".join(f"{name + ' p50/p99 us':>26}" for name in names) + "   selene / lucene p50")
    for key in sorted(results["selene"][0], key=lambda key: (["or", "and", "phrase"].index(key[0]), key[1])):
        p50 = {name: percentile(results[name][0][key], 0.5) for name in names}
        cells = "".join(f"{f'{p50[name]:.0f} / {percentile(results[name][0][key], 0.99):.0f}':>26}" for name in names)
        ratio = f"{p50['selene'] / p50['lucene']:.2f}" if "lucene" in p50 else "-"
        target = f" (wanted {TARGETS[key]})" if key in TARGETS else ""
        same = "" if len({results[name][1][key] for name in names}) == 1 else "  HITS DIFFER"
        print(f"  {key[0]:7} {key[1]:4}  {cells}   {ratio}{target}{same}", flush=True)
    compare_scores(results)


def compare_scores(results):
    """Best and last scores beside the peers': Lucene's lack BM25's constant factor 2.2, tantivy's have it."""
    for name in results:
        if name == "selene":
            continue
        factor = 2.2 if name == "lucene" else 1.0
        worst = max(abs(ours / factor - theirs) / max(theirs, 1e-9) for ours_row, theirs_row in zip(results["selene"][2], results[name][2])
                    for ours, theirs in zip(ours_row, theirs_row))
        print(f"  scores differ from {name}'s by at most {worst:.1e} of their value")


def print_index_ratios(figures):
    ours = figures["selene"]
    if "tantivy" in figures:
        print(f"  documents per CPU second: {ours['docs_per_cpu_s'] / figures['tantivy']['docs_per_cpu_s']:.2f} of tantivy's (wanted 1)")
    if "lucene" in figures:
        print(f"  bytes: {ours['bytes'] / figures['lucene']['bytes']:.3f} of Lucene's (wanted 1.1 at most)")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", default=str(ROOT / "build" / "bench" / "search_speed"))
    parser.add_argument("--corpus", type=pathlib.Path, default=ROOT / "build" / "search-corpus")
    parser.add_argument("--peers", type=pathlib.Path, default=ROOT / "build" / "peers" / "search")
    parser.add_argument("--work", type=pathlib.Path, default=ROOT / "build" / "search-bench", help="where the indices are kept")
    parser.add_argument("--engines", default="", help="some of selene,lucene,tantivy; default: all that are installed")
    parser.add_argument("--steps", default="index,query")
    parser.add_argument("--python", default=sys.executable, help="an interpreter with numpy, to make the corpus")
    args = parser.parse_args()
    if not (args.corpus / "manifest.json").exists():
        subprocess.run([args.python, str(ROOT / "tools" / "make_search_corpus.py"), str(args.corpus)], check=True)
    args.work, args.corpus, args.peers = args.work.resolve(), args.corpus.resolve(), args.peers.resolve()
    args.work.mkdir(parents=True, exist_ok=True)
    engines = installed(args)
    if args.engines:
        engines = {name: command for name, command in engines.items() if name in args.engines.split(",")}
    if "index" in args.steps:
        print("indexing, one thread, with positions")
        figures = index(engines, args)
        if "selene" in figures:
            print_index_ratios(figures)
    if "query" in args.steps:
        print("searching, one thread")
        query(engines, args)


if __name__ == "__main__":
    main()
