"""LangChain's Elasticsearch store, retriever and Cohere re-ranker."""

import pytest
from langchain_cohere import CohereRerank
from langchain_core.documents import Document
from langchain_core.embeddings import DeterministicFakeEmbedding
from langchain_elasticsearch import BM25Strategy, DenseVectorScriptScoreStrategy, DenseVectorStrategy, DistanceMetric, ElasticsearchRetriever, ElasticsearchStore

TEXTS = ["Bread needs flour.", "The moon is 384,400 km away from the Earth.", "Rivers reach the sea."]
QUERY = "how far is the moon"


def store(url, index, strategy):
    embedding = None if isinstance(strategy, BM25Strategy) else DeterministicFakeEmbedding(size=16)
    made = ElasticsearchStore(index_name=index, es_url=url, embedding=embedding, strategy=strategy)
    made.add_documents([Document(page_content=text, metadata={"n": i, "src": "ab"[i % 2]}) for i, text in enumerate(TEXTS)], ids=["0", "1", "2"])
    return made


@pytest.mark.parametrize(
    "strategy",
    [
        DenseVectorStrategy(),
        DenseVectorStrategy(hybrid=True),
        DenseVectorStrategy(hybrid=True, rrf=False),
        DenseVectorStrategy(hybrid=True, rrf={"rank_constant": 20, "rank_window_size": 10}),
        DenseVectorScriptScoreStrategy(distance=DistanceMetric.COSINE),
        DenseVectorScriptScoreStrategy(distance=DistanceMetric.EUCLIDEAN_DISTANCE),
        BM25Strategy(k1=1.0, b=0.5),
    ],
    ids=["dense", "rrf", "sum", "rrf-options", "exact-cosine", "exact-l2", "bm25"],
)
def test_strategies_find_filter_and_delete(url, index, strategy):
    found = store(url, index, strategy)
    best = found.similarity_search(TEXTS[1], k=2)[0]
    assert best.page_content == TEXTS[1] and best.metadata == {"n": 1, "src": "b"}
    if not getattr(strategy, "hybrid", False):  # the library gives no scores there
        assert found.similarity_search_with_score(TEXTS[1], k=2)[0][1] > 0
    kept = found.similarity_search("flour the sea", k=3, filter=[{"term": {"metadata.src.keyword": "a"}}])
    assert {document.metadata["n"] for document in kept} == {0, 2}
    assert found.delete(["1"])
    assert all(document.metadata["n"] != 1 for document in found.similarity_search(TEXTS[1], k=3))


def test_maximal_marginal_relevance(url, index):
    found = store(url, index, DenseVectorStrategy()).max_marginal_relevance_search(TEXTS[1], k=2, fetch_k=3)
    assert found[0].page_content == TEXTS[1] and len(found) == 2


def test_retriever_passes_a_reranked_search(url, es, index):
    store(url, index, BM25Strategy())
    body = lambda query: {  # noqa: E731
        "retriever": {
            "text_similarity_reranker": {
                "retriever": {"standard": {"query": {"match_all": {}}}},
                "field": "text",
                "inference_id": ".rerank-v1-elasticsearch",
                "inference_text": query,
            }
        }
    }
    found = ElasticsearchRetriever(es_url=url, index_name=index, body_func=body, content_field="text").invoke(QUERY)
    assert found[0].page_content == TEXTS[1] and found[0].metadata["_id"] == "1" and found[0].metadata["_score"] > 0


def test_cohere_rerank_compresses(url):
    ranker = CohereRerank(cohere_api_key="anything", base_url=url, model="rerank-v3.5", top_n=2)
    kept = ranker.compress_documents([Document(page_content=text) for text in TEXTS], QUERY)
    assert kept[0].page_content == TEXTS[1] and len(kept) == 2
    assert 0.5 < kept[0].metadata["relevance_score"] <= 1
