#!/usr/bin/env python3
"""Deployments with adaptive allocations end when idle and come back with the next call; no call is lost or answered otherwise, however often that
happens. An uploaded model under `_infer`, and an endpoint over it, whose calls its statistics count too."""

import base64
import sys
import threading
import time

import _common
from selene_server import Server

FIXTURE = _common.ROOT / "tests" / "golden" / "eland" / "bert-rerank"
JSON = {"Content-Type": "application/json"}
ADAPTIVE = {"enabled": True, "min_number_of_allocations": 0, "max_number_of_allocations": 2}
EXPECTED = 0.474090218
INFER = ("/_ml/trained_models/tiny/_infer", {"docs": [{"text_field": "short"}], "inference_config": {"text_similarity": {"text": "what"}}})
RERANK = ("/_inference/rerank/tiny-endpoint", {"query": "what", "input": ["short"]})


def upload(client):
    data = (FIXTURE / "traced_pytorch_model.pt").read_bytes()
    client.send("PUT", "/_ml/trained_models/tiny", (FIXTURE / "config.json").read_bytes(), JSON)
    part = {"definition": base64.b64encode(data).decode(), "total_definition_length": len(data), "total_parts": 1}
    client.send("PUT", "/_ml/trained_models/tiny/definition/0", part)
    client.send("PUT", "/_ml/trained_models/tiny/vocabulary", (FIXTURE / "vocabulary.json").read_bytes(), JSON)
    return client.send("POST", "/_ml/trained_models/tiny/deployment/_start?cache_size=0", {"adaptive_allocations": ADAPTIVE})


def score(answer):
    if answer.status != 200:
        return None
    body = answer.json()
    return body["inference_results"][0]["predicted_value"] if "inference_results" in body else body["rerank"][0]["relevance_score"]


def deployments(client):
    stats = client.send("GET", "/_ml/trained_models/tiny/_stats").json()["trained_model_stats"]
    return {one["deployment_stats"]["deployment_id"]: one["deployment_stats"] for one in stats}


def wait_for(holds, seconds=30):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        threading.Event().wait(0.005)
    return False


def check_cycles(tally, client):
    """To zero and back, three times each; what was counted before is still there."""
    for name, (path, body) in {"tiny": INFER, "tiny-endpoint": RERANK}.items():
        for cycle in range(3):
            tally.check(wait_for(lambda: deployments(client)[name]["allocation_status"]["allocation_count"] == 0), f"{name} ends when idle")
            got = score(client.send("POST", path, body))
            tally.check(got is not None and abs(got - EXPECTED) < 2e-5, f"{name} comes back with the next call", got)
            counted = deployments(client)[name]["inference_count"]
            tally.check(counted >= cycle + 1, f"{name}: the count outlives the end", counted)


def check_load(tally, server, client):
    """Calls with pauses around the idle time, so that ends and starts fall between and into them."""
    before = {name: one["inference_count"] for name, one in deployments(client).items()}
    wrong, sent, lock = [], {"tiny": 0, "tiny-endpoint": 0}, threading.Lock()

    def work(seed):
        own = server.client()
        for i in range(120):
            name, (path, body) = (("tiny", INFER), ("tiny-endpoint", RERANK))[(i + seed) % 2]
            answer = own.send("POST", path, body)
            got = score(answer)
            with lock:
                sent[name] += 1
                if got is None or abs(got - EXPECTED) > 2e-5:
                    wrong.append(answer.text[:200])
            threading.Event().wait((i * 7 + seed * 3) % 9 * 0.001)
        own.close()

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    tally.check(not wrong, "no call is lost while deployments end and start", f"{len(wrong)} of {sum(sent.values())}: {wrong[:1]}")
    after = deployments(client)
    for name, count in sent.items():
        counted = after[name]["inference_count"] - before[name]
        tally.check(counted == count if name == "tiny" else counted >= 1, f"{name}: its statistics count its calls", f"{counted} of {count}")


def main():
    args = _common.parser(__doc__.splitlines()[0]).parse_args()
    tally = _common.Tally()
    server = Server(args.program, arguments=["-E", "xpack.ml.adaptive_allocations.scale_to_zero_time=10ms"]).start()
    try:
        client = server.client()
        started = upload(client)
        tally.check(started.status == 200 and started.json()["assignment"]["adaptive_allocations"] == ADAPTIVE, "the model starts", started.text[:300])
        settings = {"model_id": "tiny", "num_threads": 1, "adaptive_allocations": ADAPTIVE}
        put = client.send("PUT", "/_inference/rerank/tiny-endpoint", {"service": "elasticsearch", "service_settings": settings})
        tally.check(put.status == 200, "an endpoint of its own", put.text[:300])
        check_cycles(tally, client)
        check_load(tally, server, client)
        tally.check(server.alive(), "the server lives", server.log())
    finally:
        server.close()
    return tally.end()


if __name__ == "__main__":
    sys.exit(main())
