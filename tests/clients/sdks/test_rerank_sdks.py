"""The SDKs of other re-rank services, pointed at ours: Cohere's two clients and Hugging Face's session."""

import math

import cohere
import pytest
from huggingface_hub import get_session
from huggingface_hub.utils import build_hf_headers

QUERY = "how far is the moon"
DOCUMENTS = ["Bread needs flour.", "The moon is 384,400 km away from the Earth.", "Rivers reach the sea."]


@pytest.fixture(params=[cohere.Client, cohere.ClientV2], ids=["v1", "v2"])
def client(request, url):
    return request.param(api_key="anything", base_url=url)


def test_cohere_reranks_strings(client):
    answer = client.rerank(model="rerank-v3.5", query=QUERY, documents=DOCUMENTS, top_n=2)
    assert answer.id and [result.index for result in answer.results][0] == 1 and len(answer.results) == 2
    scores = [result.relevance_score for result in answer.results]
    assert 0.5 < scores[0] <= 1 and scores[0] > scores[1] >= 0
    assert answer.meta.api_version.version == ("1" if isinstance(client, cohere.Client) and not isinstance(client, cohere.ClientV2) else "2")
    assert answer.meta.billed_units.search_units == 1


def test_cohere_refuses_what_has_no_documents(client):
    with pytest.raises(cohere.BadRequestError) as refused:
        client.rerank(model="m", query=QUERY, documents=[])
    assert refused.value.status_code == 400 and refused.value.body["message"]


def test_cohere_one_with_objects_and_rank_fields(url):
    documents = [{"title": "Bread", "body": "flour"}, {"title": "Moon", "body": DOCUMENTS[1]}]
    answer = cohere.Client(api_key="anything", base_url=url).rerank(query=QUERY, documents=documents, rank_fields=["title", "body"], return_documents=True)
    assert answer.results[0].index == 1
    assert answer.results[0].document is not None


def test_a_thousand_documents(client):
    answer = client.rerank(model="m", query=QUERY, documents=[f"page {i}" for i in range(1100)] + [DOCUMENTS[1]], top_n=1)
    assert answer.results[0].index == 1100


def test_scores_of_all_shapes_are_the_same(url):
    """TEI's through the session of huggingface_hub: sigmoid unless raw scores are asked for."""
    headers = build_hf_headers(token="hf_anything")
    ask = lambda **more: get_session().post(f"{url}/rerank", headers=headers, json={"query": QUERY, "texts": DOCUMENTS, **more}).json()  # noqa: E731
    ranked, raw = ask(return_text=True), ask(raw_scores=True)
    assert [entry["index"] for entry in ranked] == [entry["index"] for entry in raw]
    assert [entry["text"] for entry in ranked] == [DOCUMENTS[entry["index"]] for entry in ranked]
    results = cohere.ClientV2(api_key="anything", base_url=url).rerank(model="m", query=QUERY, documents=DOCUMENTS).results
    for entry, logit, result in zip(ranked, raw, results, strict=True):
        assert entry["score"] == pytest.approx(1 / (1 + math.exp(-logit["score"])), abs=1e-6)
        assert result.index == entry["index"] and result.relevance_score == pytest.approx(entry["score"], abs=1e-6)


def test_huggingface_session_reads_errors_and_info(url):
    refused = get_session().post(f"{url}/rerank", json={"query": QUERY, "texts": []})
    assert refused.status_code == 400 and refused.json()["error_type"] == "Empty"
    info = get_session().get(f"{url}/info").json()
    assert "reranker" in info["model_type"] and info["max_client_batch_size"] >= 1000
    assert get_session().get(f"{url}/health").status_code == 200
