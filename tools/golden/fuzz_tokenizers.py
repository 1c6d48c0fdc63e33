#!/usr/bin/env python3
"""Random texts through our tokenizers and PyPI `tokenizers`: ids and offsets must be equal.

    python tools/golden/fuzz_tokenizers.py --program build/bench/tokenizer_speed [--seed N] [--texts 20000] [TOKENIZER.json ...]

Default: the bundled tokenizer and those of tests/golden/tokenizer. Texts: words of the vocabulary, added tokens, code points of all kinds (see
make_tokenizer_golden.py), each seed others. The shortest difference of each tokenizer is printed, so that it can become a case of its golden file.
The last line is `N passed, N failed`, a tokenizer each.
"""
import argparse
import glob
import json
import os
import subprocess
import sys
import tempfile

from tokenizers import Tokenizer

import make_tokenizer_golden as golden


def compare(program, path, seed, count):
    tokenizer = Tokenizer.from_file(path)
    tokenizer.no_truncation()
    tokenizer.no_padding()
    golden.SEED = seed
    texts = golden.random_texts(tokenizer, count)
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as f:
        f.writelines(json.dumps(text) + "\n" for text in texts)
        f.flush()
        lines = subprocess.run([program, path, f.name, "ids"], capture_output=True, text=True, check=True).stdout.split("\n")
    found = {"ids": [], "offsets": []}
    for i, text in enumerate(texts):
        expected = tokenizer.encode(text)
        ids, offsets = ([int(n) for n in line.split()] for line in lines[2 * i : 2 * i + 2])
        if ids != expected.ids:
            found["ids"].append({"text": text, "got": ids, "expected": expected.ids})
        elif offsets != golden.byte_offsets(text, expected):
            found["offsets"].append({"text": text, "got": offsets, "expected": golden.byte_offsets(text, expected)})
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=os.path.join(golden.ROOT, "build", "bench", "tokenizer_speed"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--texts", type=int, default=20000)
    parser.add_argument("tokenizers", nargs="*")
    args = parser.parse_args()
    files = args.tokenizers or [os.path.join(golden.ROOT, "models", "minilm-l6-rerank", "tokenizer.json"),
                                *sorted(glob.glob(os.path.join(golden.OUT, "*", "tokenizer.json")))]
    passed = failed = 0
    for path in files:
        found = compare(args.program, path, args.seed, args.texts)
        good = not any(found.values())
        passed, failed = passed + good, failed + (not good)
        print(f"{os.path.basename(os.path.dirname(path)):24} of {args.texts} texts {len(found['ids'])} with other ids, {len(found['offsets'])} with "
              "other offsets", flush=True)
        for kind, differences in found.items():
            if differences:
                print(f"    {kind}: {json.dumps(min(differences, key=lambda d: len(d['text'])))}", flush=True)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
