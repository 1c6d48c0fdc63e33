"""Passages that come with Selene, for demos and measurements. Standard library only."""

import json
import pathlib

ROOT = pathlib.Path(__file__).resolve().parent.parent


def with_title(document):
    return f"{document['title']}. {document['text']}" if document.get("title") else document["text"]


def read_corpus(name, limit=None):
    """[(id, text)] of a set of data/."""
    with open(ROOT / "data" / name / "corpus.jsonl", encoding="utf-8") as corpus:
        documents = [json.loads(line) for line in corpus]
    return [(document["_id"], with_title(document)) for document in documents[:limit]]


def sky():
    """[(id, text)] of examples/sky.ndjson."""
    with open(ROOT / "examples" / "sky.ndjson", encoding="utf-8") as lines:
        values = [json.loads(line) for line in lines]
    return [(action["index"]["_id"], with_title(document)) for action, document in zip(values[::2], values[1::2])]


def bulk_body(documents):
    """Body of a _bulk request that writes [(id, text)] as field `text`."""
    lines = [json.dumps(line, ensure_ascii=False) for name, text in documents for line in ({"index": {"_id": name}}, {"text": text})]
    return "\n".join(lines) + "\n"
