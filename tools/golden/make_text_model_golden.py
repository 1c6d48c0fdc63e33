#!/usr/bin/env python3
"""Writes tests/golden/{dense,sparse,modules}: small random bi-encoders, SPLADE models and a cross-encoder made of modules, with what
sentence-transformers computes from their token ids.

  python tools/golden/make_text_model_golden.py [name ...]   (torch, transformers, sentence-transformers; versions in each golden.json)

Folders are written by sentence-transformers' save_pretrained, weights then rounded to fp16. golden.json:
  {"versions", "seed", "input_ids": [[...]], "token_type_ids": [[...]], and one of
   "embeddings": [[...]],  "weights": [{"token id": weight}],  "logits": [[...]];   "texts" and "text_ids" where there is a tokenizer}
"""
import json
import os
import shutil
import sys

import sentence_transformers
import torch
import transformers as t
from safetensors.torch import load_file, save_file
from sentence_transformers.base.modules import Dense, Normalize, Transformer
from sentence_transformers.sentence_transformer.modules import LayerNorm, Pooling
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

from golden_models import init_weights, make_rows

OUT = os.path.join(os.path.dirname(__file__), "..", "..", "tests", "golden")
SMALL = dict(vocab_size=70, hidden_size=32, num_attention_heads=2, intermediate_size=48, num_hidden_layers=2)
TEXTS = ["the blue sky", "a sky", "blue blue the a sky zebra", "", "the sky " * 40]


