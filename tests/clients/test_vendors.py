"""Every vendor service against a fake vendor on the loopback address: what it sends, and what becomes of each misbehaviour."""

import json
import pathlib
import subprocess
import sys
import threading
import time
import urllib.parse

import pytest
from fake_vendor import jwt_parts
from vendor_cases import DOCUMENTS, EMBEDDERS, KEY, QUERY, RERANKERS, alibaba_settings, embedder_settings, new_service_account, settings_for, vendor_server, vertex_settings, watsonx_settings

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools"))
from selene_server import Server  # noqa: E402


@pytest.fixture(scope="module")
def server(request, vendor):
    with vendor_server(request.config.getoption("--program"), retry__initial_delay="10ms", retry__timeout="1s") as own:
        yield own


@pytest.fixture
def call(server, vendor):
    vendor.forget()
    client = server.client()
    made = []

    def send(method, path, body=None):
        answer = client.send(method, path, body)
        if method == "PUT" and answer.status == 200:
            made.append(path.split("/")[-1])
        assert KEY not in answer.text, "the key is in an answer"
        return answer

    yield send
    for name in made:
        client.send("DELETE", f"/_inference/{name}?force=true")
    client.close()


@pytest.fixture(scope="module")
def service_account(tmp_path_factory):
    return new_service_account(tmp_path_factory.mktemp("account"))


def put(call, service, vendor, task="rerank", **more):
    name = "v-" + service.replace("_", "-")
    answer = call("PUT", f"/_inference/{task}/{name}", {"service": service, "service_settings": settings_for(service, vendor), **more})
    assert answer.status == 200, answer.text
    return answer.json()


@pytest.mark.parametrize("service", RERANKERS)
def test_reranks(call, vendor, service):
    shown = put(call, service, vendor)
    assert "api_key" not in shown["service_settings"] and "secret_parameters" not in shown["service_settings"]
    assert shown["service_settings"]["rate_limit"]["requests_per_minute"] > 0
    assert len(vendor.requests) == 1, "PUT makes one tiny call"
    vendor.forget()
    answer = call("POST", f"/_inference/{shown['inference_id']}", {"query": QUERY, "input": DOCUMENTS[:2], "top_n": 1})
    assert answer.status == 200, answer.text
    assert [(doc["index"], "text" in doc) for doc in answer.json()["rerank"]] == [(1, False)]
    (request,) = vendor.requests
    assert request["headers"]["Authorization"] == f"Bearer {KEY}"
    assert request["headers"]["Content-Type"] == "application/json"
    assert json.loads(request["body"]) == RERANKERS[service][1]


def test_alibaba_builds_its_url(call, vendor):
    assert call("PUT", "/_inference/rerank/v-alibaba", {"service": "alibabacloud-ai-search", "service_settings": alibaba_settings(vendor)}).status == 200
    vendor.forget()
    assert call("POST", "/_inference/v-alibaba", {"query": QUERY, "input": DOCUMENTS}).json()["rerank"][0]["index"] == 2
    assert vendor.requests[0]["path"] == "/v3/openapi/workspaces/default/ranker/ranker-1"
    assert vendor.bodies() == [{"query": QUERY, "docs": DOCUMENTS}]


def test_watsonx_trades_its_key_for_a_token(call, vendor):
    assert call("PUT", "/_inference/rerank/v-watsonx", {"service": "watsonxai", "service_settings": watsonx_settings(vendor)}).status == 200
    token, rerank = vendor.requests
    assert urllib.parse.parse_qs(token["body"].decode()) == {"grant_type": ["urn:ibm:params:oauth:grant-type:apikey"], "apikey": [KEY]}
    assert rerank["headers"]["Authorization"] == f"Bearer {vendor.token}"
    assert call("POST", "/_inference/v-watsonx", {"query": QUERY, "input": DOCUMENTS, "top_n": 1}).json()["rerank"][0]["index"] == 2
    assert vendor.bodies("/watsonx")[-1]["parameters"]["return_options"] == {"top_n": 1}


