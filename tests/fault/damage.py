#!/usr/bin/env python3
"""Damaged files are never passed over in silence.

    tests/fault/damage.py [--rounds 1000] [--seed N]

A data folder is made once. In each round a copy of it gets one flipped bit, is cut short in one file, or loses one file. Then a server starts on it, and one of
three must hold: it serves exactly what was written (the damage was repaired, or harmless); it refuses to start and names the file or, for one that is gone,
its kind; or it answers an error that names the file.
"""

import json
import os
import pathlib
import random
import shutil
import sys
import tempfile

import _common
from selene_server import Server

INDEX = "kept"
NUM_DOCS = 600
FIRST_READY_S = 60


def source(i):
    return {"n": i, "text": f"word{i % 37} common " + "filler " * (i % 50)}


def fill(server):
    """Segments with and without deletes, documents that stand in the log only; gives what must be there: id -> (source, version, seq_no)."""
    client, model = server.client(), {}
    client.send("PUT", f"/{INDEX}", {"mappings": {"properties": {"text": {"type": "text"}, "n": {"type": "long"}}}})

    def bulk(actions):
        lines = []
        for key, doc in actions:
            lines += [{"delete": {"_id": key}}] if doc is None else [{"index": {"_id": key}}, doc]
        answer = client.send("POST", f"/{INDEX}/_bulk", "".join(json.dumps(line) + "\n" for line in lines), {"Content-Type": "application/x-ndjson"}).json()
        for (key, doc), item in zip(actions, answer["items"]):
            (outcome,) = item.values()
            if doc is None:
                model.pop(key, None)
            else:
                model[key] = (doc, outcome["_version"], outcome["_seq_no"])

    for part in range(3):
        bulk([(str(i), source(i)) for i in range(part * 200, part * 200 + 200)])
        client.send("POST", f"/{INDEX}/_flush")
    bulk([(str(i), None) for i in range(0, NUM_DOCS, 17)] + [(str(i), source(i + 1000)) for i in range(5, NUM_DOCS, 23)])
    client.send("POST", f"/{INDEX}/_flush")
    bulk([(f"late{i}", source(i)) for i in range(40)])
    return model


def damage(folder, rng):
    """Damages one file; gives its path and what was done."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    path = rng.choice(files)
    size = path.stat().st_size
    kind = rng.choice(["flip", "flip", "flip", "cut", "remove"]) if size else "remove"
    if kind == "flip":
        at, bit = rng.randrange(size), rng.randrange(8)
        with open(path, "r+b") as file:
            file.seek(at)
            byte = file.read(1)[0] ^ 1 << bit
            file.seek(at)
            file.write(bytes([byte]))
        return path, f"bit {bit} of byte {at} flipped"
    if kind == "cut":
        length = rng.randrange(size)
        os.truncate(path, length)
        return path, f"cut from {size} to {length}"
    path.unlink()
    return path, "removed"


def faults_of(client, model):
    """What differs from the model, and all that the server answered where something did."""
    texts, wrong = [], []
    keys = sorted(model)
    answer = client.send("POST", f"/{INDEX}/_mget", {"ids": keys})
    texts.append(answer.text)
    if answer.status == 200:
        for key, doc in zip(keys, answer.json()["docs"]):
            if (doc.get("_source"), doc.get("_version"), doc.get("_seq_no")) != model[key]:
                wrong.append(f"document {key}: {json.dumps(doc)[:200]}")
    else:
        wrong.append("_mget")
    for word in ["common"] + [f"word{n}" for n in range(37)]:
        answer = client.send("POST", f"/{INDEX}/_search", {"size": 1000, "_source": False, "query": {"match": {"text": word}}})
        wanted = {key for key, (doc, _, _) in model.items() if word in doc["text"].split()}
        found = {hit["_id"] for hit in answer.json().get("hits", {}).get("hits", [])} if answer.status == 200 else None
        if found != wanted:
            wrong.append(f"search for {word}")
            texts.append(answer.text)
    return wrong, "\n".join(texts)


def names(text, path):
    """Whether a text tells of the file: its name, or for a store's log that is gone the logs'."""
    return path.name in text or (path.suffix == ".log" and "*.log" in text)


def run_round(args, pristine, model, number, rng, tally, counts):
    with tempfile.TemporaryDirectory(prefix="selene-damage-") as scratch:
        folder = pathlib.Path(scratch) / "data"
        shutil.copytree(pristine, folder)
        path, what = damage(folder, rng)
        label = f"round {number}: {path.relative_to(folder)} {what}"
        server = Server(args.program, data=folder, ready_timeout_s=FIRST_READY_S)
        try:
            try:
                server.start()
            except RuntimeError as error:
                counts["refused"] += 1
                tally.check(names(str(error), path), f"{label}: refused with the file's name", str(error)[-600:])
                return
            wrong, text = faults_of(server.client(), model)
            if not wrong:
                counts["repaired" if "was repaired" in server.log() else "harmless"] += 1
                tally.check(True, label)
                return
            counts["answered"] += 1
            tally.check(names(text, path), f"{label}: an error names the file", f"{wrong[:3]} {text[:300]}")
        finally:
            server.close()


def main():
    parser = _common.parser(__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=25)
    parser.add_argument("--seed", type=int, default=None)
    args = parser.parse_args()
    seed = random.randrange(1 << 30) if args.seed is None else args.seed
    print(f"seed {seed}")
    rng, tally, counts = random.Random(seed), _common.Tally(), dict.fromkeys(["repaired", "refused", "answered", "harmless"], 0)
    with tempfile.TemporaryDirectory(prefix="selene-pristine-") as scratch:
        pristine = pathlib.Path(scratch) / "data"
        server = Server(args.program, data=pristine)
        try:
            server.start()
            model = fill(server)
            server.kill()
            for number in range(args.rounds):
                run_round(args, pristine, model, number, rng, tally, counts)
        except (OSError, RuntimeError, ValueError, KeyError) as error:
            tally.check(False, "the test ran to its end", f"{type(error).__name__}: {error}\n{server.log()}")
        finally:
            server.close()
    print(", ".join(f"{count} {name}" for name, count in counts.items()))
    return tally.end()


if __name__ == "__main__":
    sys.exit(main())
