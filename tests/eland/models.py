"""Small models with seeded random weights in the shapes of published ones, as Hugging Face folders. Needs what requirements.txt lists."""

import json
import os
import unicodedata

import torch
import transformers as tf

SENTENCES = """
The tide comes in twice a day and covers the sand bank.
A baker mixes flour, water and salt, then lets the dough rest.
Which metal is the best conductor of heat?
Silver conducts heat better than copper, and copper better than iron.
The night train to Zürich leaves at half past nine.
Owls hunt at night; their hearing is better than their sight.
How many strings does a violin have?
A violin has four strings and is played with a bow.
L'été dernier, nous avons visité le château près de la rivière.
El tren llega a la estación por la mañana.
Glass is made by melting sand, soda and lime at 1500 degrees.
The committee read the report and asked for a second opinion.
""".strip().split("\n")

PAIRS = [
    ("How many strings does a violin have?", "A violin has four strings and is played with a bow."),
    ("How many strings does a violin have?", "Owls hunt at night; their hearing is better than their sight."),
    ("best conductor of heat", "Silver conducts heat better than copper, and copper better than iron."),
    ("château près de la rivière", "L'été dernier, nous avons visité le château -- près de la rivière, 1500!"),
    ("glass", "sand"),
    ("a long document", " ".join(SENTENCES * 8)),
]


def plain(text):
    return "".join(c for c in unicodedata.normalize("NFD", text.lower()) if unicodedata.category(c) != "Mn")


def word_pieces(specials):
    """Whole words of the sentences, and every letter alone and as a continuation."""
    words = sorted({w for s in SENTENCES for w in "".join(c if c.isalnum() else f" {c} " for c in plain(s)).split()})
    letters = sorted({c for w in words for c in w})
    pieces = list(specials)
    for piece in letters + ["##" + c for c in letters] + words:
        if piece not in pieces:
            pieces.append(piece)
    return pieces


def unigram(folder, **specials):
    import sentencepiece

    prefix = os.path.join(folder, "pieces")
    sentencepiece.SentencePieceTrainer.train(sentence_iterator=iter(SENTENCES), model_prefix=prefix, vocab_size=240, model_type="unigram",
                                             character_coverage=1.0, num_threads=1, minloglevel=2, hard_vocab_limit=False, **specials)
    return prefix + ".model"


def make_tokenizer(family, folder):
    if family in ("bert", "electra", "mpnet"):
        bert = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
        pieces = word_pieces(["<s>", "<pad>", "</s>", "[UNK]", "<mask>"] if family == "mpnet" else bert)
        path = os.path.join(folder, "vocab.txt")
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join(pieces) + "\n")
        cls = {"bert": tf.BertTokenizer, "electra": tf.ElectraTokenizer, "mpnet": tf.MPNetTokenizer}[family]
        tokenizer = cls(path, do_lower_case=True, model_max_length=512)
    elif family == "xlm-roberta":
        tokenizer = tf.XLMRobertaTokenizer(unigram(folder), model_max_length=512)
    else:
        model = unigram(folder, pad_id=0, bos_id=1, eos_id=2, unk_id=3, pad_piece="[PAD]", bos_piece="[CLS]", eos_piece="[SEP]", unk_piece="[UNK]")
        tokenizer = tf.DebertaV2Tokenizer(model, do_lower_case=False, split_by_punct=False, model_max_length=512)
    tokenizer.save_pretrained(folder)
    return tokenizer


def make_config(family, vocab_size):
    common = dict(vocab_size=vocab_size, num_labels=1, hidden_size=48, intermediate_size=96, num_hidden_layers=3, num_attention_heads=6)
    from_pad = dict(max_position_embeddings=514, layer_norm_eps=1e-5, pad_token_id=1, bos_token_id=0, eos_token_id=2)
    if family == "bert":
        return tf.BertConfig(**common)
    if family == "electra":
        return tf.ElectraConfig(**common, embedding_size=24)
    if family == "mpnet":
        return tf.MPNetConfig(**common, **from_pad)
    if family == "xlm-roberta":
        return tf.XLMRobertaConfig(**common, **from_pad, type_vocab_size=1)
    return tf.DebertaV2Config(**common, relative_attention=True, max_relative_positions=-1, position_buckets=256, norm_rel_ebd="layer_norm",
                              share_att_key=True, pos_att_type="p2c|c2p", position_biased_input=False, type_vocab_size=0, layer_norm_eps=1e-7,
                              max_position_embeddings=512, pooler_hidden_act="gelu", pooler_dropout=0)


def randomise(model, seed):
    """Weights large enough for a wrong binding to show in the results."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in sorted(model.named_parameters()):
            noise = torch.randn(parameter.shape, generator=generator)
            if "norm" in name.lower() and name.endswith("weight"):
                parameter.copy_(1 + 0.2 * noise)
            elif name.endswith("bias"):
                parameter.copy_(0.1 * noise)
            elif "embeddings" in name:
                parameter.copy_(0.5 * noise)
            else:
                parameter.copy_(noise * (1.2 / parameter.shape[-1] ** 0.5))


HEADS = {"text_similarity": tf.AutoModelForSequenceClassification, "text_expansion": tf.AutoModelForMaskedLM, "text_embedding": tf.AutoModel}


def write_sentence_modules(folder, width):
    """sentence-transformers' modules: mean pooling, then vectors of length 1."""
    types = ["Transformer", "Pooling", "Normalize"]
    paths = ["", "1_Pooling", "2_Normalize"]
    modules = [{"idx": i, "name": str(i), "path": p, "type": f"sentence_transformers.models.{t}"} for i, (t, p) in enumerate(zip(types, paths))]
    for path in paths[1:]:
        os.makedirs(os.path.join(folder, path), exist_ok=True)
    with open(os.path.join(folder, "1_Pooling", "config.json"), "w") as file:
        json.dump({"word_embedding_dimension": width, "pooling_mode_cls_token": False, "pooling_mode_mean_tokens": True}, file)
    with open(os.path.join(folder, "modules.json"), "w") as file:
        json.dump(modules, file)


def make_model(folder, family, task, seed):
    """Writes the folder; gives (tokenizer, model)."""
    os.makedirs(folder, exist_ok=True)
    tokenizer = make_tokenizer(family, folder)
    model = HEADS[task].from_config(make_config(family, len(tokenizer)))
    randomise(model, seed)
    model.tie_weights()
    model.eval()
    model.save_pretrained(folder)
    if task == "text_embedding":
        write_sentence_modules(folder, model.config.hidden_size)
    return tokenizer, model
