#!/usr/bin/env python3
"""Asks a real node's _analyze anew for the chains and texts of tests/golden/analysis/languages.json (or urls.json) and writes the file again.

    tools/golden/make_language_golden.py http://127.0.0.1:9200 tests/golden/analysis/languages.json

Made with OpenSearch 2.19 (Lucene 9.12). The texts are common words of each language, one after another; those of urls.json are pieces of
addresses, put together by chance.
"""

import json
import sys

from make_analysis_golden import analyze


def main():
    base, path = sys.argv[1].rstrip("/"), sys.argv[2]
    with open(path, encoding="utf-8") as file:
        cases = json.load(file)
    for case in cases:
        tokens = analyze(base, {**case["chain"], "text": case["text"]})
        case["tokens"] = [[t["token"], t["start_offset"], t["end_offset"], t["type"], t["position"], t.get("positionLength", 1)]
                          for t in tokens]
    with open(path, "w", encoding="utf-8") as out:
        out.write("[\n" + ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases) + "\n]\n")
    print(f"{len(cases)} cases")


if __name__ == "__main__":
    main()
