#!/usr/bin/env python3
"""Model folders that are damaged or lie: a clear error at the call, never a crash, and everything else still works.

Each case is a copy of the bundled model with one thing wrong, mapped to .rerank-v1.
"""

import json
import pathlib
import shutil
import struct
import sys
import tempfile

import _common
from selene_server import Server

BUNDLED = _common.ROOT / "models" / "minilm-l6-rerank"


def read_header(data):
    length = struct.unpack("<Q", data[:8])[0]
    return json.loads(data[8 : 8 + length]), data[8 + length :]


def write_header(header, payload):
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + payload


def change_header(change):
    def edit(folder):
        path = folder / "model.safetensors"
        header, payload = read_header(path.read_bytes())
        change(header)
        path.write_bytes(write_header(header, payload))

    return edit


def change_weights(change):
    def edit(folder):
        path = folder / "model.safetensors"
        path.write_bytes(change(path.read_bytes()))

    return edit


def change_json(name, change):
    def edit(folder):
        path = folder / name
        value = json.loads(path.read_text(encoding="utf-8"))
        path.write_text(json.dumps(change(value) or value), encoding="utf-8")

    return edit


def write(name, data):
    return lambda folder: (folder / name).write_bytes(data)


def first_tensor(header):
    return next(name for name in header if name != "__metadata__")


def word_embeddings(header):
    return next(name for name in header if name.endswith("word_embeddings.weight"))


def set_offsets(begin, end):
    return change_header(lambda header: header[first_tensor(header)].update(data_offsets=[begin, end]))


