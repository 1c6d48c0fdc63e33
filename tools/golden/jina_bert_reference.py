"""JinaBERT in plain PyTorch, from the paper (Günther et al., "Jina Embeddings 2", 2023) and the tensor names of the published
checkpoints: transformers has no such architecture of its own. Slow and obvious; one row at a time."""
import math

import torch
from torch import nn


def alibi_slopes(n):
    def of_power(m):
        return [2.0 ** (-8.0 * (i + 1) / m) for i in range(m)]
    lower = 2 ** math.floor(math.log2(n))
    return of_power(lower) + of_power(2 * lower)[0::2][: n - lower]


class Layer(nn.Module):
    def __init__(self, c):
        super().__init__()
        h = c["hidden_size"]
        attention = nn.Module()
        attention.self = nn.Module()
        for name in ("query", "key", "value"):
            setattr(attention.self, name, nn.Linear(h, h))
        attention.output = nn.Module()
        attention.output.dense = nn.Linear(h, h)
        attention.output.LayerNorm = nn.LayerNorm(h, eps=c["layer_norm_eps"])
        self.attention = attention
        self.mlp = nn.Module()
        self.mlp.gated_layers = nn.Linear(h, 2 * c["intermediate_size"], bias=False)
        self.mlp.wo = nn.Linear(c["intermediate_size"], h)
        self.mlp.layernorm = nn.LayerNorm(h, eps=c["layer_norm_eps"])
        self.heads = c["num_attention_heads"]
        self.act = {"geglu": nn.functional.gelu, "reglu": nn.functional.relu}[c["feed_forward_type"]]

    def forward(self, x):
        length, h = x.shape
        a = self.attention.self
        q, k, v = (f(x).view(length, self.heads, -1).transpose(0, 1) for f in (a.query, a.key, a.value))
        distance = (torch.arange(length)[:, None] - torch.arange(length)[None, :]).abs()
        bias = -torch.tensor(alibi_slopes(self.heads))[:, None, None] * distance
        scores = q @ k.transpose(1, 2) / math.sqrt(h // self.heads) + bias
        context = (scores.softmax(-1) @ v).transpose(0, 1).reshape(length, h)
        x = self.attention.output.LayerNorm(self.attention.output.dense(context) + x)
        up = self.mlp.gated_layers(x)
        half = up.shape[-1] // 2
        return self.mlp.layernorm(self.mlp.wo(self.act(up[:, :half]) * up[:, half:]) + x)


class JinaBertEncoder(nn.Module):
    def __init__(self, c):
        super().__init__()
        h = c["hidden_size"]
        self.bert = nn.Module()
        self.bert.embeddings = nn.Module()
        self.bert.embeddings.word_embeddings = nn.Embedding(c["vocab_size"], h)
        self.bert.embeddings.token_type_embeddings = nn.Embedding(c["type_vocab_size"], h)
        self.bert.embeddings.LayerNorm = nn.LayerNorm(h, eps=c["layer_norm_eps"])
        self.bert.encoder = nn.Module()
        self.bert.encoder.layer = nn.ModuleList(Layer(c) for _ in range(c["num_hidden_layers"]))

    def hidden(self, ids, types):
        e = self.bert.embeddings
        x = e.LayerNorm(e.word_embeddings(torch.tensor(ids)) + e.token_type_embeddings(torch.tensor(types)))
        for layer in self.bert.encoder.layer:
            x = layer(x)
        return x


class JinaBertForSequenceClassification(JinaBertEncoder):
    def __init__(self, c):
        super().__init__(c)
        h = c["hidden_size"]
        self.bert.pooler = nn.Module()
        self.bert.pooler.dense = nn.Linear(h, h)
        self.classifier = nn.Linear(h, c["num_labels"])

    def forward(self, ids, types):
        return self.classifier(torch.tanh(self.bert.pooler.dense(self.hidden(ids, types)[0])))


class JinaBertForMaskedLM(JinaBertEncoder):
    """`cls.predictions` as BERT has it: the transform's activation is hidden_act, whatever the feed-forward's is."""

    def __init__(self, c):
        super().__init__(c)
        h = c["hidden_size"]
        predictions = nn.Module()
        predictions.transform = nn.Module()
        predictions.transform.dense = nn.Linear(h, h)
        predictions.transform.LayerNorm = nn.LayerNorm(h, eps=c["layer_norm_eps"])
        predictions.decoder = nn.Linear(h, c["vocab_size"])
        self.cls = nn.Module()
        self.cls.predictions = predictions

    def weights(self, ids, types):
        """SPLADE's: the largest of log(1 + relu(logit)) over the tokens."""
        p = self.cls.predictions
        logits = p.decoder(p.transform.LayerNorm(nn.functional.gelu(p.transform.dense(self.hidden(ids, types)))))
        return torch.log1p(torch.relu(logits)).max(0).values
