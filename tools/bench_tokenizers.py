#!/usr/bin/env python3
"""Times tokenizers over the text of data/qed-nq in passages of 180 words, one thread: ours (through a small program) and PyPI `tokenizers`, in one run.
Each does the same work: with offsets where the package gives them (0.23), ids alone beside 1.0, which has none; both figures of ours are printed.

    python3 tools/bench_tokenizers.py --program build/bench/tokenizer_speed [TOKENIZER.json ...]

Default: the bundled tokenizer and those of tests/golden/tokenizer. The program is bench/models/tokenizer_speed.cpp, built with
`cmake --preset release -DSELENE_BUILD_BENCH=ON`. Without the package only ours is timed. The Rust library is called through its Python wrapper,
which adds some 5 microseconds a text.

Both keep caches of words. So each text is encoded once by a tokenizer that was just loaded and has seen the text of data/xquad-en only, three times;
the best of the three is printed. No passage is timed twice by the same tokenizer.
"""
import argparse
import glob
import json
import os
import subprocess
import sys
import tempfile
import time

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), ".."))
ROUNDS = 3
WORDS = 180


def passages(folder):
    """The text of a folder of data/ in pieces of 180 words."""
    with open(os.path.join(ROOT, "data", folder, "corpus.jsonl"), encoding="utf-8") as f:
        words = " ".join(json.loads(line)["text"] for line in f).split(" ")
    return [" ".join(words[i : i + WORDS]) for i in range(0, len(words), WORDS)]


def read(encoding):
    """The offsets; 1.0 gives none beside its ids."""
    return encoding.offsets if hasattr(encoding, "offsets") else encoding.ids_array


def gives_offsets():
    try:
        from tokenizers import Encoding
    except ImportError:
        return True
    return hasattr(Encoding, "offsets")


def hugging_face_us(path, texts, warm_up):
    try:
        from tokenizers import Tokenizer
    except ImportError:
        return None
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    best = float("inf")
    for _ in range(ROUNDS):
        try:
            tokenizer = Tokenizer.from_file(path)
        except ValueError:  # what 1.0 no longer supports
            return None
        if hasattr(tokenizer, "no_truncation"):
            tokenizer.no_truncation()
            tokenizer.no_padding()
        else:  # 1.0
            tokenizer.truncation = tokenizer.padding = None
        for text in warm_up:
            read(tokenizer.encode(text))
        begin = time.perf_counter()
        for text in texts:
            read(tokenizer.encode(text))
        best = min(best, time.perf_counter() - begin)
    return best / len(texts) * 1e6


def ours(program, path, texts_file, warm_up_file):
    done = subprocess.run([program, path, texts_file, str(ROUNDS), warm_up_file], stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout)


def write_lines(f, texts):
    f.writelines(json.dumps(text) + "\n" for text in texts)
    f.flush()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=os.path.join(ROOT, "build", "bench", "tokenizer_speed"))
    parser.add_argument("tokenizers", nargs="*", default=None)
    args = parser.parse_args()
    if not os.path.exists(args.program):
        sys.exit(f"{args.program} is not built; see --help")
    files = args.tokenizers or [os.path.join(ROOT, "models", "minilm-l6-rerank", "tokenizer.json"),
                                *sorted(glob.glob(os.path.join(ROOT, "tests", "golden", "tokenizer", "*", "tokenizer.json")))]
    texts, warm_up = passages("qed-nq"), passages("xquad-en")
    print(f"{len(texts)} passages of {sum(len(text.split()) for text in texts) / len(texts):.0f} words, microseconds a passage, each seen once; "
          f"ratio {'with offsets' if gives_offsets() else 'of ids alone'}")
    print(f"{'':22} {'offsets':>8} {'ids':>8} {'MB/s':>7} {'tokenizers':>11} {'ratio':>6}  {'load ms':>7}")
    with tempfile.NamedTemporaryFile("w", encoding="utf-8") as f, tempfile.NamedTemporaryFile("w", encoding="utf-8") as first:
        write_lines(f, texts)
        write_lines(first, warm_up)
        for path in files:
            mine, theirs = ours(args.program, path, f.name, first.name), hugging_face_us(path, texts, warm_up)
            same_work = mine["us_per_text" if gives_offsets() else "ids_us_per_text"]
            ratio = f"{theirs:11.1f} {theirs / same_work:6.1f}" if theirs else f"{'-':>11} {'-':>6}"
            print(f"{os.path.basename(os.path.dirname(path)):22} {mine['us_per_text']:8.1f} {mine['ids_us_per_text']:8.1f} {mine['mb_per_s']:7.1f} {ratio}  {mine['load_ms']:7.1f}", flush=True)


if __name__ == "__main__":
    main()
