#!/usr/bin/env python3
"""Writes tests/golden/{qwen3,jina_bert}: small random Qwen3 re-rankers and embedders with what transformers computes, and JinaBERT
models with what jina_bert_reference.py computes.

  python tools/golden/make_decoder_golden.py [name ...]   (torch, transformers, safetensors, tokenizers; versions in each golden.json)
"""
import json
import os
import shutil
import sys

import torch
import transformers as t
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer, models, pre_tokenizers

from golden_models import init_weights, make_rows
from jina_bert_reference import JinaBertForMaskedLM, JinaBertForSequenceClassification

OUT = os.path.join(os.path.dirname(__file__), "..", "..", "tests", "golden")
QWEN = dict(vocab_size=70, hidden_size=32, intermediate_size=48, num_hidden_layers=3, num_attention_heads=4, num_key_value_heads=2,
            head_dim=16, max_position_embeddings=90, rope_theta=1000000.0, use_sliding_window=False, pad_token_id=0, eos_token_id=0,
            bos_token_id=0)
YES, NO = 41, 7


def save(folder, model, dtype, extra):
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    model.save_pretrained(folder)
    path = os.path.join(folder, "model.safetensors")
    save_file({k: v.to(dtype).contiguous() for k, v in load_file(path).items()}, path, metadata={"format": "pt"})
    for name in ("generation_config.json",):
        if os.path.exists(os.path.join(folder, name)):
            os.remove(os.path.join(folder, name))
    write_golden_json(folder, extra)


