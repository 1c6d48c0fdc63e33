"""The official Python client through the whole flow: what it sends, and what it makes of the answers."""

import json
import math
import pathlib

import pytest
from elasticsearch import BadRequestError, ConflictError, Elasticsearch, NotFoundError, helpers

ROOT = pathlib.Path(__file__).resolve().parents[2]
QUESTION = "How often does the moon hide the sun?"
MAPPINGS = {"properties": {"title": {"type": "text"}, "text": {"type": "text", "analyzer": "english"}, "tag": {"type": "keyword"}}}
SERVICE = {"service": "elasticsearch", "service_settings": {"model_id": ".rerank-v1", "num_threads": 1, "num_allocations": 1}}


def sky_passages():
    lines = (ROOT / "examples" / "sky.ndjson").read_text(encoding="utf-8").splitlines()
    return [(json.loads(action)["index"]["_id"], json.loads(source)) for action, source in zip(lines[::2], lines[1::2])]


@pytest.fixture
def sky(es, index):
    es.indices.create(index=index, mappings=MAPPINGS)
    helpers.bulk(es, ({"_index": index, "_id": key, "_source": source} for key, source in sky_passages()), refresh=True)
    return index


@pytest.fixture
def endpoint(es):
    es.options(ignore_status=404).inference.delete(inference_id="client-rerank", force=True)
    es.inference.put(task_type="rerank", inference_id="client-rerank", inference_config=SERVICE)
    yield "client-rerank"
    es.options(ignore_status=404).inference.delete(inference_id="client-rerank", force=True)


def reranker(question, inference_id, **more):
    child = {"standard": {"query": {"match": {"text": question}}}}
    return {"text_similarity_reranker": {"retriever": child, "field": "text", "inference_id": inference_id, "inference_text": question, **more}}


def test_ping(es):
    assert es.ping()


def test_info(es):
    info = es.info()
    assert info["tagline"] == "You Know, for Search"
    assert info["version"]["number"].startswith("9.")


def test_product_check_passes_with_a_compressing_client(url, index):
    with Elasticsearch(url, http_compress=True) as client:
        client.index(index=index, id="1", document={"title": "packed"}, refresh=True)
        assert client.search(index=index, query={"match": {"title": "packed"}})["hits"]["total"]["value"] == 1


def test_create_index(es, index):
    answer = es.indices.create(index=index, mappings=MAPPINGS, settings={"number_of_replicas": 0})
    assert answer["acknowledged"] and answer["index"] == index
    assert es.indices.exists(index=index)
    shown = es.indices.get(index=index)[index]
    assert shown["mappings"] == MAPPINGS
    assert shown["settings"]["index"]["number_of_replicas"] == "0"


def test_create_index_twice_is_a_bad_request(es, index):
    es.indices.create(index=index)
    with pytest.raises(BadRequestError) as caught:
        es.indices.create(index=index)
    assert caught.value.error == "resource_already_exists_exception"


def test_delete_several_indices_ignoring_missing_ones(es, index):
    es.indices.create(index=index)
    assert es.indices.delete(index=[index, "client-never-made"], ignore_unavailable=True)["acknowledged"]
    assert not es.indices.exists(index=index)


def test_bulk_in_chunks(es, index):
    actions = ({"_index": index, "_id": str(n), "n": n} for n in range(1203))
    assert helpers.bulk(es, actions, chunk_size=500, refresh="wait_for") == (1203, [])
    assert es.count(index=index)["count"] == 1203


def test_bulk_names_what_failed(es, index):
    es.indices.create(index=index, mappings={"properties": {"n": {"type": "integer"}}})
    actions = [{"_index": index, "_id": "1", "n": 1}, {"_index": index, "_id": "2", "n": "two"}, {"_op_type": "delete", "_index": index, "_id": "9"}]
    done, errors = helpers.bulk(es, actions, raise_on_error=False, refresh=True)
    assert done == 1
    assert errors[0]["index"]["_id"] == "2"
    assert errors[0]["index"]["error"]["type"] == "document_parsing_exception"
    assert errors[1]["delete"]["status"] == 404


