#!/usr/bin/env python3
"""Writes src/index/analysis/stop_word_lists.cpp from the lists in Lucene's jar.

    tools/golden/make_stop_words.py lucene-analysis-common-10.6.0.jar src/index/analysis/stop_word_lists.cpp
"""

import sys
import textwrap
import zipfile

FOLDER = "org/apache/lucene/analysis/"
SNOWBALL = ["danish", "dutch", "finnish", "french", "german", "hungarian", "irish", "italian", "norwegian", "portuguese", "russian", "spanish",
            "swedish"]
LUCENE = {"arabic": "ar", "armenian": "hy", "basque": "eu", "bengali": "bn", "brazilian": "br", "bulgarian": "bg", "catalan": "ca", "cjk": "cjk", "czech": "cz", "estonian": "et", "galician": "gl", "greek": "el", "hindi": "hi", "indonesian": "id",
          "latvian": "lv", "lithuanian": "lt", "persian": "fa", "romanian": "ro", "serbian": "sr", "sorani": "ckb", "turkish": "tr"}
HEAD = '''// Made by tools/golden/make_stop_words.py. Sources: the Snowball project (BSD License); Apache Lucene for the others.
#include "index/analysis/stop_word_lists.h"

namespace selene::index {
namespace {
'''


def words(text):
    """A line's words, up to a comment, which starts with | (Snowball) or # (Lucene)."""
    found = []
    for line in text.splitlines():
        for word in line.split("|")[0].split("#")[0].split():
            if word not in found:
                found.append(word)
    return found


def main():
    jar, path = zipfile.ZipFile(sys.argv[1]), sys.argv[2]
    lists = {name: words(jar.read(f"{FOLDER}snowball/{name}_stop.txt").decode()) for name in SNOWBALL}
    lists |= {name: words(jar.read(f"{FOLDER}{code}/stopwords.txt").decode()) for name, code in LUCENE.items()}
    out = [HEAD]
    for name in sorted(lists):
        lines = textwrap.wrap(" ".join(lists[name]), 118)
        out.append(f"constexpr std::string_view k{name.capitalize()} =")
        out.append("\n".join(f'    "{line}{" " if line is not lines[-1] else ""}"' for line in lines) + ";\n")
    out.append("constexpr StopWordList kLists[] = {")
    out += [f'    {{"{name}", k{name.capitalize()}}},' for name in sorted(lists)]
    out.append("};\n\n}  // namespace\n\nstd::span<const StopWordList> stop_word_lists() { return kLists; }\n\n}  // namespace selene::index")
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(out) + "\n")
    print({name: len(each) for name, each in lists.items()})


if __name__ == "__main__":
    main()
