#!/usr/bin/env python3
"""Writes tests/golden/<architecture>: small random cross-encoders of the families besides BERT, with the logits transformers gives.

  python tools/golden/make_encoder_golden.py [family ...]   (torch, transformers, safetensors; versions are kept in each golden.json)
"""
import os
import sys

import torch
import transformers as t

from golden_models import write_golden

OUT = os.path.join(os.path.dirname(__file__), "..", "..", "tests", "golden")
SMALL = dict(vocab_size=70, hidden_size=32, num_attention_heads=2, intermediate_size=48, num_hidden_layers=2, num_labels=1)


def roberta():
    config = t.XLMRobertaConfig(**SMALL, max_position_embeddings=52, type_vocab_size=1, layer_norm_eps=1e-5, pad_token_id=1,
                                bos_token_id=0, eos_token_id=2)
    write_golden(os.path.join(OUT, "roberta", "plain"), t.XLMRobertaForSequenceClassification(config), [50, 1, 17, 33, 4], 11,
                 dtype=torch.float16)
    # Rows that hold the padding id inside: positions skip it.
    config = t.RobertaConfig(**{**SMALL, "vocab_size": 9, "num_labels": 2}, max_position_embeddings=40, type_vocab_size=2, pad_token_id=3,
                             bos_token_id=0, eos_token_id=2)
    write_golden(os.path.join(OUT, "roberta", "padding_inside"), t.RobertaForSequenceClassification(config), [36, 20, 9], 12,
                 dtype=torch.float16)


def electra():
    config = t.ElectraConfig(**SMALL, embedding_size=20, max_position_embeddings=50, type_vocab_size=2)
    write_golden(os.path.join(OUT, "electra", "projected"), t.ElectraForSequenceClassification(config), [50, 1, 18, 33], 21,
                 dtype=torch.float16)
    config = t.ElectraConfig(**SMALL, embedding_size=32, max_position_embeddings=50, type_vocab_size=2)
    write_golden(os.path.join(OUT, "electra", "plain"), t.ElectraForSequenceClassification(config), [50, 7], 22, dtype=torch.float16)


def distilbert():
    config = t.DistilBertConfig(vocab_size=70, dim=32, n_heads=2, hidden_dim=48, n_layers=2, max_position_embeddings=50, num_labels=1)
    write_golden(os.path.join(OUT, "distilbert", "plain"), t.DistilBertForSequenceClassification(config), [50, 1, 19, 33], 31,
                 dtype=torch.float16, takes_types=False)


def mpnet():
    config = t.MPNetConfig(**SMALL, max_position_embeddings=302, relative_attention_num_buckets=32, pad_token_id=1)
    write_golden(os.path.join(OUT, "mpnet", "plain"), t.MPNetForSequenceClassification(config), [300, 1, 20, 33, 140], 41,
                 dtype=torch.float16, takes_types=False, avoid_ids=(1,))


def deberta():
    # v3's shape: shared keys, both terms, log buckets that rows reach beyond.
    config = t.DebertaV2Config(**SMALL, max_position_embeddings=120, type_vocab_size=0, relative_attention=True, position_buckets=16,
                               norm_rel_ebd="layer_norm", share_att_key=True, pos_att_type=["p2c", "c2p"], max_relative_positions=-1,
                               position_biased_input=False, pooler_hidden_act="gelu", pooler_dropout=0, pooler_hidden_size=32)
    write_golden(os.path.join(OUT, "deberta", "v3"), t.DebertaV2ForSequenceClassification(config), [120, 1, 9, 33, 64], 51,
                 dtype=torch.float16, takes_types=False)
    # Own projections, one term, no buckets and distances beyond the span, absolute positions, token types.
    config = t.DebertaV2Config(**SMALL, max_position_embeddings=60, type_vocab_size=2, relative_attention=True, position_buckets=-1,
                               norm_rel_ebd="none", share_att_key=False, pos_att_type=["c2p"], max_relative_positions=20,
                               position_biased_input=True, pooler_hidden_act="tanh", pooler_dropout=0, pooler_hidden_size=32)
    write_golden(os.path.join(OUT, "deberta", "c2p"), t.DebertaV2ForSequenceClassification(config), [60, 2, 17], 52, dtype=torch.float16)
    config = t.DebertaV2Config(**SMALL, max_position_embeddings=60, type_vocab_size=0, relative_attention=True, position_buckets=9,
                               norm_rel_ebd="none", share_att_key=False, pos_att_type=["p2c"], max_relative_positions=-1,
                               position_biased_input=False, pooler_hidden_act="gelu", pooler_dropout=0, pooler_hidden_size=32)
    write_golden(os.path.join(OUT, "deberta", "p2c"), t.DebertaV2ForSequenceClassification(config), [60, 13], 53, dtype=torch.float16,
                 takes_types=False)


def modernbert():
    shape = dict(vocab_size=70, hidden_size=32, num_attention_heads=2, intermediate_size=24, num_hidden_layers=4, pad_token_id=1,
                 cls_token_id=2, sep_token_id=3, bos_token_id=2, eos_token_id=3, num_labels=1, local_attention=16,
                 max_position_embeddings=150)
    # Rows far longer than the window; the last layer has full attention.
    write_golden(os.path.join(OUT, "modernbert", "cls"), t.ModernBertForSequenceClassification(t.ModernBertConfig(**shape)),
                 [150, 1, 9, 33, 70], 61, dtype=torch.float16, takes_types=False)
    config = t.ModernBertConfig(**{**shape, "num_hidden_layers": 3}, classifier_pooling="mean", norm_bias=True, attention_bias=True,
                                mlp_bias=True, classifier_bias=True)
    write_golden(os.path.join(OUT, "modernbert", "mean"), t.ModernBertForSequenceClassification(config), [90, 2, 17], 62,
                 dtype=torch.float16, takes_types=False)


FAMILIES = dict(roberta=roberta, electra=electra, distilbert=distilbert, mpnet=mpnet, deberta=deberta, modernbert=modernbert)

if __name__ == "__main__":
    for family in sys.argv[1:] or FAMILIES:
        FAMILIES[family]()