def test_parallel_bulk(es, index):
    actions = ({"_index": index, "_id": str(n), "n": n} for n in range(600))
    assert all(ok for ok, _ in helpers.parallel_bulk(es, actions, thread_count=4, chunk_size=100))
    es.indices.refresh(index=index)
    assert es.count(index=index)["count"] == 600


def test_document_life(es, index):
    created = es.index(index=index, id="1", document={"title": "one", "n": 1})
    assert created.meta.status == 201 and created["result"] == "created"
    assert es.get(index=index, id="1")["_source"] == {"title": "one", "n": 1}
    assert es.exists(index=index, id="1")
    updated = es.update(index=index, id="1", doc={"n": 2})
    assert updated["result"] == "updated" and updated["_version"] == 2
    assert es.get_source(index=index, id="1") == {"title": "one", "n": 2}
    assert es.delete(index=index, id="1")["result"] == "deleted"
    assert not es.exists(index=index, id="1")


def test_mget(es, index):
    for n in range(3):
        es.index(index=index, id=str(n), document={"n": n})
    docs = es.mget(index=index, ids=["2", "0", "7"])["docs"]
    assert [doc["found"] for doc in docs] == [True, True, False]
    assert docs[0]["_source"] == {"n": 2}


def test_missing_things_are_not_found(es, index):
    with pytest.raises(NotFoundError) as caught:
        es.search(index=index)
    assert caught.value.error == "index_not_found_exception"
    es.indices.create(index=index)
    with pytest.raises(NotFoundError) as caught:
        es.get(index=index, id="1")
    assert caught.value.body["found"] is False
    with pytest.raises(NotFoundError) as caught:
        es.update(index=index, id="1", doc={"n": 1})
    assert caught.value.error == "document_missing_exception"
    assert es.options(ignore_status=404).get(index=index, id="1").meta.status == 404


def test_conflicts(es, index):
    es.create(index=index, id="1", document={"n": 1})
    with pytest.raises(ConflictError) as caught:
        es.create(index=index, id="1", document={"n": 2})
    assert caught.value.error == "version_conflict_engine_exception"
    with pytest.raises(ConflictError):
        es.index(index=index, id="1", document={"n": 2}, if_seq_no=17, if_primary_term=1)


def test_bad_requests(es, sky):
    with pytest.raises(BadRequestError) as caught:
        es.search(index=sky, query={"nonsense": {}})
    assert caught.value.error == "parsing_exception"
    with pytest.raises(BadRequestError):
        es.search(index=sky, size=-1)
    with pytest.raises(BadRequestError) as caught:
        es.search(index=sky, from_=9999, size=100)
    assert "Result window is too large" in json.dumps(caught.value.body)


def test_search(es, sky):
    answer = es.search(index=sky, query={"match": {"text": "rainbow"}}, source=["title"], size=3)
    assert answer["hits"]["total"] == {"value": 1, "relation": "eq"}
    assert answer["hits"]["hits"][0]["_source"] == {"title": "Rainbow"}
    assert answer["_shards"]["total"] == answer["_shards"]["successful"] + answer["_shards"]["skipped"]


def test_search_sorts_and_pages(es, index):
    helpers.bulk(es, ({"_index": index, "_id": str(n), "n": n} for n in range(20)), refresh=True)
    answer = es.search(index=index, sort=[{"n": "desc"}], from_=5, size=3, track_total_hits=True)
    assert [hit["_source"]["n"] for hit in answer["hits"]["hits"]] == [14, 13, 12]
    assert answer["hits"]["hits"][0]["sort"] == [14]


def test_count_without_a_body(es, sky):
    assert es.count(index=sky)["count"] == len(sky_passages())


def test_cat_indices_in_json(es, sky):
    rows = es.cat.indices(index=sky, format="json").body
    assert rows[0]["index"] == sky and rows[0]["docs.count"] == str(len(sky_passages()))


