"""The notebooks that use Cohere with Elasticsearch, call by call, with the vendor on the loopback address."""

import pytest
from elasticsearch import BadRequestError, NotFoundError, helpers
from fake_vendor import FakeVendor

KEY = "sk-Notebook"
TOPICS = ["the moon and its craters", "bread from wheat flour", "rivers that reach the sea", "stars of the northern sky", "trains over the mountains"]
QUERY = "how old are the craters of the moon"


@pytest.fixture(scope="module")
def vendor():
    with FakeVendor(dims=1024) as fake:
        yield fake


@pytest.fixture
def embeddings(es, vendor, index):
    """Calls 2 to 4 of the notebook: endpoint, index with a default pipeline that is not there yet, pipeline."""
    vendor.forget()
    settings = {"api_key": KEY, "model_id": "embed-english-v3.0", "embedding_type": "byte", "url": vendor.url + "/v2/embed"}
    shown = es.inference.put(task_type="text_embedding", inference_id="cohere_embeddings", inference_config={"service": "cohere", "service_settings": settings})
    assert [body["embedding_types"] for body in vendor.bodies()] == [["int8"]]
    assert shown["service_settings"]["embedding_type"] == "byte" and shown["service_settings"]["dimensions"] == 1024
    assert "api_key" not in shown["service_settings"]
    es.indices.create(
        index=index,
        settings={"index": {"default_pipeline": "cohere_embeddings"}},
        mappings={
            "properties": {
                "text_embedding": {"type": "dense_vector", "dims": 1024, "element_type": "byte"},
                "text": {"type": "text"},
                "id": {"type": "integer"},
                "title": {"type": "text"},
            }
        },
    )
    processor = {"inference": {"model_id": "cohere_embeddings", "input_output": {"input_field": "text", "output_field": "text_embedding"}}}
    es.ingest.put_pipeline(id="cohere_embeddings", description="Ingest pipeline for Cohere inference.", processors=[processor])
    vendor.forget()
    yield index
    es.indices.delete(index=index, ignore_unavailable=True)
    es.ingest.delete_pipeline(id="cohere_embeddings")
    es.inference.delete(inference_id="cohere_embeddings", force=True)


@pytest.fixture
def reranker(es, vendor):
    def put(**task_settings):
        settings = {"api_key": KEY, "model_id": "rerank-english-v3.0", "url": vendor.url + "/v2/rerank"}
        config = {"service": "cohere", "service_settings": settings, "task_settings": task_settings}
        return es.inference.put(task_type="rerank", inference_id="cohere_rerank", inference_config=config)

    yield put
    es.options(ignore_status=404).inference.delete(inference_id="cohere_rerank", force=True)


def corpus(count):
    for i in range(count):
        yield {"id": str(i), "title": f"page {i}", "text": f"{TOPICS[i % len(TOPICS)]} page {i}"}


def fill(es, index, count=300):
    helpers.bulk(es, ({"_index": index, "_source": document} for document in corpus(count)), refresh=True)


def test_a_corpus_is_embedded_in_batches_by_the_default_pipeline(es, vendor, embeddings):
    fill(es, embeddings)
    assert es.count(index=embeddings)["count"] == 300
    asked = vendor.bodies()
    assert sum(len(body["texts"]) for body in asked) == 300 and max(len(body["texts"]) for body in asked) == 96
    assert {body["input_type"] for body in asked} == {"search_document"}
    stored = es.search(index=embeddings, query={"term": {"id": 7}}, source=True)["hits"]["hits"][0]["_source"]
    assert stored["id"] == "7" and stored["title"] == "page 7"


def test_hybrid_search_is_the_sum_of_both_scores(es, vendor, embeddings):
    fill(es, embeddings)
    vendor.forget()
    builder = {"text_embedding": {"model_id": "cohere_embeddings", "model_text": QUERY}}
    knn = {"field": "text_embedding", "query_vector_builder": builder, "k": 10, "num_candidates": 50}
    query = {"multi_match": {"query": QUERY, "fields": ["text", "title"]}}
    hits = es.search(index=embeddings, size=100, knn=knn, query=query)["hits"]["hits"]
    assert [body["input_type"] for body in vendor.bodies()] == ["search_query"]
    near = {hit["_id"]: hit["_score"] for hit in es.search(index=embeddings, size=100, knn=knn)["hits"]["hits"]}
    found = {hit["_id"]: hit["_score"] for hit in es.search(index=embeddings, size=1000, query=query)["hits"]["hits"]}
    assert len(near) == 10 and len(hits) == 100
    for hit in hits:
        assert hit["_score"] == pytest.approx(near.get(hit["_id"], 0) + found.get(hit["_id"], 0), rel=1e-5)
        assert hit["_source"]["text"] and hit["_source"]["title"]
    assert "moon" in hits[0]["_source"]["text"]


