"""How the Python client pages through results: scan, points in time, msearch, reindex, aggregations."""

import pytest
from elasticsearch import BadRequestError, NotFoundError, helpers


@pytest.fixture
def numbers(es, index):
    """50 documents with a number, a group and a text."""
    es.indices.create(index=index, mappings={"properties": {"n": {"type": "integer"}, "group": {"type": "keyword"}, "text": {"type": "text"}}})
    actions = ({"_index": index, "_id": str(n), "n": n, "group": "even" if n % 2 == 0 else "odd", "text": f"number {n}"} for n in range(50))
    helpers.bulk(es, actions, refresh=True)
    return index


def test_scan_gives_every_document_once(es, numbers):
    found = [hit["_source"]["n"] for hit in helpers.scan(es, index=numbers, size=7)]
    assert sorted(found) == list(range(50))


def test_scan_in_order_of_a_query(es, numbers):
    query = {"query": {"term": {"group": "odd"}}, "sort": [{"n": "desc"}]}
    found = [hit["_source"]["n"] for hit in helpers.scan(es, index=numbers, query=query, size=4, preserve_order=True)]
    assert found == list(range(49, 0, -2))


def test_scroll_by_hand(es, numbers):
    page = es.search(index=numbers, scroll="1m", size=30, sort="_doc")
    scroll_id = page["_scroll_id"]
    assert len(page["hits"]["hits"]) == 30
    page = es.scroll(scroll_id=scroll_id, scroll="1m")
    assert len(page["hits"]["hits"]) == 20
    assert es.clear_scroll(scroll_id=scroll_id)["num_freed"] == 1
    with pytest.raises(NotFoundError):
        es.scroll(scroll_id=scroll_id)


def test_point_in_time_pages_with_search_after(es, numbers):
    pit = es.open_point_in_time(index=numbers, keep_alive="1m")["id"]
    found, after = [], None
    while True:
        extra = {"search_after": after} if after else {}
        page = es.search(pit={"id": pit, "keep_alive": "1m"}, sort=[{"group": "asc"}], size=9, **extra)
        if not page["hits"]["hits"]:
            break
        found += [hit["_source"]["n"] for hit in page["hits"]["hits"]]
        after = page["hits"]["hits"][-1]["sort"]
        assert len(after) == 2
    assert sorted(found) == list(range(50))
    assert es.close_point_in_time(id=pit)["succeeded"]
    with pytest.raises(NotFoundError):
        es.search(pit={"id": pit})


def test_point_in_time_sorted_by_document_alone(es, numbers):
    pit = es.open_point_in_time(index=numbers, keep_alive="1m")["id"]
    page = es.search(pit={"id": pit}, sort=[{"_shard_doc": "asc"}], size=3)
    assert [hit["sort"] for hit in page["hits"]["hits"]] == [[0], [1], [2]]
    es.close_point_in_time(id=pit)


def test_helpers_reindex(es, numbers):
    target = numbers + "-copy"
    try:
        assert helpers.reindex(es, source_index=numbers, target_index=target, chunk_size=20) == (50, 0)
        es.indices.refresh(index=target)
        assert es.count(index=target)["count"] == 50
    finally:
        es.indices.delete(index=target, ignore_unavailable=True)


def test_msearch_keeps_failures_apart(es, numbers):
    searches = [{}, {"query": {"match": {"text": "number"}}, "size": 1}, {"index": numbers + "-none"}, {"query": {"match_all": {}}}]
    answers = es.msearch(index=numbers, searches=searches, search_type="dfs_query_then_fetch")["responses"]
    assert answers[0]["status"] == 200 and answers[0]["hits"]["total"]["value"] == 50
    assert answers[1]["status"] == 404 and answers[1]["error"]["type"] == "index_not_found_exception"


def test_aggregations(es, numbers):
    answer = es.search(index=numbers, size=0, aggs={"groups": {"terms": {"field": "group"}, "aggs": {"top": {"max": {"field": "n"}}}}})
    buckets = answer["aggregations"]["groups"]["buckets"]
    assert [(b["key"], b["doc_count"], b["top"]["value"]) for b in buckets] == [("even", 25, 48.0), ("odd", 25, 49.0)]


def test_composite_pages(es, numbers):
    found, after = [], {}
    while True:
        composite = {"size": 20, "sources": [{"n": {"terms": {"field": "n"}}}], **after}
        answer = es.search(index=numbers, size=0, aggs={"c": {"composite": composite}})["aggregations"]["c"]
        if not answer["buckets"]:
            break
        found += [bucket["key"]["n"] for bucket in answer["buckets"]]
        after = {"after": answer["after_key"]}
    assert found == list(range(50))


def test_highlight_collapse_and_rescore(es, numbers):
    answer = es.search(index=numbers, query={"match": {"text": "number"}}, highlight={"fields": {"text": {}}}, collapse={"field": "group"}, sort=["n"])
    assert [hit["highlight"]["text"] for hit in answer["hits"]["hits"]] == [["<em>number</em> 0"], ["<em>number</em> 1"]]
    rescored = es.search(index=numbers, query={"match": {"text": "number"}}, rescore={"window_size": 50, "query": {"rescore_query": {"term": {"n": 33}}}})
    assert rescored["hits"]["hits"][0]["_id"] == "33"


def test_explain_field_caps_and_validate(es, numbers):
    assert es.explain(index=numbers, id="3", query={"match": {"text": "3"}})["matched"]
    capabilities = es.field_caps(index=numbers, fields="*")["fields"]
    assert capabilities["group"]["keyword"]["aggregatable"] and not capabilities["text"]["text"]["aggregatable"]
    assert es.indices.validate_query(index=numbers, query={"match_all": {}})["valid"]
    with pytest.raises(BadRequestError):
        es.field_caps(index=numbers, fields="")
