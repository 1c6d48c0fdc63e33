#!/usr/bin/env python3
"""Asks Lucene anew for the stems of the words in tests/golden/analysis/krovetz.tsv or german.tsv and writes the file again.

    tools/golden/make_stem_golden.py LUCENE_JARS kstem tests/golden/analysis/krovetz.tsv
    tools/golden/make_stem_golden.py LUCENE_JARS German tests/golden/analysis/german.tsv

LUCENE_JARS: a class path with analysis-common and core. Made with Lucene 10.6.0 (for kstem 9.12.1 gives the same). The words of krovetz.tsv: for
each rule and each of its outcomes some that it decides, all headwords and exceptions, words of the dictionary and of a corpus by chance, and
lengths about the limits. Those of german.tsv: common words, and pieces and endings put together by chance. A line is a word and its stem; more
words: lines with a word alone.
"""

import pathlib
import subprocess
import sys


def main():
    jars, stemmer, path = sys.argv[1:4]
    with open(path, encoding="utf-8") as file:
        words = [line.rstrip("\n").split("\t")[0] for line in file]
    program = pathlib.Path(__file__).with_name("LuceneStems.java")
    run = subprocess.run(["java", "-cp", jars, str(program), stemmer], input="\n".join(words) + "\n", capture_output=True, encoding="utf-8",
                         check=True)
    stems = run.stdout.split("\n")[:-1]
    if len(stems) != len(words):
        raise SystemExit(f"{len(words)} words, {len(stems)} stems")
    with open(path, "w", encoding="utf-8") as out:
        out.writelines(f"{word}\t{stem}\n" for word, stem in zip(words, stems))
    print(f"{len(words)} words")


if __name__ == "__main__":
    main()
