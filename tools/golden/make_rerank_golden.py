#!/usr/bin/env python3
"""Writes tests/golden/rerank_minilm_l6.json: 100 (query, passage) pairs of data/qed-nq with the logits of the bundled model.

    pip install torch==2.15.0 transformers==5.24.0 tokenizers==0.23.3 safetensors
    python tools/golden/make_rerank_golden.py

Weights are widened from fp16 to fp32, each pair is computed alone, so nothing is padded. Per query its relevant passage and four that are
drawn (seed 20261124). Texts are named by their ids in data/qed-nq; `input_ids` are what `tokenizers` gives for the pair.
"""
import json
import os
import random

import tokenizers
import torch
import transformers
from transformers import AutoModelForSequenceClassification

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
MODEL = os.path.join(ROOT, "models", "minilm-l6-rerank")
SEED = 20261124
NUM_QUERIES = 20
PASSAGES_PER_QUERY = 5


def read_jsonl(name):
    with open(os.path.join(ROOT, "data", "qed-nq", name), encoding="utf-8") as f:
        return {row["_id"]: row for row in map(json.loads, f)}


def relevant_passages():
    with open(os.path.join(ROOT, "data", "qed-nq", "qrels.tsv"), encoding="utf-8") as f:
        rows = [line.rstrip("\n").split("\t") for line in f][1:]
    return {query: passage for query, passage, grade in rows if int(grade) > 0}


def passage_text(passage):
    return f"{passage['title']}. {passage['text']}" if passage["title"] else passage["text"]


def main():
    torch.set_num_threads(1)
    rng = random.Random(SEED)
    queries, corpus, relevant = read_jsonl("queries.jsonl"), read_jsonl("corpus.jsonl"), relevant_passages()
    tokenizer = tokenizers.Tokenizer.from_file(os.path.join(MODEL, "tokenizer.json"))
    tokenizer.enable_truncation(512, strategy="only_second")
    model = AutoModelForSequenceClassification.from_pretrained(MODEL, dtype=torch.float32).eval()
    pairs = []
    for query in rng.sample(sorted(relevant), NUM_QUERIES):
        for passage in [relevant[query], *rng.sample(sorted(corpus), PASSAGES_PER_QUERY - 1)]:
            encoding = tokenizer.encode(queries[query]["text"], passage_text(corpus[passage]))
            with torch.inference_mode():
                logit = model(input_ids=torch.tensor([encoding.ids]), token_type_ids=torch.tensor([encoding.type_ids])).logits.item()
            pairs.append({"query_id": query, "passage_id": passage, "query": queries[query]["text"], "passage": passage_text(corpus[passage]),
                          "input_ids": encoding.ids, "logit": round(logit, 7)})
    made_by = {"torch": torch.__version__, "transformers": transformers.__version__, "tokenizers": tokenizers.__version__, "seed": SEED}
    with open(os.path.join(ROOT, "tests", "golden", "rerank_minilm_l6.json"), "w", encoding="utf-8") as f:
        f.write(json.dumps({"made_by": made_by}, separators=(",", ":"))[:-1] + ',"pairs":[\n')
        f.write(",\n".join(json.dumps(pair, ensure_ascii=False, separators=(",", ":")) for pair in pairs) + "\n]}\n")


if __name__ == "__main__":
    main()