def write_golden_json(folder, extra):
    golden = {"versions": {"torch": torch.__version__, "transformers": t.__version__}, **extra}
    with open(os.path.join(folder, "golden.json"), "w") as f:
        json.dump(golden, f)
    print(folder, sum(os.path.getsize(os.path.join(folder, f)) for f in os.listdir(folder)) // 1024, "KiB")


def lively(model, seed, dtype):
    """Weights as stored in `dtype`; buffers (rotary frequencies) are not stored and keep their precision."""
    init_weights(model.float(), seed)
    for p in model.parameters():
        p.data = p.data.to(dtype).float()
    return model


def rows_of(model, ids, value):
    with torch.inference_mode():
        return [value(model(input_ids=torch.tensor([row]))).double().tolist() for row in ids]


def yes_no_tokenizer(folder):
    """Words and letters; enough to hold "yes" and "no"."""
    words = ["tok%d" % i for i in range(QWEN["vocab_size"])]
    words[YES], words[NO], words[0] = "yes", "no", "<unk>"
    tokenizer = Tokenizer(models.WordPiece({w: i for i, w in enumerate(words)}, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.save(os.path.join(folder, "tokenizer.json"))


PREFIX = ('<|im_start|>system\nJudge whether the Document meets the requirements based on the Query and the Instruct provided. '
          'Note that the answer can only be "yes" or "no".<|im_end|>\n<|im_start|>user\n')
SUFFIX = "<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>\n\n"
INSTRUCT = "Given a web search query, retrieve relevant passages that answer the query"
QUERY = "tok5 tok6 yes"
DOCUMENTS = ["tok1 tok2", "", "tok9 tok9 no tok3", "tok4 tok8 " * 30]


def pair_logits(folder, model):
    """As the model card of Qwen3-Reranker puts pairs: the text between prefix and suffix is cut to what is left of the length."""
    tokenizer = Tokenizer.from_file(os.path.join(folder, "tokenizer.json"))
    ids = lambda text: tokenizer.encode(text, add_special_tokens=False).ids
    rows = []
    for document in DOCUMENTS:
        middle = ids("<Instruct>: {}\n<Query>: {}\n<Document>: {}".format(INSTRUCT, QUERY, document))
        room = QWEN["max_position_embeddings"] - len(ids(PREFIX)) - len(ids(SUFFIX))
        rows.append(ids(PREFIX) + middle[:room] + ids(SUFFIX))
    return rows, rows_of(model, rows, lambda o: (o.logits[0, -1, YES] - o.logits[0, -1, NO]).reshape(1))


def qwen3():
    lengths = [90, 1, 17, 33]
    ids, types = make_rows(lengths, 70, 0, 201)
    model = lively(t.Qwen3ForCausalLM(t.Qwen3Config(**QWEN, tie_word_embeddings=True)), 201, torch.bfloat16)
    logits = rows_of(model, ids, lambda o: (o.logits[0, -1, YES] - o.logits[0, -1, NO]).reshape(1))
    folder = os.path.join(OUT, "qwen3", "reranker")
    save(folder, model, torch.bfloat16, {"seed": 201, "input_ids": ids, "token_type_ids": types, "logits": logits})
    yes_no_tokenizer(folder)
    rows, scores = pair_logits(folder, model)
    write_golden_json(folder, {"seed": 201, "input_ids": ids, "token_type_ids": types, "logits": logits, "query": QUERY,
                               "documents": DOCUMENTS, "pair_ids": rows, "pair_logits": scores})

    # Own output matrix, biases, one key head, a head size that is not hidden_size / heads.
    config = t.Qwen3Config(**{**QWEN, "num_key_value_heads": 1, "head_dim": 10}, attention_bias=True, tie_word_embeddings=False)
    model = lively(t.Qwen3ForCausalLM(config), 202, torch.float16)
    logits = rows_of(model, ids, lambda o: (o.logits[0, -1, YES] - o.logits[0, -1, NO]).reshape(1))
    folder = os.path.join(OUT, "qwen3", "untied")
    save(folder, model, torch.float16, {"seed": 202, "input_ids": ids, "token_type_ids": types, "logits": logits})
    yes_no_tokenizer(folder)

    model = lively(t.Qwen3ForSequenceClassification(t.Qwen3Config(**QWEN, num_labels=1)), 203, torch.float16)
    logits = rows_of(model, ids, lambda o: o.logits[0])
    save(os.path.join(OUT, "qwen3", "classifier"), model, torch.float16,
         {"seed": 203, "input_ids": ids, "token_type_ids": types, "logits": logits})

    model = lively(t.Qwen3Model(t.Qwen3Config(**QWEN)), 204, torch.float16)
    embeddings = rows_of(model, ids, lambda o: o.last_hidden_state[0, -1])
    save(os.path.join(OUT, "qwen3", "embedder"), model, torch.float16,
         {"seed": 204, "input_ids": ids, "token_type_ids": types, "embeddings": embeddings})


def jina_bert_config(architecture, heads, kind):
    return dict(architectures=[architecture], model_type="bert", vocab_size=70, hidden_size=36, num_attention_heads=heads,
                intermediate_size=48, num_hidden_layers=2, max_position_embeddings=80, type_vocab_size=2, layer_norm_eps=1e-12,
                hidden_act="gelu", position_embedding_type="alibi", feed_forward_type=kind, num_labels=1)


def save_jina_bert(name, model, config, extra):
    folder = os.path.join(OUT, *name.split("/"))
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    save_file({k: v.half().contiguous() for k, v in model.state_dict().items()}, os.path.join(folder, "model.safetensors"),
              metadata={"format": "pt"})
    with open(os.path.join(folder, "config.json"), "w") as f:
        json.dump(config, f, indent=1)
    write_golden_json(folder, extra)


def jina_bert_sparse():
    config = jina_bert_config("JinaBertForMaskedLM", 3, "reglu")
    model = lively(JinaBertForMaskedLM(config), 213, torch.float16)
    ids, types = make_rows([40, 1, 17, 33], 70, 2, 213)
    with torch.inference_mode():
        rows = [model.weights(row, row_types).double() for row, row_types in zip(ids, types)]
    weights = [{str(int(i)): float(r[i]) for i in r.nonzero().flatten()} for r in rows]
    save_jina_bert("sparse/jina_bert", model, config, {"seed": 213, "input_ids": ids, "token_type_ids": types, "weights": weights})


def jina_bert():
    for name, heads, kind, seed in (("geglu", 4, "geglu", 211), ("reglu", 3, "reglu", 212)):
        config = jina_bert_config("JinaBertForSequenceClassification", heads, kind)
        model = lively(JinaBertForSequenceClassification(config), seed, torch.float16)
        ids, types = make_rows([80, 1, 17, 33], 70, 2, seed)
        with torch.inference_mode():
            logits = [model(row, row_types).double().tolist() for row, row_types in zip(ids, types)]
            means = [model.hidden(row, row_types).mean(0).double().tolist() for row, row_types in zip(ids, types)]
        save_jina_bert("jina_bert/" + name, model, config,
                       {"seed": seed, "input_ids": ids, "token_type_ids": types, "logits": logits, "embeddings": means})


NAMES = dict(qwen3=qwen3, jina_bert=jina_bert, jina_bert_sparse=jina_bert_sparse)

if __name__ == "__main__":
    for wanted in sys.argv[1:] or NAMES:
        NAMES[wanted]()
