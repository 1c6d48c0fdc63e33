#!/usr/bin/env python3
"""nDCG@10 of re-ranking with torch over the same candidates as Selene's, to check `make eval` by hand.

    python tools/eval_reference.py --set data/qed-nq [--max-queries 150] [--max-len 512] [--candidates FILE] [--model DIR]

Needs torch, transformers and, without --candidates, PyStemmer. Candidates: BM25's first 100 by Lucene's formula (k1 1.2, b 0.75, lengths through the norm
byte) over `title. text`, terms as the english analyzer cuts them; or FILE, a line a query: {"query_id": ..., "passage_ids": [...]}. With --max-queries a
fixed sample is used (seed 13 over the sorted ids). Prints one JSON line with BM25's and the re-ranked nDCG@10, and the differences of each query with
--per-query FILE. Gains are 2^grade - 1.
"""
import argparse
import json
import math
import os
import random
import re
from collections import Counter, defaultdict

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), ".."))
DEPTH = 100
STOP_WORDS = set("a an and are as at be but by for if in into is it no not of on or such that the their then there these they this to was will with".split())


def read_set(folder):
    def rows(name):
        with open(os.path.join(folder, name), encoding="utf-8") as f:
            return [json.loads(line) for line in f]
    qrels = defaultdict(dict)
    with open(os.path.join(folder, "qrels.tsv"), encoding="utf-8") as f:
        for line in list(f)[1:]:
            query, passage, grade = line.rstrip("\n").split("\t")
            qrels[query][passage] = int(grade)
    passages = {p["_id"]: f"{p['title']}. {p['text']}" if p.get("title") else p["text"] for p in rows("corpus.jsonl")}
    queries = {q["_id"]: q["text"] for q in rows("queries.jsonl") if q["_id"] in qrels}
    return passages, queries, qrels


def ndcg10(ranking, grades):
    def dcg(values):
        return sum((2 ** grade - 1) / math.log2(rank + 2) for rank, grade in enumerate(values[:10]))
    best = dcg(sorted(grades.values(), reverse=True))
    return dcg([grades.get(passage, 0) for passage in ranking[:10]]) / best if best else 0.0


def norm_length(length):
    """The length that one byte keeps: exact below 40, then four significant bits."""
    if length < 40:
        return length
    rest = length - 24
    shift = max(rest.bit_length() - 4, 0)
    return 24 + ((rest >> shift) << shift)


class Bm25:
    def __init__(self, passages):
        import Stemmer
        self.stemmer = Stemmer.Stemmer("porter")
        self.ids = list(passages)
        counts = [Counter(self.terms(passages[i])) for i in self.ids]
        self.lengths = [sum(c.values()) for c in counts]
        self.average = sum(self.lengths) / len(self.lengths)
        self.postings = defaultdict(list)
        for doc, count in enumerate(counts):
            for term, frequency in count.items():
                self.postings[term].append((doc, frequency))

    def terms(self, text):
        words = [re.sub(r"['’]s$", "", word.lower()) for word in re.findall(r"\w+(?:['’.]\w+)*", text)]
        return self.stemmer.stemWords([word for word in words if word and word not in STOP_WORDS])

    def top(self, text):
        scores = defaultdict(float)
        for term in self.terms(text):
            postings = self.postings.get(term, [])
            idf = math.log(1 + (len(self.ids) - len(postings) + 0.5) / (len(postings) + 0.5))
            for doc, tf in postings:
                scores[doc] += idf * tf / (tf + 1.2 * (0.25 + 0.75 * norm_length(self.lengths[doc]) / self.average))
        return [self.ids[doc] for doc in sorted(scores, key=lambda doc: (-scores[doc], doc))[:DEPTH]]


class CrossEncoder:
    def __init__(self, folder, max_len):
        import torch
        from tokenizers import Tokenizer
        from transformers import AutoModelForSequenceClassification
        self.torch = torch
        self.tokenizer = Tokenizer.from_file(os.path.join(folder, "tokenizer.json"))
        self.tokenizer.enable_truncation(max_len, strategy="only_second")
        self.model = AutoModelForSequenceClassification.from_pretrained(folder, dtype=torch.float32).eval()

    def logits(self, query, passages, batch=16):
        encodings = self.tokenizer.encode_batch([(query, passage) for passage in passages])
        order = sorted(range(len(encodings)), key=lambda i: len(encodings[i].ids))
        logits = [0.0] * len(encodings)
        for begin in range(0, len(order), batch):
            rows = order[begin:begin + batch]
            width = max(len(encodings[i].ids) for i in rows)

            def padded(values):
                return self.torch.tensor([[*value, *[0] * (width - len(value))] for value in values])
            with self.torch.inference_mode():
                out = self.model(input_ids=padded([encodings[i].ids for i in rows]), token_type_ids=padded([encodings[i].type_ids for i in rows]),
                                 attention_mask=padded([[1] * len(encodings[i].ids) for i in rows])).logits
            for i, logit in zip(rows, out[:, 0].tolist()):
                logits[i] = logit
        return logits


def read_candidates(path):
    with open(path, encoding="utf-8") as f:
        return {row["query_id"]: row["passage_ids"][:DEPTH] for row in map(json.loads, f)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", required=True)
    parser.add_argument("--model", default=os.path.join(ROOT, "models", "minilm-l6-rerank"))
    parser.add_argument("--max-queries", type=int, default=0, help="0: all")
    parser.add_argument("--max-len", type=int, default=512)
    parser.add_argument("--candidates")
    parser.add_argument("--per-query", help="writes a line a query: id, BM25's and the re-ranked nDCG@10")
    args = parser.parse_args()
    passages, queries, qrels = read_set(args.set)
    ids = sorted(queries)
    if args.max_queries and len(ids) > args.max_queries:
        ids = random.Random(13).sample(ids, args.max_queries)
    if args.candidates:
        candidates = read_candidates(args.candidates)
    else:
        bm25 = Bm25(passages)
        candidates = {query: bm25.top(queries[query]) for query in ids}
    encoder = CrossEncoder(args.model, args.max_len)
    rows = []
    for query in ids:
        found = candidates.get(query, [])
        logits = encoder.logits(queries[query], [passages[p] for p in found]) if found else []
        reranked = [p for p, _ in sorted(zip(found, logits), key=lambda pair: -pair[1])]
        rows.append((query, ndcg10(found, qrels[query]), ndcg10(reranked, qrels[query])))
    if args.per_query:
        with open(args.per_query, "w", encoding="utf-8") as f:
            f.writelines(f"{query}\t{before:.6f}\t{after:.6f}\n" for query, before, after in rows)
    means = [sum(row[i] for row in rows) / len(rows) for i in (1, 2)]
    print(json.dumps({"set": os.path.basename(os.path.normpath(args.set)), "queries": len(rows), "bm25": round(means[0], 4),
                      "reranked": round(means[1], 4), "difference": round(means[1] - means[0], 4)}))


if __name__ == "__main__":
    main()
