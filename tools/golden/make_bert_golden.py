#!/usr/bin/env python3
"""Writes tests/golden/bert: small random BERT cross-encoders with the logits transformers gives.

  python tools/golden/make_bert_golden.py        (torch, transformers, safetensors; versions are kept in each golden.json)
"""
import os

import torch
from transformers import BertConfig, BertForSequenceClassification

from golden_models import split_in_shards, write_golden

OUT = os.path.join(os.path.dirname(__file__), "..", "..", "tests", "golden", "bert")


def bert(**kw):
    defaults = dict(vocab_size=90, type_vocab_size=2, num_labels=1, hidden_act="gelu", layer_norm_eps=1e-12)
    return BertForSequenceClassification(BertConfig(**{**defaults, **kw}))


def main():
    plain = os.path.join(OUT, "plain")
    write_golden(plain, bert(hidden_size=64, num_attention_heads=4, intermediate_size=128, num_hidden_layers=2, max_position_embeddings=70),
                 [1, 2, 17, 30, 31, 33, 48, 70, 5], 1)
    # Sizes that are no multiple of any vector, three labels, fp16 weights, the tanh gelu.
    write_golden(os.path.join(OUT, "odd"),
                 bert(hidden_size=42, num_attention_heads=3, intermediate_size=75, num_hidden_layers=2, max_position_embeddings=40,
                      hidden_act="gelu_new", num_labels=3), [40, 1, 7, 13, 16], 2, dtype=torch.float16)
    # Odd head size, old LayerNorm names, no prefix, bf16 weights, relu.
    old = lambda name: name.removeprefix("bert.").replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta")
    write_golden(os.path.join(OUT, "old_names"),
                 bert(hidden_size=35, num_attention_heads=5, intermediate_size=64, num_hidden_layers=1, max_position_embeddings=30,
                      hidden_act="relu"), [9, 30, 4], 3, dtype=torch.bfloat16, rename=old)
    sharded = os.path.join(OUT, "sharded")
    write_golden(sharded, bert(hidden_size=32, num_attention_heads=1, intermediate_size=64, num_hidden_layers=1, max_position_embeddings=20),
                 [20, 3], 4)
    split_in_shards(sharded, 2)


if __name__ == "__main__":
    main()
