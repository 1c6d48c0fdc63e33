"""LlamaIndex's Elasticsearch vector store and its re-ranker for text-embeddings-inference."""

import asyncio
import hashlib

import pytest
from elasticsearch.helpers.vectorstore import AsyncBM25Strategy, AsyncDenseVectorStrategy
from llama_index.core.schema import NodeRelationship, NodeWithScore, QueryBundle, RelatedNodeInfo, TextNode
from llama_index.core.vector_stores.types import ExactMatchFilter, MetadataFilters, VectorStoreQuery, VectorStoreQueryMode
from llama_index.postprocessor.tei_rerank import TextEmbeddingInference
from llama_index.vector_stores.elasticsearch import ElasticsearchStore

TEXTS = ["Bread needs flour.", "The moon is 384,400 km away from the Earth.", "Rivers reach the sea."]
QUERY = "how far is the moon"


def embed(text):
    return [byte / 255 for byte in hashlib.sha256(text.encode()).digest()[:16]]


def nodes():
    for i, text in enumerate(TEXTS):
        yield TextNode(
            id_=f"n{i}",
            text=text,
            embedding=embed(text),
            metadata={"src": "ab"[i % 2]},
            relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=f"doc{i}")},
        )


STRATEGIES = {
    "dense": (AsyncDenseVectorStrategy, {}, VectorStoreQueryMode.DEFAULT),
    "hybrid": (AsyncDenseVectorStrategy, {"hybrid": True}, VectorStoreQueryMode.HYBRID),
    "bm25": (AsyncBM25Strategy, {}, VectorStoreQueryMode.TEXT_SEARCH),
}


@pytest.mark.parametrize("name", STRATEGIES)
def test_adds_queries_filters_and_deletes(url, index, name):
    strategy, options, mode = STRATEGIES[name]

    async def flow():
        store = ElasticsearchStore(index_name=index, es_url=url, retrieval_strategy=strategy(**options))
        assert await store.async_add(list(nodes())) == ["n0", "n1", "n2"]
        query = VectorStoreQuery(query_embedding=embed(TEXTS[1]), query_str="moon Earth", similarity_top_k=2, mode=mode)
        found = await store.aquery(query)
        assert found.nodes[0].get_content() == TEXTS[1] and found.nodes[0].metadata["src"] == "b"
        kept = MetadataFilters(filters=[ExactMatchFilter(key="src", value="a")])
        query = VectorStoreQuery(query_embedding=embed(TEXTS[1]), query_str="flour sea", similarity_top_k=3, mode=mode, filters=kept)
        assert {node.node_id for node in (await store.aquery(query)).nodes} == {"n0", "n2"}
        assert {node.node_id for node in await store.aget_nodes(node_ids=["n0", "n1"])} == {"n0", "n1"}
        await store.adelete("doc1")
        assert {node.node_id for node in await store.aget_nodes(node_ids=["n0", "n1", "n2"])} == {"n0", "n2"}
        await store.aclear()
        store.close()

    asyncio.run(flow())


def test_reranks_nodes(url):
    ranked = TextEmbeddingInference(base_url=url, top_n=2).postprocess_nodes(
        [NodeWithScore(node=node, score=1.0) for node in nodes()], query_bundle=QueryBundle(QUERY)
    )
    assert ranked[0].node.node_id == "n1" and len(ranked) == 2 and ranked[0].score > 0.5
