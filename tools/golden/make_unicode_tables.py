#!/usr/bin/env python3
"""Writes src/models/tokenizers/unicode_data.cpp: what Hugging Face `tokenizers` does to each code point, asked of the library itself.

Its Unicode tables are of several ages (punctuation of Unicode 8, lower case of the newest), so a Unicode library's answers would
give other ids for rare characters. Made with tokenizers 0.23.3, Python 3.11 (Unicode 14, for combining classes only).

    pip install tokenizers==0.23.3
    python tools/golden/make_unicode_tables.py > src/models/tokenizers/unicode_data.cpp
"""
import base64
import json
import os
import unicodedata

from tokenizers import Regex, normalizers, pre_tokenizers

HANGUL = range(0xAC00, 0xD7A4)
CODE_POINTS = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000]


def bert(**options):
    switches = {"clean_text": False, "handle_chinese_chars": False, "strip_accents": False, "lowercase": False}
    return normalizers.BertNormalizer(**{**switches, **options})


def ranges(code_points):
    out = []
    for c in sorted(code_points):
        if out and out[-1][1] == c - 1:
            out[-1][1] = c
        else:
            out.append([c, c])
    return out


def rows(items, per_line):
    return "".join("    " + " ".join(items[i:i + per_line]) + "\n" for i in range(0, len(items), per_line))


def range_table(name, code_points):
    items = [f"{{0x{a:X}, 0x{b:X}}}," for a, b in ranges(code_points)]
    print(f"constexpr CodePointRange {name}_table[] = {{\n{rows(items, 6)}}};")
    print(f"const std::span<const CodePointRange> {name} = {name}_table;\n")


def value_range_table(name, values):
    groups = []
    for c in sorted(values):
        if groups and groups[-1][1] == c - 1 and groups[-1][2] == values[c]:
            groups[-1][1] = c
        else:
            groups.append([c, c, values[c]])
    items = [f"{{0x{a:X}, 0x{b:X}, {v}}}," for a, b, v in groups]
    print(f"constexpr CodePointRangeValue {name}_table[] = {{\n{rows(items, 5)}}};")
    print(f"const std::span<const CodePointRangeValue> {name} = {name}_table;\n")


def mapping_table(name, mapping):
    """One line of UTF-32: the code point, how many it becomes, those."""
    items = []
    for c in sorted(mapping):
        items.append(f"0x{c:X}, {len(mapping[c])}, " + ", ".join(f"0x{ord(x):X}" for x in mapping[c]) + ",")
    print(f"constexpr char32_t {name}_table[] = {{\n{rows(items, 5)}}};")
    print(f"const std::span<const char32_t> {name} = {name}_table;\n")


def matched_by(regex):
    split = pre_tokenizers.Split(Regex(regex), "isolated")
    return {c for c in CODE_POINTS if len(split.pre_tokenize_str("!" + chr(c) + "!")) == 3}


def word_characters():
    split = pre_tokenizers.Whitespace()
    return {c for c in CODE_POINTS if len(split.pre_tokenize_str("a" + chr(c))) == 1 and split.pre_tokenize_str("a" + chr(c))[0][0] != "a"}


def numeric():
    split = pre_tokenizers.Digits()
    return {c for c in CODE_POINTS if len(split.pre_tokenize_str("a" + chr(c))) == 2}


def combining_marks():
    strip = normalizers.StripAccents()
    return {c for c in CODE_POINTS if strip.normalize_str("a" + chr(c)) == "a"}


def cluster_extenders():
    """What goes with the character before it in a grapheme cluster: a folding character map replaces the whole cluster by "a"."""
    golden = os.path.join(os.path.dirname(__file__), "..", "..", "tests", "golden", "tokenizer", "unigram-deberta", "tokenizer.json")
    with open(golden, encoding="utf-8") as f:
        steps = json.load(f)["normalizer"]["normalizers"]
    charsmap = next(step["precompiled_charsmap"] for step in steps if step["type"] == "Precompiled")
    fold = normalizers.Precompiled(base64.b64decode(charsmap))
    return {c for c in CODE_POINTS if fold.normalize_str("A" + chr(c)) == "a" and fold.normalize_str(chr(c)) != ""}


def main():
    clean, strip, lower = bert(clean_text=True), bert(strip_accents=True), bert(lowercase=True)
    nfd, chinese, split = normalizers.NFD(), bert(handle_chinese_chars=True), pre_tokenizers.BertPreTokenizer()
    space_of_clean, removed, han, marks, white, punctuation = set(), set(), set(), set(), set(), set()
    lowered, decomposed, classes = {}, {}, {}
    for c in CODE_POINTS:
        ch = chr(c)
        between = clean.normalize_str("a" + ch + "b")
        if between == "ab":
            removed.add(c)
        elif between == "a b":
            space_of_clean.add(c)
        if chinese.normalize_str(ch) != ch:
            han.add(c)
        if strip.normalize_str(ch) == "":
            marks.add(c)
        if (text := lower.normalize_str(ch)) != ch:
            lowered[c] = text
        if (text := nfd.normalize_str(ch)) != ch and c not in HANGUL:
            decomposed[c] = text
        words = [word for word, _ in split.pre_tokenize_str("a" + ch + "b")]
        if words == ["a", "b"]:
            white.add(c)
        elif words == ["a", ch, "b"]:
            punctuation.add(c)
        if combining := unicodedata.combining(ch):
            classes[c] = combining
    # A starter neither swaps with a mark before it nor lets one behind it swap.
    for c in list(classes):
        before, after = nfd.normalize_str("\u0345" + chr(c)), nfd.normalize_str(chr(c) + "\u0334")
        swaps = before != "\u0345" + chr(c) or after != chr(c) + "\u0334"
        if not swaps and c not in (0x0345, 0x0334):
            del classes[c]
    print("// Made by tools/golden/make_unicode_tables.py; do not edit.")
    print('#include "models/tokenizers/unicode_data.h"\n\nnamespace selene::models {\n\n// clang-format off')
    range_table("kCleanedToSpace", space_of_clean)
    range_table("kCleanedAway", removed)
    range_table("kChineseCharacters", han)
    range_table("kNonspacingMarks", marks)
    range_table("kWhitespace", white)
    range_table("kPunctuation", punctuation)
    range_table("kCombiningMarks", combining_marks())
    range_table("kWordCharacters", word_characters())
    range_table("kNumericCharacters", numeric())
    range_table("kLetters", matched_by(r"\p{L}"))
    range_table("kNumbers", matched_by(r"\p{N}"))
    range_table("kBlanks", matched_by(r"\s"))
    range_table("kClusterExtenders", cluster_extenders())
    value_range_table("kCombiningClasses", classes)
    mapping_table("kLowercase", lowered)
    mapping_table("kDecompositions", decomposed)
    print("// clang-format on\n\n}  // namespace selene::models")


main()
