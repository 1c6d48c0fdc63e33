#!/usr/bin/env python3
"""Times the search for nearest vectors in one segment (one thread) with Selene and with the peers that PEERS_PYTHON has, in one run, and prints the ratios.

    python3 tools/bench_knn.py --program build/bench/knn_speed --python PEERS_PYTHON [--work FOLDER] [--size 100000] [--dims 384] [--sets clustered,hard]

Needs numpy in PEERS_PYTHON, which makes the data too. Peers: hnswlib, faiss-cpu, usearch, each with m 16 and ef_construction 100. "clustered": points around
1,000 centres. "hard": points spread over 48 directions with noise in all, of which a walk with ef 10 misses more than one in ten. Figures of different
runs do not compare: the machine's other work moves them.
"""
import argparse
import math
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
PEERS = ("hnswlib", "faiss", "usearch")
EFS = (10, 15, 20, 30, 40, 60, 80, 120, 160, 240, 320, 480, 640)
M, EF_CONSTRUCTION = 16, 100
OVERSAMPLE = {"raw": 1, "int8": 1.5, "int4": 2, "bbq": 3}

MAKE_DATA = r"""
import pathlib, sys, numpy
kind, folder, size, dims, num_queries = sys.argv[1], pathlib.Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), 1000
random = numpy.random.default_rng(42)
total = size + num_queries
if kind == "clustered":
    centres = random.standard_normal((1000, dims), dtype=numpy.float32)
    data = centres[random.integers(0, len(centres), total)] + 0.6 * random.standard_normal((total, dims), dtype=numpy.float32)
else:
    directions = random.standard_normal((48, dims), dtype=numpy.float32)
    data = random.standard_normal((total, 48), dtype=numpy.float32) @ directions + random.standard_normal((total, dims), dtype=numpy.float32)
data /= numpy.linalg.norm(data, axis=1, keepdims=True)
points, queries = data[:size], data[size:]
folder.mkdir(parents=True, exist_ok=True)
points.tofile(folder / "points.f32"); queries.tofile(folder / "queries.f32")
(folder / "dims").write_text(str(dims))
nearness = queries @ points.T
def write_truth(name, scores):
    top = numpy.argpartition(-scores, 10, axis=1)[:, :10]
    top.astype(numpy.int32).tofile(folder / name)
write_truth("truth.i32", nearness)
for percent in (1, 10, 50):
    accept = random.random(size) < percent / 100
    accept.astype(numpy.uint8).tofile(folder / f"{percent}.accept")
    write_truth(f"truth_{percent}.i32", numpy.where(accept[None, :], nearness, -numpy.inf))
"""


def run(command):
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{command[0]} {command[1]} ended with {done.returncode}")
    return done.stdout


def number(name, output):
    found = re.search(rf"{name} ([\d.]+)", output)
    return float(found.group(1)) if found else 0.0


def curve(output):
    return [(float(recall), float(qps)) for recall, qps in re.findall(r"recall ([\d.]+) qps (\d+)", output)]


def qps_at(points, wanted):
    """Between the last point below and the first at or above `wanted`; None if it is never reached."""
    previous = None
    for recall, qps in points:
        if recall >= wanted:
            if previous is None or recall == previous[0]:
                return qps
            part = (wanted - previous[0]) / (recall - previous[0])
            return math.exp(math.log(previous[1]) * (1 - part) + math.log(qps) * part)
        previous = (recall, qps)
    return None


def show(name, output, memory):
    points = curve(output)
    at = {wanted: qps_at(points, wanted) for wanted in (0.95, 0.99)}
    print(f"  {name:14} build {number('cpu_s', output):7.1f} CPU s, {memory:7.1f} MB; recall at ef 10 {points[0][0]:.3f}; queries/s at recall .95: "
          + ", at .99: ".join("never" if at[w] is None else f"{at[w]:.0f}" for w in (0.95, 0.99)), flush=True)
    return {"cpu_s": number("cpu_s", output), "memory": memory, **at}


def ours(args, folder, encoding):
    segment = folder / f"{encoding}.seg"
    output = run([args.program, "build", folder / "points.f32", args.dims, encoding, M, EF_CONSTRUCTION, segment])
    searched = number("codes_bytes", output) or number("rows_bytes", output)
    memory = (searched + number("graph_bytes", output)) / 1e6
    common = [args.program, "search", segment, folder / "points.f32", folder / "queries.f32"]
    tail = [args.dims, OVERSAMPLE[encoding]]
    output += run([*common, folder / "truth.i32", *tail, *EFS])
    figures = show(f"selene {encoding}", output, memory)
    for percent in (1, 10, 50) if encoding == "int8" else ():
        points = curve(run([*common, folder / f"truth_{percent}.i32", *tail, folder / f"{percent}.accept", *EFS]))
        reached = qps_at(points, 0.95)
        print(f"    filter {percent:2} %: recall at ef 10 {points[0][0]:.3f}, queries/s at recall .95: "
              + ("never" if reached is None else f"{reached:.0f}"), flush=True)
    segment.unlink()
    return figures


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=pathlib.Path, default=ROOT / "build" / "bench" / "knn_speed")
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--work", type=pathlib.Path, default=ROOT / "build" / "knn")
    parser.add_argument("--size", type=int, default=100_000)
    parser.add_argument("--dims", type=int, default=384)
    parser.add_argument("--sets", default="clustered,hard")
    parser.add_argument("--encodings", default="raw,int8,int4,bbq")
    parser.add_argument("--peers", default=",".join(PEERS))
    args = parser.parse_args()
    for kind in args.sets.split(","):
        folder = args.work / f"{kind}_{args.size}_{args.dims}"
        if not (folder / "truth_50.i32").exists():
            run([args.python, "-c", MAKE_DATA, kind, folder, args.size, args.dims])
        print(f"{kind}: {args.size} points of {args.dims} dimensions, cosine, recall of the 10 nearest, one thread", flush=True)
        selene = {encoding: ours(args, folder, encoding) for encoding in args.encodings.split(",")}
        peers = {}
        for name in filter(None, args.peers.split(",")):
            output = run([args.python, ROOT / "tools" / "peers" / "knn_peer.py", name, folder, M, EF_CONSTRUCTION, *EFS])
            if "not installed" in output:
                print(f"  {name} is not installed for {args.python}", file=sys.stderr)
                continue
            peers[name] = show(name, output, number("resident_mb", output))
        if not peers:
            continue
        for encoding, figures in selene.items():
            parts = [f"build CPU {figures['cpu_s'] / min(p['cpu_s'] for p in peers.values()):.2f}",
                     f"memory {figures['memory'] / min(p['memory'] for p in peers.values()):.2f}"]
            for wanted in (0.95, 0.99):
                best = max((p[wanted] for p in peers.values() if p[wanted]), default=None)
                parts.append(f"queries/s at {wanted}: " + (f"{figures[wanted] / best:.2f}" if figures[wanted] and best else "-"))
            print(f"  selene {encoding} / best peer: " + ", ".join(parts), flush=True)


if __name__ == "__main__":
    main()
