#!/usr/bin/env python3
"""Makes what tools/bench_rerank.py times: cross-encoders of published shapes with random weights, and token ids of 100 pairs.

    python tools/peers/make_models.py --out build/peers [--models minilm-l6,minilm-l12]

Needs torch, transformers, safetensors. A folder a model: config.json, model.safetensors, tokenizer.json (BERT: the bundled model's), pairs_mixed.json,
pairs_512.json and pairs_single.json ({"input_ids", "token_type_ids"}), reference.json (torch fp32 logits of the pairs by work; of work 512 the first
eight). The same seed gives the same bytes.
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
MINILM = {"hidden_size": 384, "num_attention_heads": 12, "intermediate_size": 1536, "vocab_size": 30522}
BASE = {"num_hidden_layers": 12, "hidden_size": 768, "num_attention_heads": 12, "intermediate_size": 3072}
SHAPES = {  # name: (model_type, what its config says)
    "minilm-l6": ("bert", {**MINILM, "num_hidden_layers": 6}),
    "minilm-l12": ("bert", {**MINILM, "num_hidden_layers": 12}),
    "bert-base": ("bert", {**BASE, "vocab_size": 30522}),
    "xlmr-base": ("xlm-roberta", {**BASE, "vocab_size": 250002, "max_position_embeddings": 514, "type_vocab_size": 1, "layer_norm_eps": 1e-5,
                                  "pad_token_id": 1, "bos_token_id": 0, "eos_token_id": 2}),
    # Elastic Rerank and mxbai-rerank-v1 have this shape.
    "deberta-v3-base": ("deberta-v2", {**BASE, "vocab_size": 128100, "max_position_embeddings": 512, "type_vocab_size": 0, "layer_norm_eps": 1e-7,
                                       "pad_token_id": 0, "relative_attention": True, "position_buckets": 256, "norm_rel_ebd": "layer_norm",
                                       "share_att_key": True, "pos_att_type": ["p2c", "c2p"], "max_relative_positions": -1,
                                       "position_biased_input": False, "pooler_hidden_act": "gelu", "pooler_dropout": 0, "pooler_hidden_size": 768}),
    "modernbert-base": ("modernbert", {"num_hidden_layers": 22, "hidden_size": 768, "num_attention_heads": 12, "intermediate_size": 1152,
                                       "vocab_size": 50368, "max_position_embeddings": 8192, "global_attn_every_n_layers": 3,
                                       "local_attention": 128, "classifier_pooling": "mean", "norm_eps": 1e-5, "pad_token_id": 50283,
                                       "cls_token_id": 50281, "bos_token_id": 50281, "sep_token_id": 50282, "eos_token_id": 50282}),
}
# model_type: first id, ids between the texts, first id of a word, whether it has token types
PAIR_FORMATS = {"bert": (101, [102], 1996, True), "xlm-roberta": (0, [2, 2], 1000, False), "deberta-v2": (1, [2], 1000, False),
                "modernbert": (50281, [50282], 1000, False)}
ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))


def mixed_lengths():
    """Tokens of a pair: log-normal around 104, clipped to 30..400; about 120 on average."""
    rng = random.Random(SEED)
    return [min(400, max(30, round(math.exp(rng.gauss(math.log(104), 0.55))))) for _ in range(NUM_PAIRS)]


def make_pairs(model_type, vocab_size, lengths, seed):
    first, separator, first_word, typed = PAIR_FORMATS[model_type]
    rng = random.Random(seed)

    def words(count):
        return [rng.randrange(first_word, vocab_size - 100) for _ in range(count)]
    query = words(QUERY_TOKENS)
    pairs = {"input_ids": [], "token_type_ids": []}
    for length in lengths:
        start = [first, *query, *separator]
        pairs["input_ids"].append([*start, *words(length - len(start) - 1), separator[-1]])
        pairs["token_type_ids"].append([0] * len(start) + [int(typed)] * (length - len(start)))
    return pairs


def fill_weights(model):
    """Livelier than the initial ones, so that attention is not uniform and scores differ."""
    import torch
    generator = torch.Generator().manual_seed(SEED)
    with torch.no_grad():
        for name, weights in sorted(model.named_parameters()):
            noise = torch.randn(weights.shape, generator=generator)
            if "norm" in name.lower() and weights.ndim == 1:
                weights.copy_(noise * 0.05 + (1.0 if name.endswith("weight") else 0.0))
            elif weights.ndim == 1:
                weights.copy_(noise * 0.02)
            elif "embeddings" in name:
                weights.copy_(noise * 0.05)
            else:
                sharper = 1.3 if any(part in name for part in ("query", "key", "Wqkv")) else 1.0
                weights.copy_(noise * sharper / math.sqrt(weights.shape[1]))


def reference_logits(model, pairs):
    import torch
    typed = getattr(model.config, "type_vocab_size", 0)
    logits = []
    with torch.inference_mode():
        for ids, types in zip(pairs["input_ids"], pairs["token_type_ids"]):
            more = {"token_type_ids": torch.tensor([types])} if typed else {}
            logits.append(model(input_ids=torch.tensor([ids]), **more).logits.item())
    return logits


def write_json(folder, name, value):
    with open(os.path.join(folder, name), "w", encoding="utf-8") as f:
        json.dump(value, f)


def make_model(folder, model_type, shape):
    from transformers import AutoConfig, AutoModelForSequenceClassification
    os.makedirs(folder, exist_ok=True)
    config = AutoConfig.for_model(model_type, num_labels=1, **shape)
    model = AutoModelForSequenceClassification.from_config(config).eval().float()
    fill_weights(model)
    model.save_pretrained(folder)
    if model_type == "bert":
        shutil.copy(os.path.join(ROOT, "models", "minilm-l6-rerank", "tokenizer.json"), folder)
    vocab_size = shape["vocab_size"]
    works = {"mixed": make_pairs(model_type, vocab_size, mixed_lengths(), SEED + 1),
             "512": make_pairs(model_type, vocab_size, [512] * NUM_PAIRS, SEED + 2),
             "single": make_pairs(model_type, vocab_size, [104], SEED + 3)}
    for work, pairs in works.items():
        write_json(folder, f"pairs_{work}.json", pairs)
    first = {name: values[:8] for name, values in works["512"].items()}
    references = {work: reference_logits(model, first if work == "512" else pairs) for work, pairs in works.items()}
    write_json(folder, "reference.json", references)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", default=os.path.join(ROOT, "build", "peers"))
    parser.add_argument("--models", default=",".join(SHAPES))
    args = parser.parse_args()
    for name in args.models.split(","):
        if name not in SHAPES:
            parser.error(f"unknown model [{name}]; known are {', '.join(SHAPES)}")
        folder = os.path.join(args.out, name)
        if not os.path.exists(os.path.join(folder, "reference.json")):  # written last
            make_model(folder, *SHAPES[name])


if __name__ == "__main__":
    main()