def test_cluster_health(es, sky):
    assert es.cluster.health(wait_for_status="yellow")["status"] in ("green", "yellow")


def test_inference_endpoint_life(es):
    es.options(ignore_status=404).inference.delete(inference_id="client-life", force=True)
    made = es.inference.put(task_type="rerank", inference_id="client-life", inference_config=SERVICE)
    assert made["inference_id"] == "client-life" and made["task_type"] == "rerank"
    with pytest.raises(BadRequestError) as caught:
        es.inference.put(task_type="rerank", inference_id="client-life", inference_config=SERVICE)
    assert caught.value.error == "resource_already_exists_exception"
    assert es.inference.get(inference_id="client-life")["endpoints"][0]["service"] == "elasticsearch"
    assert es.inference.delete(inference_id="client-life", force=True)["acknowledged"]
    with pytest.raises(NotFoundError):
        es.inference.get(inference_id="client-life")


def test_rerank_call(es, endpoint):
    texts = ["Bread is baked from flour and water.", "The Moon hides the Sun two to five times every year."]
    answer = es.inference.rerank(inference_id=endpoint, query=QUESTION, input=texts)
    assert [row["index"] for row in answer["rerank"]] == [1, 0]
    assert answer["rerank"][0]["text"] == texts[1]
    assert answer["rerank"][0]["relevance_score"] > 0 > answer["rerank"][1]["relevance_score"]
    same = es.inference.inference(inference_id=endpoint, query=QUESTION, input=texts)
    assert same["rerank"] == answer["rerank"]


def test_reranked_search(es, sky, endpoint):
    plain = es.search(index=sky, query={"match": {"text": QUESTION}}, size=5)
    answer = es.search(index=sky, retriever=reranker(QUESTION, endpoint, rank_window_size=100), size=5)
    best = answer["hits"]["hits"][0]
    assert best["_source"]["title"] in ("One town, one total eclipse", "Solar eclipses")
    assert best["_id"] != plain["hits"]["hits"][0]["_id"]
    scores = [hit["_score"] for hit in answer["hits"]["hits"]]
    assert scores == sorted(scores, reverse=True) and answer["hits"]["max_score"] == scores[0]


def test_reranked_scores_are_the_mapped_ones(es, sky, endpoint):
    hits = es.search(index=sky, retriever=reranker(QUESTION, endpoint, rank_window_size=20), size=20)["hits"]["hits"]
    rows = es.inference.rerank(inference_id=endpoint, query=QUESTION, input=[hit["_source"]["text"] for hit in hits])["rerank"]
    for row in rows:
        raw = row["relevance_score"]
        assert hits[row["index"]]["_score"] == pytest.approx(max(raw, 0) + min(math.exp(min(raw, 1)), 1), rel=1e-3)


def test_reranked_search_with_min_score(es, sky, endpoint):
    answer = es.search(index=sky, retriever=reranker(QUESTION, endpoint, rank_window_size=100, min_score=0.5))
    assert answer["hits"]["hits"]
    assert all(hit["_score"] >= 1.5 for hit in answer["hits"]["hits"])


def test_reranked_search_with_an_unknown_endpoint(es, sky):
    with pytest.raises(NotFoundError) as caught:
        es.search(index=sky, retriever=reranker(QUESTION, "client-none"))
    assert caught.value.error == "resource_not_found_exception"


def test_reranked_search_with_a_small_window(es, sky, endpoint):
    with pytest.raises(BadRequestError) as caught:
        es.search(index=sky, retriever=reranker(QUESTION, endpoint, rank_window_size=5), size=10)
    assert "[rank_window_size: 5] be greater than or equal to [size: 10]" in json.dumps(caught.value.body)


def test_preconfigured_endpoint(es, sky):
    answer = es.search(index=sky, retriever=reranker("Why is the sky blue?", ".rerank-v1-elasticsearch", rank_window_size=50))
    assert answer["hits"]["hits"][0]["_source"]["title"] == "Scattered light"