def test_rerank_call_merges_task_settings(es, vendor, reranker):
    assert reranker(top_n=10)["task_settings"] == {"top_n": 10}
    vendor.forget()
    texts = [document["text"] for document in corpus(100)]
    answer = es.inference.inference(inference_id="cohere_rerank", query=QUERY, input=texts, task_settings={"return_documents": False})["rerank"]
    assert len(answer) == 10 and all("text" not in entry for entry in answer)
    assert all("moon" in texts[entry["index"]] for entry in answer)
    assert [entry["relevance_score"] for entry in answer] == sorted((entry["relevance_score"] for entry in answer), reverse=True)
    (asked,) = vendor.bodies()
    assert (asked["top_n"], asked["return_documents"], len(asked["documents"])) == (10, False, 100)


def test_semantic_text_of_the_recipes(es, vendor, index, reranker):
    settings = {"api_key": KEY, "model_id": "embed-english-v3.0", "url": vendor.url + "/v2/embed"}
    es.inference.put(task_type="text_embedding", inference_id="recipe_embeddings", inference_config={"service": "cohere", "service_settings": settings})
    try:
        properties = {"infer_field": {"type": "semantic_text", "inference_id": "recipe_embeddings"}, "Title": {"type": "text", "copy_to": "infer_field"}}
        es.indices.create(index=index, mappings={"properties": properties})
        recipes = [{"Title": text, "Steps": f"step {i}"} for i, text in enumerate(TOPICS)]
        helpers.bulk(es, ({"_index": index, "_id": str(i), "_source": recipe} for i, recipe in enumerate(recipes)), refresh=True)
        reranker(top_n=100, return_documents=True)
        child = {"standard": {"query": {"semantic": {"field": "infer_field", "query": QUERY}}}}
        retriever = {"text_similarity_reranker": {"retriever": child, "field": "Title", "inference_id": "cohere_rerank", "inference_text": QUERY, "rank_window_size": 100}}
        hits = es.search(index=index, retriever=retriever)["hits"]["hits"]
        assert hits[0]["_id"] == "0" and len(hits) == len(recipes)
        assert [hit["_source"] for hit in hits] == [recipes[int(hit["_id"])] for hit in hits], "nothing but what was sent"
        chat = {"service": "cohere", "service_settings": {"api_key": KEY, "model_id": "command-r-plus"}}
        with pytest.raises(BadRequestError):
            es.inference.put(task_type="completion", inference_id="cohere_chat", inference_config=chat)
    finally:
        es.indices.delete(index=index, ignore_unavailable=True)
        es.inference.delete(inference_id="recipe_embeddings", force=True)


def test_what_the_rerank_notebooks_expect_of_errors(es, index, reranker):
    with pytest.raises(NotFoundError):
        es.inference.delete(inference_id="cohere_rerank")
    reranker()
    with pytest.raises(BadRequestError) as refused:
        reranker()
    assert refused.value.error == "resource_already_exists_exception"
    es.options(ignore_status=404).indices.delete(index=index, ignore_unavailable=True)
    films = [{"title": "Armageddon", "plot": "an asteroid comes near", "genre": "Action"}, {"title": "Moonfall", "plot": "the moon leaves its orbit", "genre": "Action"}]
    helpers.bulk(es, ({"_index": index, "_source": film} for film in films), refresh=True)
    assert es.search(index=index, query={"query_string": {"query": "flesh-eating bad guy", "default_field": "plot"}})["hits"]["hits"] == []
    child = {"standard": {"query": {"multi_match": {"query": "moon Action", "fields": ["plot", "genre"]}}}}
    retriever = {"text_similarity_reranker": {"retriever": child, "field": "plot", "inference_id": "cohere_rerank", "inference_text": "the moon", "min_score": 0.4}}
    assert [hit["_source"]["title"] for hit in es.search(index=index, retriever=retriever)["hits"]["hits"]] == ["Moonfall"]
    assert "cohere_rerank" in [entry["inference_id"] for entry in es.inference.get()["endpoints"]]
