#!/usr/bin/env python3
"""Makes the corpus and the queries of the search benchmark: the same bytes for the same options. Needs numpy.

    python3 tools/make_search_corpus.py FOLDER [--docs 500000] [--seed 7]

Writes docs.txt (one document a line, lower-case ASCII words), queries.tsv (kind, tab, words; kinds or2..or8, and2..and4, phr2, phr3) and manifest.json
(counts, SHA-256 of both). Words follow a Zipf-Mandelbrot law; a document takes 55 % of its words from one of 2000 topics; 30 % of all words are followed by a
fixed companion, so that phrases have real hit lists. The words of a query come from one document, so that each has a hit.
"""
import argparse
import hashlib
import json
import pathlib

import numpy as np

CONSONANTS = list("bcdfghjklmnprstvwz") + ["ch", "sh", "th", "st", "tr", "br", "pl"]
VOWELS = list("aeiou") + ["ai", "ea", "ou"]
NUM_TOPICS, TOPIC_WORDS, BATCH = 2000, 300, 10000


def make_words(count, rng):
    """Distinct pronounceable words, the first ones short."""
    known, words = set(), []
    while len(words) < count:
        syllables = int(1 + min(3, len(words) ** 0.25 // 6)) if len(words) < 300 else int(rng.integers(2, 5))
        word = "".join(CONSONANTS[rng.integers(len(CONSONANTS))] + VOWELS[rng.integers(len(VOWELS))] for _ in range(syllables))
        if rng.random() < 0.4:
            word += CONSONANTS[rng.integers(18)]
        if word not in known:
            known.add(word)
            words.append(word)
    return np.array(words, dtype=object)


class Corpus:
    def __init__(self, args):
        self.args = args
        self.rng = rng = np.random.default_rng(args.seed)
        self.words = make_words(args.vocabulary, rng)
        weights = 1.0 / (np.arange(1, args.vocabulary + 1) + 2.7) ** 1.07
        weights /= weights.sum()
        self.cumulated = np.cumsum(weights)
        self.topics = np.minimum((30 + rng.pareto(0.7, (NUM_TOPICS, TOPIC_WORDS)) * 300), args.vocabulary - 1).astype(np.int64)
        topic_weights = 1.0 / (np.arange(1, TOPIC_WORDS + 1) + 1.0)
        self.topic_cumulated = np.cumsum(topic_weights / topic_weights.sum())
        self.companions = rng.integers(20, 60000, args.vocabulary)
        self.lengths = np.clip(rng.lognormal(np.log(54), 0.45, args.docs), 8, 400).astype(np.int64)
        self.picked = rng.choice(args.docs, min(40000, args.docs), replace=False)
        self.kept, self.next_kept = {}, 0

    def batch(self, begin, end):
        """Word numbers of documents [begin, end), one after another, and where each begins."""
        rng, lengths = self.rng, self.lengths[begin:end]
        count = int(lengths.sum())
        ids = np.minimum(np.searchsorted(self.cumulated, rng.random(count)), self.args.vocabulary - 1)
        document = np.repeat(np.arange(end - begin), lengths)
        topic = rng.integers(0, NUM_TOPICS, end - begin)[document]
        of_topic = rng.random(count) < 0.55
        topic_ids = self.topics[topic, np.minimum(np.searchsorted(self.topic_cumulated, rng.random(count)), TOPIC_WORDS - 1)]
        ids = np.where(of_topic, topic_ids, ids)
        follows = rng.random(count) < 0.30
        follows[0] = False
        ids = np.where(follows, self.companions[np.roll(ids, 1)], ids)
        return ids, np.concatenate([[0], np.cumsum(lengths)])

    def write_documents(self, path):
        digest, size, wanted = hashlib.sha256(), 0, set(self.picked.tolist())
        with open(path, "wb") as out:
            for begin in range(0, self.args.docs, BATCH):
                end = min(self.args.docs, begin + BATCH)
                ids, offsets = self.batch(begin, end)
                texts = self.words[ids]
                lines = []
                for i in range(end - begin):
                    lines.append(" ".join(texts[offsets[i]:offsets[i + 1]]))
                    if begin + i in wanted:
                        self.kept[begin + i] = ids[offsets[i]:offsets[i + 1]].copy()
                blob = ("\n".join(lines) + "\n").encode()
                out.write(blob)
                digest.update(blob)
                size += len(blob)
        return digest.hexdigest(), size

    def next_document(self):
        while True:
            document = self.kept[int(self.picked[self.next_kept % len(self.picked)])]
            self.next_kept += 1
            if len(document) >= 12:
                return document

    def terms(self, count):
        while True:
            distinct = np.unique(self.next_document())
            if self.rng.random() < 0.8:
                distinct = distinct[distinct > 20]
            if len(distinct) >= count:
                return " ".join(self.words[self.rng.choice(distinct, count, replace=False)])

    def phrase(self, count):
        document = self.next_document()
        begin = int(self.rng.integers(0, len(document) - count))
        return " ".join(self.words[document[begin:begin + count]])

    def queries(self):
        lines = []
        for count in range(2, 9):
            lines += [f"or{count}\t{self.terms(count)}" for _ in range(self.args.per_kind)]
        for count in (2, 3, 4):
            lines += [f"and{count}\t{self.terms(count)}" for _ in range(self.args.per_kind)]
        for count in (2, 3):
            lines += [f"phr{count}\t{self.phrase(count)}" for _ in range(self.args.per_kind)]
        return ("\n".join(lines) + "\n").encode(), len(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--docs", type=int, default=500000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--vocabulary", type=int, default=400000)
    parser.add_argument("--per-kind", type=int, default=200)
    args = parser.parse_args()
    args.folder.mkdir(parents=True, exist_ok=True)
    corpus = Corpus(args)
    documents_sha256, size = corpus.write_documents(args.folder / "docs.txt")
    queries, num_queries = corpus.queries()
    (args.folder / "queries.tsv").write_bytes(queries)
    manifest = {"docs": args.docs, "bytes": size, "words": int(corpus.lengths.sum()), "vocab": args.vocabulary, "seed": args.seed,
                "queries": num_queries, "docs_sha256": documents_sha256, "queries_sha256": hashlib.sha256(queries).hexdigest()}
    (args.folder / "manifest.json").write_text(json.dumps(manifest, indent=1))
    print(json.dumps(manifest, indent=1))


if __name__ == "__main__":
    main()