def small_tokenizer():
    letters = "abcdefghijklmnopqrstuvwxyz"
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + list(letters) + ["##" + c for c in letters] + ["the", "sky", "blue"]
    words += ["[unused%d]" % i for i in range(SMALL["vocab_size"] - len(words))]
    tokenizer = Tokenizer(models.WordPiece({w: i for i, w in enumerate(words)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    return t.PreTrainedTokenizerFast(tokenizer_object=tokenizer, unk_token="[UNK]", pad_token="[PAD]", cls_token="[CLS]",
                                     sep_token="[SEP]", mask_token="[MASK]", model_max_length=40)


def transformer_folder(model, seed):
    """A folder `Transformer` can read, and its lively weights as fp16 numbers in float32."""
    folder = os.path.join("/tmp", "selene_golden_transformer")
    shutil.rmtree(folder, ignore_errors=True)
    init_weights(model.float(), seed)
    model.half().float().save_pretrained(folder)
    small_tokenizer().save_pretrained(folder)
    return folder


def halve(folder):
    for path, _, names in os.walk(folder):
        for name in names:
            if name.endswith(".safetensors"):
                file = os.path.join(path, name)
                tensors = {k: v.half().contiguous() for k, v in load_file(file).items()}
                save_file(tensors, file, metadata={"format": "pt"})


def rows_of(model_config, lengths, seed, avoid=()):
    num_types = getattr(model_config, "type_vocab_size", 0) or 0
    ids, types = make_rows(lengths, model_config.vocab_size, num_types, seed)
    spare = next(i for i in range(model_config.vocab_size) if i not in avoid)
    return [[spare if i in avoid else i for i in row] for row in ids], types


def run_modules(model, ids, types, takes_types, key):
    out = []
    with torch.inference_mode():
        for row, row_types in zip(ids, types):
            features = {"input_ids": torch.tensor([row]), "attention_mask": torch.ones(1, len(row), dtype=torch.long)}
            if takes_types:
                features["token_type_ids"] = torch.tensor([row_types])
            for module in model:
                features = module(features)
            out.append(features[key][0].double())
    return out


def write(name, model, inner, key, lengths, seed, takes_types=True, avoid=(), keep_modules=True):
    """`inner`: the transformers model inside `model`, a list of modules that sentence-transformers saves."""
    folder = os.path.join(OUT, name)
    shutil.rmtree(folder, ignore_errors=True)
    for module in model:
        if not isinstance(module, Transformer):
            init_weights(module.float(), seed + 1)
            for p in module.parameters():
                p.data = p.data.half().float()
    model.eval()
    model.float()
    ids, types = rows_of(inner.config, lengths, seed, avoid)
    rows = run_modules(model, ids, types, takes_types, key)
    model.save_pretrained(folder)
    halve(folder)
    for extra in ["README.md"] + ([] if keep_modules else ["modules.json", "config_sentence_transformers.json",
                                                           "sentence_bert_config.json", "tokenizer.json", "tokenizer_config.json"]):
        if os.path.exists(os.path.join(folder, extra)):
            os.remove(os.path.join(folder, extra))
    if not keep_modules:
        shutil.rmtree(os.path.join(folder, "1_Pooling"), ignore_errors=True)
    golden = {
        "versions": {"torch": torch.__version__, "transformers": t.__version__,
                     "sentence_transformers": sentence_transformers.__version__},
        "seed": seed, "input_ids": ids, "token_type_ids": types}
    if key == "scores":
        golden["logits"] = [r.tolist() for r in rows]
    elif name.startswith("sparse"):
        golden["weights"] = [{str(int(i)): float(r[i]) for i in r.nonzero().flatten()} for r in rows]
    else:
        golden["embeddings"] = [r.tolist() for r in rows]
    if keep_modules and key != "scores":
        golden["texts"] = TEXTS
        encoded = model.encode(TEXTS, convert_to_tensor=True, show_progress_bar=False, batch_size=1)
        encoded = (encoded.to_dense() if encoded.is_sparse else encoded).double()
        golden["text_rows"] = encoded.tolist()
    with open(os.path.join(folder, "golden.json"), "w") as f:
        json.dump(golden, f)
    print(name, sum(os.path.getsize(os.path.join(p, f)) for p, _, fs in os.walk(folder) for f in fs) // 1024, "KiB")


def dense(name, inner, modules, lengths, seed, **kw):
    transformer = Transformer(transformer_folder(inner, seed))
    model = sentence_transformers.SentenceTransformer(modules=[transformer] + modules, device="cpu")
    write("dense/" + name, model, inner, "sentence_embedding", lengths, seed, **kw)


def sparse(name, inner, lengths, seed, **kw):
    model = sentence_transformers.SparseEncoder(transformer_folder(inner, seed), device="cpu")
    write("sparse/" + name, model, inner, "sentence_embedding", lengths, seed, **kw)


def bert():
    dense("bert", t.BertModel(t.BertConfig(**SMALL, max_position_embeddings=50)), [Pooling(32, "mean")], [50, 1, 17, 33], 101,
          keep_modules=False)


def bert_modules():
    dense("bert_modules", t.BertModel(t.BertConfig(**SMALL, max_position_embeddings=50)),
          [Pooling(32, "cls"), Dense(32, 24), Normalize()], [40, 1, 17, 33], 102)


def distilbert():
    config = t.DistilBertConfig(vocab_size=70, dim=32, n_heads=2, hidden_dim=48, n_layers=2, max_position_embeddings=50)
    dense("distilbert_max", t.DistilBertModel(config), [Pooling(32, "max")], [40, 1, 17, 33], 103, takes_types=False)


def xlm_roberta():
    config = t.XLMRobertaConfig(**SMALL, max_position_embeddings=52, type_vocab_size=1, layer_norm_eps=1e-5, pad_token_id=1,
                                bos_token_id=0, eos_token_id=2)
    dense("xlm_roberta", t.XLMRobertaModel(config), [Pooling(32, "mean"), Normalize()], [40, 1, 17, 33], 104)


def mpnet():
    config = t.MPNetConfig(**SMALL, max_position_embeddings=52, relative_attention_num_buckets=32, pad_token_id=1)
    dense("mpnet", t.MPNetModel(config), [Pooling(32, "mean"), Normalize()], [40, 1, 17, 33], 105, takes_types=False, avoid=(1,))


MODERN = dict(vocab_size=70, hidden_size=32, num_attention_heads=2, intermediate_size=24, num_hidden_layers=4, pad_token_id=1,
              cls_token_id=2, sep_token_id=3, bos_token_id=2, eos_token_id=3, local_attention=16, max_position_embeddings=90)


def modernbert():
    dense("modernbert", t.ModernBertModel(t.ModernBertConfig(**MODERN)), [Pooling(32, "cls"), Normalize()], [40, 1, 17, 33], 106,
          takes_types=False)
    dense("modernbert_last", t.ModernBertModel(t.ModernBertConfig(**MODERN)), [Pooling(32, "lasttoken")], [40, 1, 17], 107,
          takes_types=False)


def deberta():
    config = t.DebertaV2Config(**SMALL, max_position_embeddings=120, type_vocab_size=0, relative_attention=True, position_buckets=16,
                               norm_rel_ebd="layer_norm", share_att_key=True, pos_att_type=["p2c", "c2p"], max_relative_positions=-1,
                               position_biased_input=False, pooler_hidden_act="gelu", pooler_dropout=0, pooler_hidden_size=32)
    dense("deberta", t.DebertaV2Model(config), [Pooling(32, "mean")], [120, 1, 17, 33], 116, takes_types=False,
          keep_modules=False)


def electra():
    config = t.ElectraConfig(**SMALL, embedding_size=20, max_position_embeddings=50, type_vocab_size=2)
    dense("electra", t.ElectraModel(config), [Pooling(32, "mean")], [50, 1, 17, 33], 117, keep_modules=False)


def ettin():
    inner = t.ModernBertModel(t.ModernBertConfig(**MODERN))
    gelu, identity = torch.nn.GELU(), torch.nn.Identity()
    modules = [Transformer(transformer_folder(inner, 108)), Pooling(32, "cls"), Dense(32, 32, activation_function=gelu, bias=False),
               LayerNorm(32), Dense(32, 1, activation_function=identity, module_output_name="scores")]
    write("modules/ettin", sentence_transformers.CrossEncoder(modules=modules, device="cpu"), inner, "scores", [40, 1, 17, 33], 108,
          takes_types=False)


def sequence_classification():
    inner = t.BertForSequenceClassification(t.BertConfig(**SMALL, max_position_embeddings=50, num_labels=1))
    model = sentence_transformers.CrossEncoder(transformer_folder(inner, 109), device="cpu")
    write("modules/transformer_alone", model, inner, "scores", [40, 1, 17, 33], 109)


def splade():
    sparse("bert", t.BertForMaskedLM(t.BertConfig(**SMALL, max_position_embeddings=50)), [40, 1, 17, 33], 111)
    config = t.DistilBertConfig(vocab_size=70, dim=32, n_heads=2, hidden_dim=48, n_layers=2, max_position_embeddings=50)
    sparse("distilbert", t.DistilBertForMaskedLM(config), [40, 1, 17, 33], 112, takes_types=False, keep_modules=False)
    config = t.RobertaConfig(**SMALL, max_position_embeddings=52, type_vocab_size=1, pad_token_id=1, bos_token_id=0, eos_token_id=2)
    sparse("roberta", t.RobertaForMaskedLM(config), [40, 1, 17, 33], 113, keep_modules=False)
    config = t.MPNetConfig(**SMALL, max_position_embeddings=52, relative_attention_num_buckets=32, pad_token_id=1)
    sparse("mpnet", t.MPNetForMaskedLM(config), [40, 1, 17], 114, takes_types=False, avoid=(1,), keep_modules=False)
    sparse("modernbert", t.ModernBertForMaskedLM(t.ModernBertConfig(**MODERN)), [40, 1, 17, 33], 118, takes_types=False,
           keep_modules=False)
    # More rows of the vocabulary than one slice of the decoder has, an own decoder matrix.
    config = t.BertConfig(**{**SMALL, "vocab_size": 2100, "hidden_size": 8, "intermediate_size": 12, "num_hidden_layers": 1},
                          max_position_embeddings=20, tie_word_embeddings=False)
    sparse("bert_wide", t.BertForMaskedLM(config), [20, 3], 115, keep_modules=False)


NAMES = dict(bert=bert, bert_modules=bert_modules, distilbert=distilbert, xlm_roberta=xlm_roberta, mpnet=mpnet, modernbert=modernbert, deberta=deberta, electra=electra,
             ettin=ettin, sequence_classification=sequence_classification, splade=splade)

if __name__ == "__main__":
    for wanted in sys.argv[1:] or NAMES:
        NAMES[wanted]()
