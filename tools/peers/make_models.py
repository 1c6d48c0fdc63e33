#!/usr/bin/env python3
"""Makes what tools/bench_rerank.py times: cross-encoders of published shapes with random weights, and token ids of 100 pairs.

    python tools/peers/make_models.py --out build/peers [--models minilm-l6,minilm-l12]

Needs torch, transformers, safetensors. A folder a model: config.json, model.safetensors, tokenizer.json (the bundled model's), pairs_mixed.json and
pairs_512.json ({"input_ids", "token_type_ids"}), reference.json (torch fp32 logits of the mixed pairs). The same seed gives the same bytes.
"""
import argparse
import json
import math
import os
import random
import shutil

SEED = 20261124
NUM_PAIRS = 100
QUERY_TOKENS = 9
SHAPES = {
    "minilm-l6": {"num_hidden_layers": 6, "hidden_size": 384, "num_attention_heads": 12, "intermediate_size": 1536},
    "minilm-l12": {"num_hidden_layers": 12, "hidden_size": 384, "num_attention_heads": 12, "intermediate_size": 1536},
    "bert-base": {"num_hidden_layers": 12, "hidden_size": 768, "num_attention_heads": 12, "intermediate_size": 3072},
}
VOCAB_SIZE = 30522
CLS, SEP, FIRST_WORD = 101, 102, 1996
ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))


def mixed_lengths():
    """Tokens of a pair: log-normal around 104, clipped to 30..400; about 120 on average."""
    rng = random.Random(SEED)
    return [min(400, max(30, round(math.exp(rng.gauss(math.log(104), 0.55))))) for _ in range(NUM_PAIRS)]


def make_pairs(lengths, seed):
    rng = random.Random(seed)
    query = [rng.randrange(FIRST_WORD, VOCAB_SIZE) for _ in range(QUERY_TOKENS)]
    pairs = {"input_ids": [], "token_type_ids": []}
    for length in lengths:
        num_words = length - QUERY_TOKENS - 3
        pairs["input_ids"].append([CLS, *query, SEP, *(rng.randrange(FIRST_WORD, VOCAB_SIZE) for _ in range(num_words)), SEP])
        pairs["token_type_ids"].append([0] * (QUERY_TOKENS + 2) + [1] * (num_words + 1))
    return pairs


def fill_weights(model):
    """Livelier than the initial ones, so that attention is not uniform and scores differ."""
    import torch
    generator = torch.Generator().manual_seed(SEED)
    with torch.no_grad():
        for name, weights in sorted(model.named_parameters()):
            noise = torch.randn(weights.shape, generator=generator)
            if "LayerNorm" in name:
                weights.copy_(noise * 0.05 + (1.0 if name.endswith("weight") else 0.0))
            elif weights.ndim == 1:
                weights.copy_(noise * 0.02)
            elif "embeddings" in name:
                weights.copy_(noise * 0.05)
            else:
                sharper = 1.3 if "query" in name or "key" in name else 1.0
                weights.copy_(noise * sharper / math.sqrt(weights.shape[1]))


def reference_logits(model, pairs):
    import torch
    logits = []
    with torch.inference_mode():
        for ids, types in zip(pairs["input_ids"], pairs["token_type_ids"]):
            logits.append(model(input_ids=torch.tensor([ids]), token_type_ids=torch.tensor([types])).logits.item())
    return logits


def write_json(folder, name, value):
    with open(os.path.join(folder, name), "w", encoding="utf-8") as f:
        json.dump(value, f)


def make_model(folder, shape):
    from transformers import BertConfig, BertForSequenceClassification
    os.makedirs(folder, exist_ok=True)
    model = BertForSequenceClassification(BertConfig(vocab_size=VOCAB_SIZE, num_labels=1, **shape)).eval().float()
    fill_weights(model)
    model.save_pretrained(folder)
    shutil.copy(os.path.join(ROOT, "models", "minilm-l6-rerank", "tokenizer.json"), folder)
    mixed = make_pairs(mixed_lengths(), SEED + 1)
    write_json(folder, "pairs_mixed.json", mixed)
    write_json(folder, "pairs_512.json", make_pairs([512] * NUM_PAIRS, SEED + 2))
    write_json(folder, "reference.json", {"mixed": reference_logits(model, mixed)})


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", default=os.path.join(ROOT, "build", "peers"))
    parser.add_argument("--models", default="minilm-l6")
    args = parser.parse_args()
    for name in args.models.split(","):
        if name not in SHAPES:
            parser.error(f"unknown model [{name}]; known are {', '.join(SHAPES)}")
        folder = os.path.join(args.out, name)
        if not os.path.exists(os.path.join(folder, "reference.json")):  # written last
            make_model(folder, SHAPES[name])


if __name__ == "__main__":
    main()
