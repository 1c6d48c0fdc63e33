"""Shared by the golden makers: lively random weights, token batches, folders of tests/golden/<architecture>/<name>/.

Each folder holds what Hugging Face ships (config.json, model.safetensors) and golden.json:
  {"versions": {...}, "seed": n, "input_ids": [[...]], "token_type_ids": [[...]], "logits": [[...]]}
Logits are transformers' in float32, every row alone, without padding.
"""
import json
import math
import os
import random
import shutil

import torch
import transformers
from safetensors.torch import load_file, save_file


def init_weights(model, seed):
    """Livelier than initializer_range 0.02: attention is not uniform, logits differ from row to row."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, p in sorted(model.named_parameters()):
            low = name.lower()
            noise = torch.randn(p.shape, generator=generator)
            if "norm" in low and p.ndim == 1:
                p.copy_(noise * 0.1 + (1.0 if low.endswith("weight") else 0.0))
            elif p.ndim == 2 and "embedding" in low:
                p.copy_(noise * 0.3)
            elif p.ndim == 2:
                gain = 2.0 if any(k in low for k in ("query", "key", "q_lin", "k_lin", "attn.q", "attn.k", "wqkv")) else 1.2
                p.copy_(noise * gain / math.sqrt(p.shape[1]))
            else:
                p.copy_(noise * 0.1)
    return model.eval()


def make_rows(lengths, vocab_size, num_types, seed):
    rng = random.Random(seed)
    ids = [[rng.randrange(vocab_size) for _ in range(n)] for n in lengths]
    types = []
    for n in lengths:
        cut = rng.randrange(n + 1)
        types.append([0 if t < cut or num_types < 2 else 1 for t in range(n)])
    return ids, types


def reference_logits(model, ids, types, takes_types):
    out = []
    with torch.inference_mode():
        for row, row_types in zip(ids, types):
            inputs = {"input_ids": torch.tensor([row]), "attention_mask": torch.ones(1, len(row), dtype=torch.long)}
            if takes_types:
                inputs["token_type_ids"] = torch.tensor([row_types])
            out.append(model(**inputs).logits[0].double().tolist())
    return out


def write_golden(folder, model, lengths, seed, dtype=torch.float32, takes_types=True, rename=None, avoid_ids=()):
    """`rename`: tensor name -> stored name. `avoid_ids`: ids that mean something to the model (padding) and stay out of the rows."""
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    model = init_weights(model.float(), seed)
    if dtype != torch.float32:
        model = model.to(dtype).float()  # what is stored is what is computed with
    model.save_pretrained(folder)
    path = os.path.join(folder, "model.safetensors")
    rename = rename or (lambda name: name)
    tensors = {rename(k): v.to(dtype).contiguous() for k, v in load_file(path).items()}
    save_file(tensors, path, metadata={"format": "pt"})
    config = model.config
    num_types = getattr(config, "type_vocab_size", 0) or 0
    ids, types = make_rows(lengths, config.vocab_size, num_types, seed)
    spare = next(i for i in range(config.vocab_size) if i not in avoid_ids)
    ids = [[spare if i in avoid_ids else i for i in row] for row in ids]
    golden = {
        "versions": {"torch": torch.__version__, "transformers": transformers.__version__},
        "seed": seed,
        "input_ids": ids,
        "token_type_ids": types,
        "logits": reference_logits(model, ids, types, takes_types),
    }
    with open(os.path.join(folder, "golden.json"), "w") as f:
        json.dump(golden, f)
    print(folder, sum(os.path.getsize(os.path.join(folder, f)) for f in os.listdir(folder)) // 1024, "KiB",
          [round(x[0], 3) for x in golden["logits"]])


def split_in_shards(folder, num_shards):
    """model.safetensors -> shards and their index, as save_pretrained(max_shard_size=...) writes them."""
    path = os.path.join(folder, "model.safetensors")
    tensors = load_file(path)
    os.remove(path)
    names = sorted(tensors)
    weight_map = {}
    for i in range(num_shards):
        shard = "model-%05d-of-%05d.safetensors" % (i + 1, num_shards)
        part = {n: tensors[n] for n in names[i::num_shards]}
        save_file(part, os.path.join(folder, shard), metadata={"format": "pt"})
        weight_map.update({n: shard for n in part})
    total = sum(t.numel() * t.element_size() for t in tensors.values())
    with open(os.path.join(folder, "model.safetensors.index.json"), "w") as f:
        json.dump({"metadata": {"total_size": total}, "weight_map": weight_map}, f, indent=1)