CASES = {
    # the container
    "empty weights": write("model.safetensors", b""),
    "no weights": lambda folder: (folder / "model.safetensors").unlink(),
    "weights are noise": write("model.safetensors", bytes(range(256)) * 4096),
    "weights cut in half": change_weights(lambda data: data[: len(data) // 2]),
    "weights without the last byte": change_weights(lambda data: data[:-1]),
    "header longer than the file": change_weights(lambda data: struct.pack("<Q", len(data) * 2) + data[8:]),
    "header of 2^63 bytes": change_weights(lambda data: struct.pack("<Q", 1 << 63) + data[8:]),
    "header of no bytes": change_weights(lambda data: struct.pack("<Q", 0) + data[8:]),
    "header is no JSON": change_weights(lambda data: struct.pack("<Q", 16) + b"{" * 16 + data),
    "header is an array": change_weights(lambda data: write_header([1, 2, 3], data)),
    "header nests deeply": change_weights(lambda data: struct.pack("<Q", 200000) + b"[" * 200000 + data),
    # the tensors
    "offsets beyond the end": set_offsets(0, 1 << 60),
    "offsets the wrong way round": set_offsets(4096, 0),
    "offsets below zero": set_offsets(-4096, 0),
    "offsets are text": set_offsets("0", "4096"),
    "shape does not fit the bytes": change_header(lambda header: header[first_tensor(header)].update(shape=[3, 5, 7])),
    "shape overflows": change_header(lambda header: header[first_tensor(header)].update(shape=[1 << 40, 1 << 40])),
    "shape below zero": change_header(lambda header: header[first_tensor(header)].update(shape=[-1, 384])),
    "unknown number type": change_header(lambda header: header[first_tensor(header)].update(dtype="F7")),
    "wrong number type": change_header(lambda header: header[word_embeddings(header)].update(dtype="F64")),
    "a tensor is missing": change_header(lambda header: header.pop(word_embeddings(header))),
    "a tensor is no object": change_header(lambda header: header.update({word_embeddings(header): 7})),
    # the configuration
    "no configuration": lambda folder: (folder / "config.json").unlink(),
    "configuration is no JSON": write("config.json", b"{"),
    "configuration is an array": write("config.json", b"[]"),
    "configuration of another architecture": change_json("config.json", lambda config: {**config, "architectures": ["GPT2LMHeadModel"], "model_type": "gpt2"}),
    "configuration claims more layers": change_json("config.json", lambda config: {**config, "num_hidden_layers": 12}),
    "configuration claims 10^9 layers": change_json("config.json", lambda config: {**config, "num_hidden_layers": 10**9}),
    "configuration claims no layers": change_json("config.json", lambda config: {**config, "num_hidden_layers": 0}),
    "configuration claims another width": change_json("config.json", lambda config: {**config, "hidden_size": 768}),
    "configuration claims heads that do not divide": change_json("config.json", lambda config: {**config, "num_attention_heads": 7}),
    "configuration claims no heads": change_json("config.json", lambda config: {**config, "num_attention_heads": 0}),
    "configuration claims a larger vocabulary": change_json("config.json", lambda config: {**config, "vocab_size": 10**6}),
    "configuration claims more positions": change_json("config.json", lambda config: {**config, "max_position_embeddings": 10**6}),
    "configuration has text for a number": change_json("config.json", lambda config: {**config, "hidden_size": "wide"}),
    "configuration names an unknown activation": change_json("config.json", lambda config: {**config, "hidden_act": "wobble"}),
    # the tokenizer
    "no tokenizer": lambda folder: [path.unlink() for path in folder.glob("*") if path.name in ("tokenizer.json", "vocab.txt")],
    "tokenizer is no JSON": write("tokenizer.json", b'{"model":'),
    "tokenizer without a model": change_json("tokenizer.json", lambda value: {key: item for key, item in value.items() if key != "model"}),
    "tokenizer of an unknown kind": change_json("tokenizer.json", lambda value: {**value, "model": {"type": "Oracle"}}),
    "tokenizer with ids beyond the embeddings": change_json("tokenizer.json", lambda value: value["model"]["vocab"].update({"moon": 99999999})),
    "tokenizer with ids below zero": change_json("tokenizer.json", lambda value: value["model"]["vocab"].update({"moon": -7})),
    "tokenizer with an empty vocabulary": change_json("tokenizer.json", lambda value: value["model"].update(vocab={})),
}
CALL = {"query": "How often does the moon hide the sun?", "input": ["The moon hides the sun.", "Bread."]}


def copy_bundled(folder):
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(BUNDLED, folder)
    for path in folder.iterdir():
        path.chmod(0o644)
    return folder


def check_unchanged(program, scratch, tally):
    """A copy with nothing wrong works, so that what the cases below meet is what they changed."""
    with Server(program, arguments=["--model", f".rerank-v1={copy_bundled(scratch / 'model')}"]) as server:
        answer = server.client().send("POST", "/_inference/.rerank-v1-elasticsearch", CALL)
        tally.check(answer.status == 200 and answer.json()["rerank"][0]["index"] == 0, "an unchanged copy works", answer.text[:300])


def check_case(program, name, edit, scratch, tally):
    folder = copy_bundled(scratch / "model")
    edit(folder)
    server = Server(program, arguments=["--model", f".rerank-v1={folder}"])
    try:
        server.start()
    except RuntimeError as error:
        # refusing to start is as clear an answer, if it is said why
        ended = server.process.returncode is not None and server.process.returncode > 0
        tally.check(ended and "selene:" in str(error), f"{name}: refused at start with a reason", str(error)[-300:])
        server.close()
        return
    try:
        client = server.client()
        tally.check(client.send("PUT", "/sky/_doc/1?refresh=true", {"text": "moon"}).status == 201, f"{name}: documents are written")
        for attempt in ("first", "second"):
            answer = client.send("POST", "/_inference/.rerank-v1-elasticsearch", CALL)
            reason = answer.json().get("error", {}).get("reason") if answer.status >= 400 else None
            tally.check(400 <= answer.status < 500 and reason, f"{name}: {attempt} call is refused with a reason", f"{answer.status} {answer.text[:300]}")
        retriever = {"standard": {"query": {"match": {"text": "moon"}}}}
        answer = client.send("POST", "/sky/_search", {"retriever": {"text_similarity_reranker": {"retriever": retriever, "field": "text", "inference_text": "moon"}}})
        tally.check(400 <= answer.status < 500, f"{name}: a re-ranked search is refused", f"{answer.status} {answer.text[:300]}")
        answer = client.send("POST", "/sky/_search", {"query": {"match": {"text": "moon"}}})
        tally.check(answer.status == 200 and answer.json()["hits"]["total"]["value"] == 1, f"{name}: a plain search works", answer.text[:200])
    except OSError as error:
        tally.check(False, name, f"{type(error).__name__}: {error}")
    tally.check(server.alive(), f"{name}: the server lives", server.log(10))
    server.close()


def main():
    parser = _common.parser(__doc__.splitlines()[0])
    parser.add_argument("--case", help="only cases whose name holds this text")
    args = parser.parse_args()
    tally = _common.Tally()
    with tempfile.TemporaryDirectory(prefix="selene-bad-models-") as scratch:
        check_unchanged(args.program, pathlib.Path(scratch), tally)
        for name, edit in CASES.items():
            if not args.case or args.case in name:
                check_case(args.program, name, edit, pathlib.Path(scratch), tally)
        if not args.case:
            server = Server(args.program, arguments=["--model", f".rerank-v1={scratch}/none"])
            try:
                server.start()
                answer = server.client().send("POST", "/_inference/.rerank-v1-elasticsearch", CALL)
                tally.check(400 <= answer.status < 500, "a folder that is not there: the call is refused", answer.text[:300])
            except RuntimeError as error:
                tally.check("selene:" in str(error) and server.process.returncode > 0, "a folder that is not there: refused at start with a reason", str(error)[-300:])
            server.close()
    return tally.end()


if __name__ == "__main__":
    sys.exit(main())