def test_vertex_signs_once_for_many_calls(call, vendor, service_account, tmp_path):
    account, public = service_account
    assert call("PUT", "/_inference/rerank/v-vertex", {"service": "googlevertexai", "service_settings": vertex_settings(vendor, account)}).status == 200
    for _ in range(2):
        assert call("POST", "/_inference/v-vertex", {"query": QUERY, "input": DOCUMENTS, "top_n": 2}).json()["rerank"][0]["index"] == 2
    tokens = [request for request in vendor.requests if request["path"] == "/token"]
    assert len(tokens) == 1
    form = urllib.parse.parse_qs(tokens[0]["body"].decode())
    assert form["grant_type"] == ["urn:ietf:params:oauth:grant-type:jwt-bearer"]
    header, claims, signed, signature = jwt_parts(form["assertion"][0])
    assert header["alg"] == "RS256"
    assert claims["iss"] == account["client_email"] and claims["aud"] == vendor.url + "/token" and claims["exp"] <= claims["iat"] + 3600
    (tmp_path / "signed").write_bytes(signed)
    (tmp_path / "signature").write_bytes(signature)
    subprocess.run(["openssl", "dgst", "-sha256", "-verify", public, "-signature", tmp_path / "signature", tmp_path / "signed"], check=True, capture_output=True)
    assert vendor.bodies("/ranking")[-1]["records"][1] == {"id": "1", "content": DOCUMENTS[1]}


def test_vertex_drops_a_refused_token_and_splits_long_lists(call, vendor, service_account):
    account, _ = service_account
    assert call("PUT", "/_inference/rerank/v-vertex", {"service": "googlevertexai", "service_settings": vertex_settings(vendor, account)}).status == 200
    vendor.forget()
    vendor.answers = ["401"]
    answer = call("POST", "/_inference/v-vertex", {"query": QUERY, "input": ["bread"] * 449 + [QUERY]})
    assert answer.status == 200 and answer.json()["rerank"][0]["index"] == 449
    assert sum(request["path"] == "/token" for request in vendor.requests) == 1, "the refused one was dropped"
    assert [len(body["records"]) for body in vendor.bodies("/ranking")] == [200, 200, 200, 50]
    vendor.forget()
    vendor.answers = ["401", "401"]
    assert call("POST", "/_inference/v-vertex", {"query": QUERY, "input": DOCUMENTS}).status == 401


@pytest.mark.parametrize("service", EMBEDDERS)
def test_embeds_in_batches(call, vendor, service):
    count = EMBEDDERS[service][1]
    shown = call("PUT", "/_inference/text_embedding/v-embed", {"service": service, "service_settings": embedder_settings(service, vendor)})
    assert shown.status == 200, shown.text
    assert vendor.requests[0]["headers"]["Authorization"] == f"Bearer {KEY}"
    assert shown.json()["service_settings"]["dimensions"] == 3
    assert shown.json()["chunking_settings"] == {"strategy": "sentence", "max_chunk_size": 250, "sentence_overlap": 1}
    vendor.forget()
    texts = ["x" * (i % 50 + 1) for i in range(count + 1)]
    answer = call("POST", "/_inference/v-embed", {"input": texts, "input_type": "ingest"})
    assert answer.status == 200, answer.text
    vectors = [entry["embedding"] for entry in answer.json()["text_embedding"]]
    assert [vector[0] for vector in vectors] == [len(text) for text in texts]
    assert len(vendor.requests) == 2


def test_sparse_embeddings_of_hugging_face(call, vendor):
    assert call("PUT", "/_inference/sparse_embedding/v-sparse", {"service": "hugging_face", "service_settings": {"api_key": KEY, "url": vendor.url + "/sparse"}}).status == 200
    answer = call("POST", "/_inference/v-sparse", {"input": ["the moon"]})
    assert answer.json() == {"sparse_embedding": [{"is_truncated": False, "embedding": {"the": 1.5, "moon": 1.5}}]}


