#!/usr/bin/env python3
"""Writes tests/golden/analysis/chains.json: what a real node's _analyze gives for analysis chains and texts.

    tools/golden/make_analysis_golden.py http://127.0.0.1:9200 tests/golden/analysis/chains.json

Made with OpenSearch 2.19 (Lucene 9.12).
"""

import json
import sys
import urllib.error
import urllib.request

TEXTS = [
    "The QUICK brown-foxes jumped over O'Neil's lazy dog's bone, didn't they?",
    "Wi-Fi500 PowerShot SD500 J2SE super-duper-0-AutoCoder's 1,234.56 a_b foo@bar.com",
    "L'avion d'Été où l'œuvre naïve coûte 3,50 € à Zürich; Straße, ﬁn",
    "Быстрая коричневая лиса прыгает через ленивых собак",
    "東京都へ行く 日本語のテスト カタカナ ひらがな 한국어 문장",
    "ภาษาไทย कखग עברית ‏العربية، مرحبا بالعالم",
    "emoji 😀 👩‍💻 and 2️⃣ flags 🇩🇪 mixed\ttabs\nlines",
    "run running runner ran easily fairly generously nationalization relational sky skies dying",
    "a",
    "",
    "quick wifi in ny and the new york city big apple, fast fox",
]

GRAMS = {"type": "ngram", "min_gram": 2, "max_gram": 3}
CHAINS = {
    **{name: {"analyzer": name} for name in ["standard", "simple", "whitespace", "stop", "keyword", "pattern", "english"]},
    "standard, short tokens": {"tokenizer": {"type": "standard", "max_token_length": 5}},
    "letter": {"tokenizer": "letter"},
    "lowercase tokenizer": {"tokenizer": "lowercase"},
    "ngram tokenizer": {"tokenizer": GRAMS},
    "edge_ngram tokenizer": {"tokenizer": {"type": "edge_ngram", "min_gram": 1, "max_gram": 4, "token_chars": ["letter", "digit"]}},
    # path_hierarchy is left out: it counts positions from Lucene 10 on (Lucene change 12875), the node that was asked has Lucene 9
    "pattern tokenizer": {"tokenizer": {"type": "pattern", "pattern": "[\\s,;]+"}},
    "char_group": {"tokenizer": {"type": "char_group", "tokenize_on_chars": ["whitespace", "-", "punctuation"]}},
    "asciifolding": {"tokenizer": "standard", "filter": ["lowercase", {"type": "asciifolding", "preserve_original": True}]},
    "stop": {"tokenizer": "standard", "filter": ["lowercase", {"type": "stop", "stopwords": ["the", "a", "in"]}]},
    "porter_stem": {"tokenizer": "standard", "filter": ["lowercase", "porter_stem"]},
    "porter2": {"tokenizer": "standard", "filter": ["lowercase", {"type": "stemmer", "language": "porter2"}]},
    "possessive": {"tokenizer": "standard", "filter": [{"type": "stemmer", "language": "possessive_english"}]},
    "snowball russian": {"tokenizer": "standard", "filter": ["lowercase", {"type": "snowball", "language": "Russian"}]},
    "snowball french": {"tokenizer": "standard", "filter": ["lowercase", {"type": "snowball", "language": "French"}]},
    "length": {"tokenizer": "standard", "filter": [{"type": "length", "min": 3, "max": 6}]},
    "trim": {"tokenizer": "keyword", "filter": ["trim", "reverse"]},
    "truncate": {"tokenizer": "standard", "filter": [{"type": "truncate", "length": 4}]},
    "unique": {"tokenizer": {"type": "pattern", "pattern": ""}, "filter": ["lowercase", "unique"]},
    "uppercase": {"tokenizer": "whitespace", "filter": ["uppercase"]},
    "ngram": {"tokenizer": "standard", "filter": [GRAMS]},
    "edge_ngram": {"tokenizer": "standard", "filter": [{"type": "edge_ngram", "min_gram": 1, "max_gram": 3, "preserve_original": True}]},
    "shingle": {"tokenizer": "standard", "filter": ["lowercase", {"type": "shingle", "min_shingle_size": 2, "max_shingle_size": 3}]},
    "shingle with holes": {"tokenizer": "standard", "filter": ["lowercase", {"type": "stop", "stopwords": "_english_"},
                                                               {"type": "shingle", "output_unigrams": False}]},
    "keyword_marker": {"tokenizer": "standard", "filter": ["lowercase", {"type": "keyword_marker", "keywords": ["running", "skies"]},
                                                           "porter_stem"]},
    "elision": {"tokenizer": "standard", "filter": ["lowercase", {"type": "elision", "articles": ["l", "d"]}]},
    "pattern_replace": {"tokenizer": "standard", "filter": [{"type": "pattern_replace", "pattern": "(o)(.)", "replacement": "$2$1"}]},
    "html_strip": {"tokenizer": "standard", "char_filter": ["html_strip"]},
    "mapping": {"tokenizer": "standard", "char_filter": [{"type": "mapping", "mappings": ["ﬁ => fi", "Straße => street", "😀 => smile"]}]},
    "pattern_replace char filter": {"tokenizer": "standard", "char_filter": [
        {"type": "pattern_replace", "pattern": "(\\d+)-(?=\\d)", "replacement": "$1_"}]},
    "synonym": {"tokenizer": "standard", "filter": ["lowercase", {"type": "synonym", "synonyms": [
        "ny, new york city, big apple", "wifi => wireless network", "quick, fast", "fox, red fox"]}]},
    "synonym, to the first": {"tokenizer": "standard", "filter": ["lowercase", {"type": "synonym", "expand": False, "synonyms": [
        "ny, new york city, big apple", "quick, fast"]}]},
    "synonym_graph": {"tokenizer": "standard", "filter": ["lowercase", {"type": "synonym_graph", "synonyms": [
        "ny, new york city, big apple", "wifi => wireless network", "quick, fast", "fox, red fox"]}]},
    "synonym_graph, to the first": {"tokenizer": "standard", "filter": ["lowercase", {"type": "synonym_graph", "expand": False, "synonyms": [
        "ny, new york city, big apple", "quick, fast"]}]},
    "word_delimiter": {"tokenizer": "whitespace", "filter": ["word_delimiter"]},
    "word_delimiter, all": {"tokenizer": "whitespace", "filter": [{"type": "word_delimiter", "catenate_all": True, "preserve_original": True}]},
    "word_delimiter, joined": {"tokenizer": "whitespace", "filter": [{"type": "word_delimiter", "catenate_words": True,
                                                                      "catenate_numbers": True, "generate_word_parts": False}]},
    "word_delimiter_graph": {"tokenizer": "whitespace", "filter": ["word_delimiter_graph"]},
    "word_delimiter_graph, all": {"tokenizer": "whitespace", "filter": [{"type": "word_delimiter_graph", "catenate_all": True,
                                                                         "preserve_original": True}]},
    "word_delimiter_graph, joined": {"tokenizer": "whitespace", "filter": [{"type": "word_delimiter_graph", "catenate_words": True,
                                                                            "catenate_numbers": True, "split_on_case_change": False}]},
    "word_delimiter_graph, numbers stay": {"tokenizer": "whitespace", "filter": [{"type": "word_delimiter_graph", "split_on_numerics": False,
                                                                                  "stem_english_possessive": False}]},
}


def analyze(base, body):
    request = urllib.request.Request(base + "/_analyze", json.dumps(body).encode(), {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)["tokens"]
    except urllib.error.HTTPError as error:
        raise SystemExit(f"{body}: {error.read().decode()[:300]}") from error


def main():
    base, path = sys.argv[1].rstrip("/"), sys.argv[2]
    cases = []
    for name, chain in CHAINS.items():
        for text in TEXTS:
            tokens = analyze(base, {**chain, "text": text})
            # Java cuts pairs of surrogates where it counts units; Selene never does.
            if any("\ud800" <= c <= "\udfff" for token in tokens for c in token["token"]):
                continue
            cases.append({"name": name, "chain": chain, "text": text, "tokens": [
                [t["token"], t["start_offset"], t["end_offset"], t["type"], t["position"], t.get("positionLength", 1)] for t in tokens]})
    with open(path, "w", encoding="utf-8") as out:
        out.write("[\n" + ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases) + "\n]\n")
    print(f"{len(cases)} cases of {len(CHAINS)} chains")


if __name__ == "__main__":
    main()
