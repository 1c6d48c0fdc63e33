"""Haystack's Elasticsearch document store and retrievers."""

import os

import pytest

os.environ["HAYSTACK_TELEMETRY_ENABLED"] = "False"
from haystack.dataclasses import Document  # noqa: E402
from haystack.document_stores.errors import DuplicateDocumentError  # noqa: E402
from haystack.document_stores.types import DuplicatePolicy  # noqa: E402
from haystack_integrations.components.retrievers.elasticsearch import ElasticsearchBM25Retriever, ElasticsearchEmbeddingRetriever  # noqa: E402
from haystack_integrations.document_stores.elasticsearch import ElasticsearchDocumentStore  # noqa: E402

TEXTS = ["Bread needs flour.", "The moon is 384,400 km away from the Earth.", "Rivers reach the sea."]
VECTORS = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]


@pytest.fixture
def store(url, index):
    made = ElasticsearchDocumentStore(hosts=url, index=index)
    documents = [Document(id=str(i), content=text, embedding=VECTORS[i], meta={"n": i, "src": "ab"[i % 2]}) for i, text in enumerate(TEXTS)]
    assert made.write_documents(documents) == 3
    return made


def test_counts_filters_and_deletes(store):
    assert store.count_documents() == 3
    only_a = {"field": "meta.src", "operator": "==", "value": "a"}
    assert {document.id for document in store.filter_documents(only_a)} == {"0", "2"}
    later = {"field": "meta.n", "operator": ">=", "value": 1}
    assert {document.id for document in store.filter_documents({"operator": "AND", "conditions": [only_a, later]})} == {"2"}
    store.delete_documents(["0"])
    assert {document.id for document in store.filter_documents()} == {"1", "2"}


def test_duplicates_follow_the_policy(store):
    again = [Document(id="1", content="changed")]
    with pytest.raises(DuplicateDocumentError):
        store.write_documents(again, policy=DuplicatePolicy.FAIL)
    store.write_documents(again, policy=DuplicatePolicy.OVERWRITE)
    assert [document.content for document in store.filter_documents() if document.id == "1"] == ["changed"]


def test_retrieves_by_words_and_by_vectors(store):
    found = ElasticsearchBM25Retriever(document_store=store, top_k=2).run(query="how far is the moon")["documents"]
    assert found[0].content == TEXTS[1]
    found = ElasticsearchEmbeddingRetriever(document_store=store, top_k=2).run(query_embedding=VECTORS[2])["documents"]
    assert found[0].content == TEXTS[2] and found[0].meta == {"n": 2, "src": "a"}