def test_bytes_of_cohere(call, vendor):
    settings = {"api_key": KEY, "model_id": "m", "embedding_type": "byte", "url": vendor.url + "/cohere/embed"}
    shown = call("PUT", "/_inference/text_embedding/v-bytes", {"service": "cohere", "service_settings": settings}).json()
    assert shown["service_settings"]["embedding_type"] == "byte"
    assert vendor.bodies()[0]["embedding_types"] == ["int8"]
    answer = call("POST", "/_inference/v-bytes", {"input": "abc", "input_type": "search"})
    assert all(isinstance(element, int) for element in answer.json()["text_embedding_bytes"][0]["embedding"])
    assert vendor.bodies()[-1]["input_type"] == "search_query"


# misbehaviour: status, words of the reason
FAULTS = {
    "401": (401, "Received an authentication error status code for request from inference entity id [v-cohere] status [401]"),
    "403": (403, "Received a permission denied error status code"),
    "404": (404, "Resource not found at ["),
    "413": (413, "Received a content too large status code"),
    "429": (429, "Received a rate limit status code"),
    "500": (400, "Received a server error status code"),
    "302": (400, "Unhandled redirection"),
    "reset": (400, "Failed to send request"),
    "cut": (400, "Failed to send request"),
    "garbage": (400, "Failed to parse the response of Cohere"),
    "nan": (400, "Failed to parse the response of Cohere"),
    "wrong_count": (400, "is not one of the [3] documents sent"),
    "huge": (400, "is longer than [1048576] bytes"),
}


@pytest.mark.parametrize("kind", FAULTS)
def test_misbehaviour_is_told(call, vendor, kind):
    put(call, "cohere", vendor)
    vendor.forget()
    vendor.answers = [kind] * 1000
    answer = call("POST", "/_inference/v-cohere", {"query": QUERY, "input": DOCUMENTS})
    vendor.forget()
    status, words = FAULTS[kind]
    assert answer.status == status, answer.text
    assert words in answer.json()["error"]["reason"]
    if kind.isdigit() and kind not in ("404",):
        assert "[refused, your key is [redacted]]" in answer.json()["error"]["reason"]


def test_a_hanging_vendor_ends_with_the_timeout(call, vendor):
    put(call, "cohere", vendor)
    vendor.answers = ["hang"]
    started = time.monotonic()
    answer = call("POST", "/_inference/v-cohere?timeout=200ms", {"query": QUERY, "input": DOCUMENTS})
    assert answer.status == 408
    assert answer.json()["error"]["reason"] == "Request timed out after [200ms]"
    assert time.monotonic() - started < 30, "far from the vendor's 60 s"


def test_what_may_pass_is_tried_again(call, vendor):
    put(call, "cohere", vendor)
    for kind in ("500", "503", "reset", "garbage"):
        vendor.forget()
        vendor.answers = [kind]
        assert call("POST", "/_inference/v-cohere", {"query": QUERY, "input": DOCUMENTS}).status == 200
        assert len(vendor.requests) == 2


def test_connections_are_reused(call, vendor):
    put(call, "cohere", vendor)
    for _ in range(5):
        call("POST", "/_inference/v-cohere", {"query": QUERY, "input": DOCUMENTS})
    assert len({request["port"] for request in vendor.requests}) == 1


def test_put_fails_with_the_vendor(call, vendor):
    vendor.answers = ["401"]
    answer = call("PUT", "/_inference/rerank/v-refused", {"service": "cohere", "service_settings": settings_for("cohere", vendor)})
    assert answer.status == 400
    error = answer.json()["error"]
    assert error["reason"] == "Could not complete inference endpoint creation as validation call to service threw an exception."
    assert "authentication error" in error["caused_by"]["reason"]
    assert call("GET", "/_inference/v-refused").status == 404


@pytest.mark.parametrize("url", ["https://10.0.0.1/rerank", "https://169.254.169.254/latest/meta-data", "http://192.0.2.1/rerank", "https://[fd00::1]/"])
def test_private_targets_are_refused(call, vendor, url):
    answer = call("PUT", "/_inference/rerank/v-private", {"service": "cohere", "service_settings": {"api_key": KEY, "model_id": "m", "url": url}})
    assert answer.status == 400
    assert "is not allowed" in answer.json()["error"]["caused_by"]["reason"]


