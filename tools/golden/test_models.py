#!/usr/bin/env python3
"""Cross-encoders of published shapes with random weights: the program's float32 logits against transformers', and their order.

  make test-models          (or: python tools/golden/test_models.py --program build/selene --out build/test-models [shape ...])

Needs the packages of requirements.txt. A folder a shape: config.json, model.safetensors, pairs.json, reference.json; made once. The last
line is `N passed, N failed`.
"""
import argparse
import json
import math
import os
import random
import subprocess

SEED = 20261125
LENGTHS = [512, 33, 120, 64, 301, 9, 180, 77]
ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))


def shapes():
    import transformers as t
    bert = dict(vocab_size=30522, num_labels=1)
    return {
        "minilm-l6": lambda: t.BertForSequenceClassification(t.BertConfig(
            **bert, hidden_size=384, num_hidden_layers=6, num_attention_heads=12, intermediate_size=1536)),
        "minilm-l12": lambda: t.BertForSequenceClassification(t.BertConfig(
            **bert, hidden_size=384, num_hidden_layers=12, num_attention_heads=12, intermediate_size=1536)),
        "electra-base": lambda: t.ElectraForSequenceClassification(t.ElectraConfig(
            **bert, embedding_size=768, hidden_size=768, num_hidden_layers=12, num_attention_heads=12, intermediate_size=3072)),
        "distilbert-base": lambda: t.DistilBertForSequenceClassification(t.DistilBertConfig(num_labels=1)),
        "roberta-base": lambda: t.RobertaForSequenceClassification(t.RobertaConfig(
            vocab_size=50265, num_labels=1, max_position_embeddings=514, type_vocab_size=1, layer_norm_eps=1e-5, pad_token_id=1,
            bos_token_id=0, eos_token_id=2)),
        "mpnet-base": lambda: t.MPNetForSequenceClassification(t.MPNetConfig(
            vocab_size=30527, num_labels=1, max_position_embeddings=514, layer_norm_eps=1e-5, pad_token_id=1)),
        "xlm-roberta-base": lambda: t.XLMRobertaForSequenceClassification(t.XLMRobertaConfig(
            vocab_size=250002, num_labels=1, max_position_embeddings=514, type_vocab_size=1, layer_norm_eps=1e-5, pad_token_id=1,
            bos_token_id=0, eos_token_id=2)),
        "deberta-v3-base": lambda: t.DebertaV2ForSequenceClassification(t.DebertaV2Config(
            vocab_size=128100, num_labels=1, hidden_size=768, num_hidden_layers=12, num_attention_heads=12, intermediate_size=3072,
            max_position_embeddings=512, type_vocab_size=0, relative_attention=True, position_buckets=256, norm_rel_ebd="layer_norm",
            share_att_key=True, pos_att_type=["p2c", "c2p"], max_relative_positions=-1, position_biased_input=False,
            pooler_hidden_act="gelu", pooler_dropout=0, pooler_hidden_size=768, layer_norm_eps=1e-7)),
        "modernbert-base": lambda: t.ModernBertForSequenceClassification(t.ModernBertConfig(num_labels=1, classifier_pooling="mean")),
        "qwen3-0.6b-6-layers": lambda: t.Qwen3ForSequenceClassification(t.Qwen3Config(
            vocab_size=151669, num_labels=1, hidden_size=1024, intermediate_size=3072, num_hidden_layers=6, num_attention_heads=16,
            num_key_value_heads=8, head_dim=128, max_position_embeddings=40960, rope_theta=1000000.0, tie_word_embeddings=True,
            pad_token_id=0)),
    }


def fill_weights(model):
    """Scores that differ from row to row, without the chaos that would make rounding grow from layer to layer."""
    import torch
    generator = torch.Generator().manual_seed(SEED)
    with torch.no_grad():
        for name, weights in sorted(model.named_parameters()):
            noise = torch.randn(weights.shape, generator=generator)
            if "norm" in name.lower() and weights.ndim == 1:
                weights.copy_(noise * 0.05 + (1.0 if name.endswith("weight") else 0.0))
            elif weights.ndim == 1:
                weights.copy_(noise * 0.02)
            elif "embed" in name:
                weights.copy_(noise * 0.05)
            else:
                weights.copy_(noise / math.sqrt(weights.shape[1]))
    return model.eval().float()


def make_model(folder, build):
    import torch
    model = fill_weights(build())
    rng = random.Random(SEED)
    rows = [[rng.randrange(5, model.config.vocab_size) for _ in range(n)] for n in LENGTHS]
    with torch.inference_mode():
        logits = [model(input_ids=torch.tensor([row])).logits[0, 0].item() for row in rows]
    os.makedirs(folder, exist_ok=True)
    model.save_pretrained(folder)
    with open(os.path.join(folder, "pairs.json"), "w", encoding="utf-8") as f:
        json.dump({"input_ids": rows, "token_type_ids": [[0] * len(row) for row in rows]}, f)
    with open(os.path.join(folder, "reference.json"), "w", encoding="utf-8") as f:
        json.dump(logits, f)


def scores_of(program, folder):
    command = [program, "bench", folder, "--pairs", os.path.join(folder, "pairs.json"), "--tier", "fp32", "--threads", "2", "--repetitions",
               "1", "--json"]
    output = subprocess.run(command, capture_output=True, text=True, check=True, timeout=1200).stdout
    return json.loads(output.splitlines()[-1])["scores"]


def order_of(scores):
    return sorted(range(len(scores)), key=lambda i: -scores[i])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=os.path.join(ROOT, "build", "selene"))
    parser.add_argument("--out", default=os.path.join(ROOT, "build", "test-models"))
    parser.add_argument("shapes", nargs="*")
    args = parser.parse_args()
    known = shapes()
    passed = failed = 0
    for name in args.shapes or known:
        folder = os.path.join(args.out, name)
        if not os.path.exists(os.path.join(folder, "reference.json")):  # written last
            make_model(folder, known[name])
        with open(os.path.join(folder, "reference.json"), encoding="utf-8") as f:
            expected = json.load(f)
        scores = scores_of(args.program, folder)
        gap = max(abs(a - b) for a, b in zip(scores, expected))
        bound = 2e-3 if name.startswith("qwen") else 1e-4
        good = len(scores) == len(expected) and gap <= bound and order_of(scores) == order_of(expected)
        passed, failed = passed + good, failed + (not good)
        spread = max(expected) - min(expected)
        print(f"{name:<22} largest difference {gap:.1e} of {bound:.0e}, scores spread over {spread:.2f}, same order: "
              f"{order_of(scores) == order_of(expected)}", flush=True)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    raise SystemExit(main())
