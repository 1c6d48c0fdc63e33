"""A vendor that hangs, asked by more requests than the server has workers, and an endpoint that asks this very server: neither stops anybody else."""

import concurrent.futures
import http.client
import json
import select

from fake_vendor import FakeVendor
from vendor_cases import DOCUMENTS, KEY, QUERY, settings_for, vendor_server

NUM_CALLERS = 150  # more than there are workers
MAX_CALLS = 80  # xpack.inference.http.max_total_connections
BODY = {"query": QUERY, "input": DOCUMENTS}


def make_endpoint(client, settings):
    settings = settings | {"rate_limit": {"requests_per_minute": 1000000}}
    answer = client.send("PUT", "/_inference/rerank/slow", {"service": "cohere", "service_settings": settings})
    assert answer.status == 200, answer.text
    assert client.send("PUT", "/crowd/_doc/1?refresh=true", {"text": "to be ranked"}).status == 201


def check_that_others_are_answered(server):
    client = server.client(timeout_s=20)
    for path in ("/", "/_cluster/health", "/_cat/indices", "/metrics"):
        assert client.send("GET", path).status == 200
    assert client.send("POST", "/crowd/_search", {"query": {"match": {"text": "ranked"}}}).status == 200
    client.close()


def status_of_a_call(server):
    client = server.client()
    answer = client.send("POST", "/_inference/slow?timeout=60s", BODY)
    client.close()
    return answer.status


def test_a_vendor_that_hangs_stops_nobody_else(request):
    with vendor_server(request.config.getoption("--program"), retry__timeout="1ms") as server, FakeVendor() as vendor:
        make_endpoint(server.client(), settings_for("cohere", vendor))
        vendor.answers = ["hang"] * NUM_CALLERS
        with concurrent.futures.ThreadPoolExecutor(NUM_CALLERS) as pool:
            calls = [pool.submit(status_of_a_call, server) for _ in range(NUM_CALLERS)]
            ended = concurrent.futures.as_completed(calls)
            refused = [next(ended).result() for _ in range(NUM_CALLERS - MAX_CALLS)]
            check_that_others_are_answered(server)
            assert sum(call.done() for call in calls) == len(refused), "calls that hang have ended: the test shows nothing"
            vendor.released.set()
        assert refused == [429] * len(refused)


def test_an_endpoint_that_asks_its_own_server_stops_nobody_else(request):
    with vendor_server(request.config.getoption("--program")) as server:
        make_endpoint(server.client(), {"api_key": KEY, "model_id": "slow", "url": server.url + "/v2/rerank"})

        waiting = http.client.HTTPConnection(server.url.removeprefix("http://"))
        waiting.request("POST", "/_inference/slow?timeout=60s", json.dumps(BODY), {"Content-Type": "application/json"})
        for _ in range(50):
            check_that_others_are_answered(server)
        assert not select.select([waiting.sock], [], [], 0)[0], "the endless chain has ended: the test shows nothing"
        waiting.close()
