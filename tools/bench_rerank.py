#!/usr/bin/env python3
"""Times re-ranking 100 pairs with Selene and with the peer runtimes that are installed, one after the other in one run, and prints the ratio.

    python3 tools/bench_rerank.py --program build/selene [--python PYTHON] [--models minilm-l6,...] [--threads 2] [--peers openvino-int8,...] [--work mixed]

Work: `mixed` (100 pairs of 30 to 400 tokens), `512` (100 pairs of 512 tokens), `single` (one pair: latency). Models are random with published shapes
(tools/peers/make_models.py, which needs torch and transformers; made once under build/peers). Without those packages only the bundled model is timed,
on made-up pairs. Figures of different runs do not compare: the machine's other work moves them.
"""
import argparse
import json
import os
import subprocess
import sys

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), ".."))
PEER_SCRIPT = os.path.join(ROOT, "tools", "peers", "run_peer.py")
MODEL_SCRIPT = os.path.join(ROOT, "tools", "peers", "make_models.py")
MODELS = "minilm-l6,minilm-l12,xlmr-base,deberta-v3-base,modernbert-base"


def last_json_line(command, threads):
    """The JSON of the last line that the command prints, or None with its complaint on standard error."""
    env = dict(os.environ, OMP_NUM_THREADS=str(threads), TOKENIZERS_PARALLELISM="false", HF_HUB_OFFLINE="1")
    done = subprocess.run(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    lines = done.stdout.strip().splitlines()
    if done.returncode == 0 and lines:
        return json.loads(lines[-1])
    print(f"  {' '.join(command[:3])} failed: {done.stderr.strip()[-300:]}", file=sys.stderr)
    return None


def available_peers(python):
    done = subprocess.run([python, PEER_SCRIPT, "--list"], stdout=subprocess.PIPE, text=True, check=True)
    return [peer for peer, installed in json.loads(done.stdout).items() if installed]


def make_models(python, out, models):
    probe = subprocess.run([python, "-c", "import torch, transformers, safetensors"], stderr=subprocess.DEVNULL, check=False)
    if probe.returncode != 0:
        return False
    subprocess.run([python, MODEL_SCRIPT, "--out", out, "--models", ",".join(models)], check=True, stderr=subprocess.DEVNULL)
    return True


def median(times):
    return sorted(times)[len(times) // 2]


def selene_command(args, folder, pairs, threads, tier):
    command = [args.program, "bench", folder, "--threads", str(threads), "--json", "--tier", tier]
    return command + (["--pairs", pairs] if pairs else [])


def print_row(name, result, tokens, reference):
    seconds = median(result["times"])
    error = max(abs(a - b) for a, b in zip(result["scores"], reference)) if reference else None  # of 512, the first eight
    share = f"{100 * result['limit_s'] / seconds:6.0f} %" if "limit_s" in result else "       -"
    print(f"  {name:18} {seconds:8.3f} {min(result['times']):8.3f} {len(result['scores']) / seconds:9.1f} "
          f"{f'{tokens / seconds:9.0f}' if tokens else '        -'} {result['load_s']:7.2f} {result['rss_mb']:7.0f} "
          f"{f'{error:9.4f}' if error is not None else '        -'} "
          f"{share}", flush=True)
    return seconds


def bench_model(args, model, work, threads, peers):
    folder = os.path.join(args.out, model)
    pairs_file = os.path.join(folder, f"pairs_{work}.json")
    with open(pairs_file, encoding="utf-8") as f:
        tokens = sum(map(len, json.load(f)["input_ids"]))
    with open(os.path.join(folder, "reference.json"), encoding="utf-8") as f:
        reference = json.load(f).get(work)
    print(f"{model}, {work}, {tokens} tokens, {threads} thread{'s' if threads > 1 else ''}")
    print(f"  {'':18} {'median s':>8} {'best s':>8} {'pairs/s':>9} {'tokens/s':>9} {'load s':>7} {'RSS MB':>7} {'max error':>9} {'of limit':>8}")
    ours, theirs = {}, {}
    for tier in args.tiers.split(","):
        if result := last_json_line(selene_command(args, folder, pairs_file, threads, tier), threads):
            ours[tier] = print_row(f"selene-{tier}", result, tokens, reference)
    for peer in peers:
        if result := last_json_line([args.python, PEER_SCRIPT, peer, folder, pairs_file, str(threads)], threads):
            theirs[peer] = print_row(peer, result, tokens, reference)
    if ours and theirs:
        tier, peer = min(ours, key=ours.get), min(theirs, key=theirs.get)
        print(f"  selene-{tier} takes {ours[tier] / theirs[peer]:.2f} of the time of the best peer, {peer}: {theirs[peer] / ours[tier]:.2f} times as fast",
              flush=True)
    return bool(ours)


def bench_bundled(args, threads):
    print(f"minilm-l6-rerank (bundled), made-up pairs, {threads} threads; no peers: torch and transformers are not installed for {args.python}")
    folder = os.path.join(ROOT, "models", "minilm-l6-rerank")
    ok = False
    for tier in args.tiers.split(","):
        if result := last_json_line(selene_command(args, folder, None, threads, tier), threads):
            print_row(f"selene-{tier}", result, None, None)
            ok = True
    return ok


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=os.path.join(ROOT, "build", "selene"))
    parser.add_argument("--python", default=sys.executable, help="the interpreter that has the peers (default: this one)")
    parser.add_argument("--models", default=MODELS, help="of the shapes of tools/peers/make_models.py (default: %(default)s)")
    parser.add_argument("--threads", default="2")
    parser.add_argument("--peers", default="", help="of `tools/peers/run_peer.py --list`; default: those that are installed; `none`: no peers")
    parser.add_argument("--tiers", default="int8,bf16,fp32")
    parser.add_argument("--work", default="mixed", help="of mixed, 512, single")
    parser.add_argument("--out", default=os.path.join(ROOT, "build", "peers"), help="where the random models are kept")
    args = parser.parse_args()
    models = args.models.split(",")
    ok = True
    if not make_models(args.python, args.out, models):
        ok = all([bench_bundled(args, int(threads)) for threads in args.threads.split(",")])
        sys.exit(0 if ok else 1)
    installed = available_peers(args.python)
    peers = [peer for peer in args.peers.split(",") if peer != "none"] if args.peers else installed
    for model in models:
        for work in args.work.split(","):
            for threads in args.threads.split(","):
                ok = bench_model(args, model, work, int(threads), peers) and ok
    sys.exit(0 if ok else 1)


if __name__ == "__main__":
    main()
