"""The services of Elasticsearch's own tests, which are known only where a setting says so: their answers depend on the texts alone."""

import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools"))
from selene_server import Server  # noqa: E402

ENDPOINTS = {
    "sparse_embedding/t-sparse": {"service": "test_service", "service_settings": {"model": "my_model", "api_key": "abc64"}, "task_settings": {}},
    "text_embedding/t-dense": {
        "service": "text_embedding_test_service",
        "service_settings": {"model": "my_model", "dimensions": 4, "similarity": "cosine", "api_key": "abc64"},
    },
    "rerank/t-rerank": {"service": "test_reranking_service", "service_settings": {"model_id": "my_model", "api_key": "abc64"}},
}


@pytest.fixture(scope="module")
def client(request):
    with Server(request.config.getoption("--program"), arguments=["-E", "xpack.inference.test_services=true"]) as server:
        client = server.client()
        for name, body in ENDPOINTS.items():
            answer = client.send("PUT", f"/_inference/{name}", body)
            assert answer.status == 200 and "abc64" not in answer.text, answer.text
        yield client
        client.close()


def test_settings_are_shown_without_the_key(client):
    shown = client.send("GET", "/_inference/t-dense").json()["endpoints"][0]
    assert shown["service_settings"] == {"model_id": "my_model", "dimensions": 4, "similarity": "cosine", "element_type": "float"}
    assert shown["chunking_settings"]["strategy"] == "sentence"


def test_numbers_are_ranked_by_what_they_are(client):
    ranked = client.send("POST", "/_inference/t-rerank", {"query": "q", "input": ["0.5", "7", "-1"]}).json()["rerank"]
    assert [(doc["index"], doc["relevance_score"]) for doc in ranked] == [(1, 7.0), (0, 0.5), (2, -1.0)]
    ranked = client.send("POST", "/_inference/t-rerank", {"query": "q", "input": ["a", "7", "b"]}).json()["rerank"]
    assert [doc["index"] for doc in ranked] == [2, 1, 0]


def test_a_search_is_reranked_by_numbers(client):
    for n, text in enumerate(["0.2", "0.9", "0.4"]):
        client.send("PUT", f"/t-numbers/_doc/{n}?refresh=true", {"text": text})
    retriever = {"retriever": {"standard": {"query": {"match_all": {}}}}, "field": "text", "inference_id": "t-rerank", "inference_text": "q"}
    hits = client.send("POST", "/t-numbers/_search", {"retriever": {"text_similarity_reranker": retriever}}).json()["hits"]["hits"]
    assert [hit["_id"] for hit in hits] == ["1", "2", "0"]


@pytest.mark.parametrize("endpoint", ["t-sparse", "t-dense"])
def test_equal_texts_find_each_other(client, endpoint):
    index = f"texts-{endpoint}"
    mappings = {"properties": {"text": {"type": "semantic_text", "inference_id": endpoint}}}
    assert client.send("PUT", f"/{index}", {"mappings": mappings}).status == 200
    for n, text in enumerate(["the moon", "the sun", "the sea"]):
        assert client.send("PUT", f"/{index}/_doc/{n}?refresh=true", {"text": text}).status == 201
    for n, text in enumerate(["the moon", "the sun", "the sea"]):
        hits = client.send("POST", f"/{index}/_search", {"query": {"semantic": {"field": "text", "query": text}}}).json()["hits"]["hits"]
        if endpoint == "t-dense":  # of equal length with cosine: nothing is nearer than the text itself
            assert hits[0]["_id"] == str(n)
        assert len(hits) == 3


def test_without_the_setting_they_are_unknown(request):
    with Server(request.config.getoption("--program")) as server:
        client = server.client()
        answer = client.send("PUT", "/_inference/rerank/t", ENDPOINTS["rerank/t-rerank"])
        assert (answer.status, answer.json()["error"]["reason"]) == (400, "Unknown service [test_reranking_service]")
        client.close()