def test_reindex_update_and_delete_by_query(es, index):
    helpers.bulk(es, ({"_index": index, "_id": str(n), "_source": {"n": n, "tag": "a"}} for n in range(10)), refresh=True)
    copy = f"{index}-copy"
    answer = es.reindex(source={"index": index}, dest={"index": copy}, refresh=True)
    assert (answer["created"], answer["failures"]) == (10, [])
    answer = es.update_by_query(index=copy, query={"range": {"n": {"lt": 5}}}, script={"source": "ctx._source.n += params.by", "params": {"by": 100}}, refresh=True)
    assert answer["updated"] == 5
    answer = es.delete_by_query(index=copy, query={"range": {"n": {"gte": 100}}}, refresh=True)
    assert answer["deleted"] == 5
    assert es.count(index=copy)["count"] == 5
    task = es.reindex(source={"index": index}, dest={"index": copy}, wait_for_completion=False)["task"]
    done = es.tasks.get(task_id=task, wait_for_completion=True, timeout="60s")
    assert done["completed"] and done["response"]["total"] == 10
    es.indices.delete(index=copy)


def test_helpers_reindex(es, index):
    helpers.bulk(es, ({"_index": index, "_id": str(n), "_source": {"n": n}} for n in range(30)), refresh=True)
    copy = f"{index}-copy"
    assert helpers.reindex(es, index, copy) == (30, 0)
    es.indices.delete(index=copy)


def test_update_with_a_script(es, index):
    es.index(index=index, id="1", document={"n": 1, "tags": ["a"]})
    es.update(index=index, id="1", script={"source": "ctx._source.n++; ctx._source.tags.add(params.tag)", "params": {"tag": "b"}})
    assert es.get(index=index, id="1")["_source"] == {"n": 2, "tags": ["a", "b"]}
    with pytest.raises(BadRequestError) as error:
        es.update(index=index, id="1", script={"source": "ctx._source.n ="})
    assert error.value.error == "script_exception"


def test_bulk_through_a_pipeline(es, index):
    es.ingest.put_pipeline(id="client-pipeline", processors=[{"set": {"field": "seen", "value": True}}, {"lowercase": {"field": "title"}}])
    try:
        es.indices.create(index=index, settings={"index": {"default_pipeline": "client-pipeline"}})
        done, failed = helpers.bulk(es, [{"_index": index, "_id": "1", "_source": {"title": "One"}}, {"_index": index, "_id": "2", "_source": {"n": 1}}], raise_on_error=False)
        assert done == 1 and failed[0]["index"]["error"]["type"] == "illegal_argument_exception"
        assert es.get(index=index, id="1")["_source"] == {"title": "one", "seen": True}
    finally:
        es.options(ignore_status=404).indices.delete(index=index)
        es.ingest.delete_pipeline(id="client-pipeline")


def test_index_template_and_aliases(es, index):
    es.indices.put_index_template(name="client-template", index_patterns=[f"{index}-*"], priority=500, template={"settings": {"number_of_replicas": 0}, "aliases": {f"{index}-all": {}}})
    try:
        es.index(index=f"{index}-1", document={"n": 1}, refresh=True)
        assert es.indices.get_settings(index=f"{index}-1")[f"{index}-1"]["settings"]["index"]["number_of_replicas"] == "0"
        assert es.count(index=f"{index}-all")["count"] == 1
        assert es.indices.exists_alias(name=f"{index}-all")
    finally:
        es.options(ignore_status=404).indices.delete(index=f"{index}-1")
        es.indices.delete_index_template(name="client-template")


def test_closed_index(es, index):
    es.index(index=index, id="1", document={"n": 1}, refresh=True)
    assert es.indices.close(index=index)["indices"][index]["closed"]
    with pytest.raises(BadRequestError) as error:
        es.search(index=index)
    assert error.value.error == "index_closed_exception"
    es.indices.open(index=index)
    assert es.count(index=index)["count"] == 1
