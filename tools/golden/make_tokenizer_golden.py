#!/usr/bin/env python3
"""Writes tests/golden/tokenizer: texts and the ids that Hugging Face `tokenizers` gives them.

    pip install tokenizers==0.23.3 sentencepiece==0.2.3 protobuf
    python tools/golden/make_tokenizer_golden.py [name ...]

Every folder (or the bundled model) has a tokenizer.json and `cases.jsonl`, a line a text: {"text", "ids", "offsets"} of one text (offsets are
UTF-8 bytes, one flat list), or {"first", "second", "max_length", "strategy", "ids", "type_ids"} of a pair. Texts: multilingual.txt, and
random strings (seed 20261124). The small tokenizers are trained on multilingual.txt and data/xquad-en.
"""
import json
import os
import random
import sys

import tokenizers
from tokenizers import AddedToken, Tokenizer, models, normalizers, pre_tokenizers, processors

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
OUT = os.path.join(ROOT, "tests", "golden", "tokenizer")
SEED = 20261124
POOLS = [(0x20, 0x7F), (0, 0x20), (0x80, 0x250), (0x250, 0x370), (0x300, 0x370), (0x370, 0x530), (0x590, 0x700), (0x900, 0xE00), (0xE00, 0x1000),
         (0x1000, 0x1250), (0x1B00, 0x1C80), (0x1D00, 0x2000), (0x2000, 0x2C00), (0x3000, 0x3400), (0x4E00, 0x4F00), (0xA000, 0xAC00),
         (0xAC00, 0xAD00), (0xF900, 0x10000), (0x10000, 0x12000), (0x1D100, 0x1D200), (0x1E000, 0x20000), (0x2F800, 0x2FA00), (0, 0x110000)]


def multilingual():
    with open(os.path.join(OUT, "multilingual.txt"), encoding="utf-8", newline="\n") as f:
        return f.read().split("\n")[:-1]


def training_text():
    with open(os.path.join(ROOT, "data", "xquad-en", "corpus.jsonl"), encoding="utf-8") as f:
        return [json.loads(line)["text"] for line in f] + multilingual() * 4


def random_texts(tokenizer, count):
    rng = random.Random(SEED)
    words = [w.replace("##", "").replace("▁", " ") for w in sorted(tokenizer.get_vocab())]
    special = [t.content for t in tokenizer.get_added_tokens_decoder().values()] or ["x"]
    texts = []
    for _ in range(count):
        text = ""
        for _ in range(rng.randrange(1, 9)):
            kind = rng.random()
            if kind < .4:
                text += rng.choice(words) + rng.choice([" ", "", "", "-", "  ", "\u0301", " \u0323", "\n"])
            elif kind < .5:
                text += rng.choice(special)
            elif kind < .54:
                text += rng.choice(words) * rng.randrange(1, 30)
            else:
                low, high = rng.choice(POOLS)
                text += "".join(chr(c) for c in (rng.randrange(low, high) for _ in range(rng.randrange(1, 6))) if not 0xD800 <= c < 0xE000)
        texts.append(text)
    return texts


def long_texts():
    return ["a" * 100, "a" * 101, "é" * 100, "é" * 101, "x" * 3000 + " y", "1 " * 700, "word " * 50 + "b" * 250, "가" * 60, "中文" * 200, "", " "]


def byte_offsets(text, encoding):
    begins = [0]
    for char in text:
        begins.append(begins[-1] + len(char.encode()))
    return [begins[i] for offset in encoding.offsets for i in offset]


def single_cases(tokenizer, num_random):
    texts = multilingual() + long_texts() + [" ".join(multilingual()[:4])] + random_texts(tokenizer, num_random)
    for text in texts:
        encoding = tokenizer.encode(text)
        yield {"text": text, "ids": encoding.ids, "offsets": byte_offsets(text, encoding)}


def pair_cases(tokenizer):
    lines = multilingual()
    rng = random.Random(SEED)
    for strategy in ("longest_first", "only_first", "only_second"):
        for _ in range(25):
            first, second = (" ".join(rng.choice(lines) for _ in range(rng.randrange(0, 3))) for _ in range(2))
            max_length = rng.choice([8, 9, 16, 33, 64, 200])
            tokenizer.enable_truncation(max_length, strategy=strategy)
            try:
                encoding = tokenizer.encode(first, second)
                answer = {"ids": encoding.ids, "type_ids": encoding.type_ids}
            except Exception:  # the library's word for "cannot be cut so far"
                answer = {"ids": None}
            yield {"first": first, "second": second, "max_length": max_length, "strategy": strategy, **answer}
    tokenizer.no_truncation()


def write_cases(name, tokenizer, num_random):
    tokenizer.no_truncation()
    tokenizer.no_padding()
    folder = os.path.join(OUT, name)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "cases.jsonl"), "w", encoding="utf-8") as f:
        for case in [*single_cases(tokenizer, num_random), *pair_cases(tokenizer)]:
            f.write(json.dumps(case, ensure_ascii=False, separators=(",", ":")) + "\n")


