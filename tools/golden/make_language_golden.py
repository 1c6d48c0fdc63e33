#!/usr/bin/env python3
"""Asks a real node's _analyze anew for the chains and texts of tests/golden/analysis/languages.json (or urls.json) and writes the file again.

    tools/golden/make_language_golden.py http://127.0.0.1:9200 tests/golden/analysis/languages.json 'LUCENE_JARS/*'

Made with OpenSearch 2.19 (Lucene 9.12). Analyzers that the node does not have, or that Lucene 10 changed (persian, romanian, swedish), come from Lucene's own
jars of 10.6 (analysis-common and core): a case names its class. The texts are common words of each language, one after another, and words
put together by chance of endings and exceptions that the stemmers know; those of urls.json are pieces of addresses, put together by chance.
"""

import json
import pathlib
import subprocess
import sys

from make_analysis_golden import analyze


def from_node(base, case):
    return [[t["token"], t["start_offset"], t["end_offset"], t["type"], t["position"], t.get("positionLength", 1)]
            for t in analyze(base, {**case["chain"], "text": case["text"]})]


def from_lucene(jars, case):
    program = pathlib.Path(__file__).with_name("LuceneTokens.java")
    run = subprocess.run(["java", "-cp", jars, str(program), case["lucene_class"]], input=case["text"], capture_output=True, text=True, check=True)
    fields = [line.split("\t") for line in run.stdout.splitlines()]
    return [[term, int(start), int(end), kind, int(position), 1] for term, start, end, kind, position in fields]


def main():
    base, path = sys.argv[1].rstrip("/"), sys.argv[2]
    with open(path, encoding="utf-8") as file:
        cases = json.load(file)
    for case in cases:
        case["tokens"] = from_lucene(sys.argv[3], case) if "lucene_class" in case else from_node(base, case)
    with open(path, "w", encoding="utf-8") as out:
        out.write("[\n" + ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases) + "\n]\n")
    print(f"{len(cases)} cases")


if __name__ == "__main__":
    main()
