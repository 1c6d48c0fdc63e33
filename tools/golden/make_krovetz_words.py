#!/usr/bin/env python3
"""Writes src/index/analysis/stemmers/krovetz_words.cpp from the dictionary in Lucene's KStemmer.

    tools/golden/make_krovetz_words.py LUCENE_JARS src/index/analysis/stemmers/krovetz_words.cpp

LUCENE_JARS: a class path with analysis-common and core. Made with Lucene 9.12.1, whose dictionary is that of 10.6.0. Needs a JDK.
"""

import os
import pathlib
import subprocess
import sys
import tempfile

HEAD = """// Made by tools/golden/make_krovetz_words.py from the dictionary of Robert Krovetz's stemmer in Apache Lucene.
//
{licence}
#include "index/analysis/stemmers/krovetz_words.h"

namespace selene::index {{
"""
LICENCE = pathlib.Path(__file__).resolve().parents[2] / "src/index/analysis/stemmers/krovetz_words.LICENSE"


def entries(jars):
    """Those of the dictionary, sorted: word, whether it is an exception, headword."""
    program = pathlib.Path(__file__).with_name("KrovetzEntries.java")
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["javac", "-cp", jars, "-d", folder, str(program)], check=True)
        run = subprocess.run(["java", "-cp", jars + os.pathsep + folder, "org.apache.lucene.analysis.en.KrovetzEntries"],
                             capture_output=True, text=True, check=True)
    return sorted((word, exception == "true", root) for word, exception, root in (line.split("\t") for line in run.stdout.splitlines()))


def front_coded(words):
    """Each word as an upper-case letter, the number of letters it shares with the word before (A: 0), and the letters after those."""
    coded, before = [], ""
    for word in words:
        shared = len(os.path.commonprefix([before, word]))
        coded.append(chr(ord("A") + shared) + word[shared:])
        before = word
    return coded


def literal(parts, separator):
    width = 120
    lines, line = [], ""
    for part in parts:
        if len(line) + len(part) + 1 > width:
            lines.append(line)
            line = ""
        line += part + separator
    lines.append(line.rstrip())
    return "\n".join(f'    "{line}"' for line in lines) + ";\n"


def main():
    found = entries(sys.argv[1])
    for word, exception, root in found:
        if not word.isascii() or not word.isalpha() or not word.islower() or (exception and root != word):
            raise SystemExit(f"{word}: not what the format takes")
    licence = "\n".join(f"// {line}".rstrip() for line in LICENCE.read_text(encoding="utf-8").splitlines())
    out = [HEAD.format(licence=licence)]
    out.append("const std::string_view kKrovetzWords =\n" + literal(front_coded([word for word, _, _ in found]), ""))
    out.append("const std::string_view kKrovetzExceptions =\n" + literal([word for word, exception, _ in found if exception], " "))
    roots = [f"{word} {root}" for word, _, root in found if root not in ("null", word)]
    out.append("const std::string_view kKrovetzHeadwords =\n" + literal(roots, " "))
    out.append("}  // namespace selene::index")
    with open(sys.argv[2], "w", encoding="utf-8") as file:
        file.write("\n".join(out) + "\n")
    print(f"{len(found)} words, {len(roots)} headwords")


if __name__ == "__main__":
    main()