def test_task_settings_of_call_and_endpoint(call, vendor):
    put(call, "cohere", vendor, task_settings={"top_n": 2, "return_documents": True})
    answer = call("POST", "/_inference/v-cohere", {"query": QUERY, "input": DOCUMENTS, "task_settings": {"return_documents": False}})
    assert [("text" in doc) for doc in answer.json()["rerank"]] == [False, False]
    assert (vendor.bodies()[-1]["top_n"], vendor.bodies()[-1]["return_documents"]) == (2, False)
    answer = call("POST", "/_inference/v-cohere", {"query": QUERY, "input": DOCUMENTS, "task_settings": {"foo": 1}})
    assert answer.json()["error"]["reason"] == "Configuration contains settings [{foo=1}] unknown to the [cohere] service"


def test_update_changes_the_key_and_what_it_may(call, vendor):
    put(call, "cohere", vendor)
    vendor.forget()
    answer = call("PUT", "/_inference/v-cohere/_update", {"service_settings": {"api_key": "another"}, "task_settings": {"top_n": 1}})
    assert answer.status == 200, answer.text
    assert answer.json()["task_settings"] == {"top_n": 1}
    assert vendor.requests[0]["headers"]["Authorization"] == "Bearer another"
    assert call("PUT", "/_inference/v-cohere/_update", {"service_settings": {"model_id": "other"}}).status == 400


def test_requests_of_many_threads(call, server, vendor):
    put(call, "cohere", vendor)
    wrong = []

    def work():
        client = server.client()
        for _ in range(10):
            answer = client.send("POST", "/_inference/v-cohere", {"query": QUERY, "input": DOCUMENTS})
            if answer.status != 200 or answer.json()["rerank"][0]["index"] != 2:
                wrong.append(answer.text)
        client.close()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_a_search_degrades_only_when_it_may(call, vendor):
    put(call, "cohere", vendor)
    call("POST", "/v-texts/_doc/1?refresh=true", {"text": DOCUMENTS[1]})
    body = {"retriever": {"text_similarity_reranker": {"retriever": {"standard": {"query": {"match_all": {}}}}, "field": "text", "inference_id": "v-cohere", "inference_text": QUERY}}}
    assert call("POST", "/v-texts/_search", body).json()["hits"]["hits"][0]["_id"] == "1"
    vendor.answers = ["401"]
    assert call("POST", "/v-texts/_search", body).status == 400
    vendor.answers = ["401"]
    body["retriever"]["text_similarity_reranker"]["allow_rerank_failures"] = True
    answer = call("POST", "/v-texts/_search", body)
    assert answer.status == 200 and answer.json()["hits"]["hits"][0]["_id"] == "1"
    assert answer.headers["warning"].startswith("299 Elasticsearch-"), answer.headers
    call("DELETE", "/v-texts")


def test_endpoints_and_keys_survive_a_restart_and_the_key_is_nowhere(request, vendor):
    """Last: after all of the above on a server of its own, searched byte by byte."""
    with Server(request.config.getoption("--program")) as own:
        client = own.client()
        vendor.forget()
        body = {"service": "cohere", "service_settings": settings_for("cohere", vendor)}
        assert client.send("PUT", "/_inference/rerank/kept", body).status == 200
        shown = client.send("GET", "/_inference/kept").text
        client.close()
        own.stop()
        own.start()
        client = own.client()
        assert client.send("GET", "/_inference/kept").text == shown
        assert client.send("POST", "/_inference/kept", {"query": QUERY, "input": DOCUMENTS}).status == 200
        assert vendor.requests[-1]["headers"]["Authorization"] == f"Bearer {KEY}"
        vendor.answers = ["401"]
        assert KEY not in client.send("POST", "/_inference/kept", {"query": QUERY, "input": DOCUMENTS}).text
        client.close()
        own.stop()
        assert (own.data / "inference.key").stat().st_mode & 0o777 == 0o600
        places = [path for path in own.data.rglob("*") if path.is_file()] + [own.log_path]
        assert len(places) > 3
        for path in places:
            assert KEY.encode() not in path.read_bytes(), path


def test_the_log_of_all_tests_holds_no_key(server):
    assert KEY not in server.log(lines=1000000)