def bundled():
    write_cases("minilm-l6-rerank", Tokenizer.from_file(os.path.join(ROOT, "models", "minilm-l6-rerank", "tokenizer.json")), 300)


def save(name, tokenizer, num_random=200):
    """Writes tokenizer.json too, and reads it back, so that the ids are those of the file."""
    folder = os.path.join(OUT, name)
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, "tokenizer.json")
    tokenizer.save(path, pretty=False)
    write_cases(name, Tokenizer.from_file(path), num_random)


def word_piece_vocabulary():
    from tokenizers.trainers import WordPieceTrainer
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=False)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trainer = WordPieceTrainer(vocab_size=1500, special_tokens=["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"], show_progress=False)
    tokenizer.train_from_iterator(training_text(), trainer)
    return tokenizer.get_vocab()


def cased():
    """Case kept, no cleaning, the old post-processor, and added tokens of every kind, some matched behind the normalizer."""
    tokenizer = Tokenizer(models.WordPiece(word_piece_vocabulary(), unk_token="[UNK]", max_input_chars_per_word=20))
    tokenizer.normalizer = normalizers.BertNormalizer(clean_text=False, lowercase=False, strip_accents=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    tokenizer.add_special_tokens(["[PAD]", "[UNK]", "[CLS]", "[SEP]", AddedToken("[MASK]", lstrip=True, special=True)])
    tokenizer.add_tokens([AddedToken("naïve", normalized=True), AddedToken("free", single_word=True), AddedToken("<r>", rstrip=True),
                          AddedToken("<lr>", lstrip=True, rstrip=True, single_word=True), AddedToken("<lr>x", normalized=False)])
    save("wordpiece-cased", tokenizer)


def lowercased():
    """Lower case with accents kept, no post-processor, no Chinese rule."""
    tokenizer = Tokenizer(models.WordPiece(word_piece_vocabulary(), unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(clean_text=True, handle_chinese_chars=False, lowercase=True, strip_accents=False)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    save("wordpiece-lower", tokenizer)


def trained_unigram(pre_tokenizer, normalizer, vocab_size, **options):
    from tokenizers.trainers import UnigramTrainer
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer, tokenizer.pre_tokenizer = normalizer, pre_tokenizer
    trainer = UnigramTrainer(vocab_size=vocab_size, special_tokens=["<s>", "<pad>", "</s>", "<unk>", "<mask>"], unk_token="<unk>", show_progress=False)
    tokenizer.train_from_iterator(training_text(), trainer)
    vocab = json.loads(tokenizer.to_str())["model"]["vocab"]
    # Scores to two digits: a smaller file, and ties, which must break alike.
    vocab = [(token, round(score, 2)) for token, score in vocab]
    tokenizer.model = models.Unigram(vocab + options.pop("extra", []), 3, **options)
    return tokenizer


def sentencepiece_charsmap(rule):
    """The character map that SentencePiece writes into its models (pip install sentencepiece==0.2.3)."""
    import io
    import sentencepiece
    from sentencepiece import sentencepiece_model_pb2
    out = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(sentence_iterator=iter(training_text()[:240]), model_writer=out, vocab_size=500, hard_vocab_limit=False,
                                             normalization_rule_name=rule, minloglevel=2)
    proto = sentencepiece_model_pb2.ModelProto()
    proto.ParseFromString(out.getvalue())
    return proto.normalizer_spec.precompiled_charsmap


def xlm_roberta():
    """XLM-RoBERTa's pipeline: SentencePiece's character map, words at blanks, the mark before each."""
    tokenizer = trained_unigram(pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace()]),
                                normalizers.Precompiled(sentencepiece_charsmap("nmt_nfkc")), 1500)
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)])
    tokenizer.add_special_tokens(["<s>", "<pad>", "</s>", "<unk>", AddedToken("<mask>", lstrip=True, special=True)])
    save("unigram-xlm-roberta", tokenizer)


def deberta():
    """DeBERTa-v3's pipeline (Strip, character map, runs of spaces) and bytes for what is unknown."""
    tokens = [(f"<0x{byte:02X}>", -20.0) for byte in range(256)]
    steps = [normalizers.Strip(), normalizers.Precompiled(sentencepiece_charsmap("nmt_nfkc_cf")), normalizers.Replace(tokenizers.Regex(" {2,}"), " ")]
    tokenizer = trained_unigram(pre_tokenizers.Metaspace(prepend_scheme="always"), normalizers.Sequence(steps), 1500, extra=tokens, byte_fallback=True)
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A </s>", pair="<s> $A </s> $B:1 </s>:1", special_tokens=[("<s>", 0), ("</s>", 2)])
    tokenizer.add_special_tokens(["<s>", "</s>", "<unk>"])
    tokenizer.add_tokens([AddedToken("fox", normalized=True), AddedToken("ﬁ", single_word=True, normalized=True)])
    save("unigram-deberta", tokenizer)


def unigram_steps():
    """The other normalizers, and the mark only where the text begins."""
    steps = [normalizers.Nmt(), normalizers.NFKC(), normalizers.Lowercase(), normalizers.StripAccents(), normalizers.Replace("o", "0"),
             normalizers.Strip(right=False)]
    tokenizer = trained_unigram(pre_tokenizers.Metaspace(prepend_scheme="first", split=False), normalizers.Sequence(steps), 1200)
    tokenizer.add_special_tokens(["<s>", "<mask>"])
    save("unigram-steps", tokenizer)


def trained_bpe(pre_tokenizer, normalizer, vocab_size, **options):
    from tokenizers.trainers import BpeTrainer
    special = options.pop("special", ["<s>", "<pad>", "</s>", "<unk>", "<mask>"])
    tokenizer = Tokenizer(models.BPE(**options))
    tokenizer.normalizer, tokenizer.pre_tokenizer = normalizer, pre_tokenizer
    alphabet = [] if "byte_fallback" in options else pre_tokenizers.ByteLevel.alphabet()
    tokenizer.train_from_iterator(training_text(), BpeTrainer(vocab_size=vocab_size, initial_alphabet=alphabet, show_progress=False,
                                                              special_tokens=special))
    return tokenizer


def roberta():
    tokenizer = trained_bpe(pre_tokenizers.ByteLevel(add_prefix_space=False), None, 1500)
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), trim_offsets=True, add_prefix_space=False)
    tokenizer.add_special_tokens(["<s>", "<pad>", "</s>", AddedToken("<mask>", lstrip=True, special=True)])
    save("bpe-roberta", tokenizer)


def modern_bert():
    """ModernBERT's pipeline, with the space before the text."""
    tokenizer = trained_bpe(pre_tokenizers.ByteLevel(add_prefix_space=True), normalizers.NFC(), 1500)
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A </s>", pair="<s> $A </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)])
    tokenizer.add_special_tokens(["<s>", "</s>"])
    tokenizer.add_tokens([AddedToken("|||IP|||", normalized=True), AddedToken("  ", normalized=True), AddedToken("   ", normalized=False)])
    save("bpe-modernbert", tokenizer)


CONTRACTIONS = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)"
QWEN = CONTRACTIONS + r"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"


def split_byte_level(regex):
    return pre_tokenizers.Sequence([pre_tokenizers.Split(tokenizers.Regex(regex), "isolated"),
                                    pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])


def qwen():
    tokenizer = trained_bpe(split_byte_level(QWEN), normalizers.NFC(), 1500)
    tokenizer.post_processor = processors.ByteLevel(add_prefix_space=False, trim_offsets=False)
    tokenizer.add_special_tokens(["<|endoftext|>", "<|im_start|>"])
    save("bpe-qwen", tokenizer)


def llama3():
    tokenizer = trained_bpe(split_byte_level(QWEN.replace(r"|\p{N}|", r"|\p{N}{1,3}|")), None, 1500, ignore_merges=True)
    tokenizer.post_processor = processors.Sequence([processors.ByteLevel(add_prefix_space=True, trim_offsets=True), processors.TemplateProcessing(
        single="<s> $A", pair="<s> $A <s>:1 $B:1", special_tokens=[("<s>", 0)])])
    tokenizer.add_special_tokens(["<s>"])
    save("bpe-llama3", tokenizer)


def llama2():
    """Characters, not bytes: SentencePiece's BPE with bytes for what is unknown."""
    bytes_ = [f"<0x{byte:02X}>" for byte in range(256)]
    tokenizer = trained_bpe(pre_tokenizers.Metaspace(), None, 1500, byte_fallback=True, fuse_unk=True, unk_token="<unk>",
                            special=["<unk>", "<s>", "</s>", *bytes_])
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    tokenizer.pre_tokenizer = None
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A", pair="<s> $A <s> $B", special_tokens=[("<s>", 1)])
    model = json.loads(tokenizer.to_str())
    model["added_tokens"] = model["added_tokens"][:3]
    save("bpe-llama2", Tokenizer.from_str(json.dumps(model)))


def word_piece_steps():
    """WordPiece behind other steps than BERT's."""
    tokenizer = Tokenizer(models.WordPiece(word_piece_vocabulary(), unk_token="[UNK]", max_input_chars_per_word=30))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFD(), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Whitespace(), pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.Punctuation()])
    save("wordpiece-steps", tokenizer)


MAKERS = {"minilm-l6-rerank": bundled, "wordpiece-cased": cased, "wordpiece-lower": lowercased,
          "wordpiece-steps": word_piece_steps, "unigram-xlm-roberta": xlm_roberta, "unigram-deberta": deberta, "unigram-steps": unigram_steps,
          "bpe-roberta": roberta, "bpe-modernbert": modern_bert, "bpe-qwen": qwen, "bpe-llama3": llama3, "bpe-llama2": llama2}


def main():
    print(f"tokenizers {tokenizers.__version__}")
    for name in sys.argv[1:] or MAKERS:
        MAKERS[name]()


if __name__ == "__main__":
    main()
