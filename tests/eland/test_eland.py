#!/usr/bin/env python3
"""The real eland_import_hub_model uploads small models to a server of our own; what the server infers is what torch computes.

Each model has seeded random weights (models.py). Needs the packages of requirements.txt: `make test-eland`. No model hub is asked.
"""

import argparse
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import torch  # noqa: E402

import models  # noqa: E402
from selene_server import Server  # noqa: E402

torch.set_num_threads(1)

# name -> (family, task, quantized)
CASES = {
    "minilm-rerank": ("bert", "text_similarity", False),
    "minilm-rerank-int8": ("bert", "text_similarity", True),
    "bge-rerank": ("xlm-roberta", "text_similarity", False),
    "mpnet-rerank": ("mpnet", "text_similarity", False),
    "deberta-rerank": ("deberta", "text_similarity", False),
    "electra-rerank": ("electra", "text_similarity", False),
    "minilm-embedding": ("bert", "text_embedding", False),
    "splade-expansion": ("bert", "text_expansion", False),
    "bge-rerank-int8": ("xlm-roberta", "text_similarity", True),
    "mpnet-rerank-int8": ("mpnet", "text_similarity", True),
    "deberta-rerank-int8": ("deberta", "text_similarity", True),
    "electra-rerank-int8": ("electra", "text_similarity", True),
    "minilm-embedding-int8": ("bert", "text_embedding", True),
    "splade-expansion-int8": ("bert", "text_expansion", True),
}
TOLERANCE, TOLERANCE_INT8 = 1e-3, 1e-2


class Tally:
    def __init__(self):
        self.passed, self.failed = 0, 0

    def check(self, holds, name, detail=""):
        if holds:
            self.passed += 1
        else:
            self.failed += 1
            print(f"FAILED {name}: {detail}", flush=True)


def upload(url, folder, name, task, quantized):
    """One run of eland's own command; gives its output, or None if it failed."""
    command = [os.path.join(os.path.dirname(sys.executable), "eland_import_hub_model"), "--url", url, "--hub-model-id", folder, "--es-model-id", name,
               "--task-type", task, "--start", "--clear-previous"] + (["--quantize"] if quantized else [])
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, env=environment)
    return (done.stdout + done.stderr) if done.returncode == 0 else None, done.stdout + done.stderr


def outputs(model, tokenizer, *texts):
    encoded = tokenizer(*texts, truncation="only_second" if len(texts) == 2 else True, max_length=512, return_tensors="pt")
    with torch.no_grad():
        return model(**encoded), encoded


def expected_embedding(model, tokenizer, text):
    output, encoded = outputs(model, tokenizer, text)
    mask = encoded["attention_mask"].unsqueeze(-1).float()
    mean = (output[0] * mask).sum(1) / mask.sum(1)
    return dict(enumerate(torch.nn.functional.normalize(mean)[0].tolist()))


def expected_expansion(model, tokenizer, text):
    output, _ = outputs(model, tokenizer, text)
    weights = torch.log1p(torch.relu(output[0][0])).amax(0)
    tokens = tokenizer.convert_ids_to_tokens(range(len(weights)))
    return {t.replace(".", "__"): float(w) for t, w in zip(tokens, weights) if w > 0 and t not in tokenizer.all_special_tokens}


def infer(client, name, docs, config=None):
    body = {"docs": [{"text_field": d} for d in docs], **({"inference_config": config} if config else {})}
    answer = client.send("POST", f"/_ml/trained_models/{name}/_infer?timeout=60s", body)
    return [r.get("predicted_value") for r in answer.json()["inference_results"]] if answer.status == 200 else answer.text


def quantize(model):
    """As eland does."""
    return torch.quantization.quantize_dynamic(model, {torch.nn.Linear}, dtype=torch.qint8)


def moved_runs(model, compute, runs=16):
    """What `compute` gives for torch's int8 model when what each layer rounds moves by a millionth, as sums in another order do: an activation near the middle
    of two steps then falls on the other one."""
    quantized, generator = quantize(model), torch.Generator()

    def move(_, inputs):
        return (inputs[0] * (1 + 1e-6 * torch.randn(inputs[0].shape, generator=generator)), *inputs[1:])

    for module in quantized.modules():
        if isinstance(module, torch.ao.nn.quantized.dynamic.Linear):
            module.register_forward_pre_hook(move)
    for seed in range(runs):
        generator.manual_seed(seed)
        yield compute(quantized)


def spread(model, tokenizer, query, document):
    """Lowest and highest logit that torch's int8 model itself gives."""
    logits = list(moved_runs(model, lambda quantized: outputs(quantized, tokenizer, query, document)[0].logits[0, 0].item()))
    return min(logits), max(logits)


def check_similarity(tally, client, name, model, tokenizer, tolerance):
    quantized = tolerance == TOLERANCE_INT8
    torch_model = quantize(model) if quantized else model
    for query, document in models.PAIRS:
        expected = outputs(torch_model, tokenizer, query, document)[0].logits[0, 0].item()
        got = infer(client, name, [document], {"text_similarity": {"text": query}})
        ok = isinstance(got, list) and abs(got[0] - expected) <= tolerance
        if quantized and isinstance(got, list) and not ok:
            low, high = spread(model, tokenizer, query, document)
            ok = low - tolerance <= got[0] <= high + tolerance
            print(f"{name} [{query[:20]}]: server {got[0]:.4f}, torch {expected:.4f}; torch itself gives {low:.4f} to {high:.4f}", flush=True)
        tally.check(ok, f"{name} [{query[:20]}]", f"server {got}, torch {expected}")


def check_search(tally, client, name, model, tokenizer, quantized):
    """The uploaded model, already started, re-ranks a search; what torch does not tell apart itself (`spread`) may stand in any order."""
    query = models.PAIRS[0][0]
    if quantized:
        tolerance, logits = TOLERANCE_INT8, [spread(model, tokenizer, query, s) for s in models.SENTENCES]
    else:
        tolerance, logits = 1e-5, [(outputs(model, tokenizer, query, s)[0].logits[0, 0].item(),) * 2 for s in models.SENTENCES]
    for i, sentence in enumerate(models.SENTENCES):
        client.send("PUT", f"/eland-{name}/_doc/{i}", {"text": sentence})
    client.send("POST", f"/eland-{name}/_refresh")
    settings = {"model_id": name, "num_allocations": 1, "num_threads": 1}
    put = client.send("PUT", f"/_inference/rerank/{name}-endpoint", {"service": "elasticsearch", "service_settings": settings})
    tally.check(put.status == 200, f"{name} endpoint", put.text[:300])
    retriever = {"text_similarity_reranker": {"retriever": {"standard": {"query": {"match_all": {}}}}, "field": "text", "rank_window_size": 50,
                                              "inference_id": f"{name}-endpoint", "inference_text": query}}
    answer = client.send("POST", f"/eland-{name}/_search", {"size": 20, "retriever": retriever})
    got = [hit["_id"] for hit in answer.json().get("hits", {}).get("hits", [])]
    in_order = all(logits[int(a)][1] >= logits[int(b)][0] - 2 * tolerance for a, b in zip(got, got[1:]))
    tally.check(in_order and len(set(got)) == len(logits), f"{name} search", f"server {got}, torch {logits}: {answer.text[:200]}")


def check_model(tally, client, name, model, tokenizer):
    _, task, quantized = CASES[name]
    tolerance = TOLERANCE_INT8 if quantized else TOLERANCE
    if task == "text_similarity":
        check_similarity(tally, client, name, model, tokenizer, tolerance)
        return check_search(tally, client, name, model, tokenizer, quantized)
    compute = expected_embedding if task == "text_embedding" else expected_expansion
    for text in [pair[1] for pair in models.PAIRS[:5]]:
        check_text(tally, client, name, text, lambda torch_model: compute(torch_model, tokenizer, text), model, tolerance)


def check_text(tally, client, name, text, compute, model, tolerance):
    """Numbers of an embedding, or weights of tokens, each within what torch gives."""
    quantized = tolerance == TOLERANCE_INT8
    expected = [compute(quantize(model) if quantized else model)]
    got = infer(client, name, [text])
    got = got[0] if isinstance(got, list) else got
    got = dict(enumerate(got)) if isinstance(got, list) else got

    def fits():
        keys = set(got).union(*expected)
        bounds = {key: [run.get(key, 0.0) for run in expected] for key in keys}
        return all(min(bounds[key]) - tolerance <= got.get(key, 0.0) <= max(bounds[key]) + tolerance for key in keys)

    ok = isinstance(got, dict) and fits()
    if isinstance(got, dict) and quantized and not ok:
        expected += moved_runs(model, compute)
        ok = fits()
        widest = max(max(run.get(key, 0.0) for run in expected) - min(run.get(key, 0.0) for run in expected) for key in expected[0])
        print(f"{name} [{text[:20]}]: torch itself differs by up to {widest:.4f} a number", flush=True)
    tally.check(ok, f"{name} [{text[:20]}]", f"server {str(got)[:200]}, torch {str(expected[0])[:200]}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", default=str(ROOT / "build" / "selene"))
    parser.add_argument("names", nargs="*", help=", ".join(CASES))
    args = parser.parse_args()
    tally = Tally()
    server = Server(args.program).start()
    try:
        client = server.client(timeout_s=120)
        with tempfile.TemporaryDirectory() as folder:
            for seed, name in enumerate(args.names or CASES):
                family, task, quantized = CASES[name]
                path = os.path.join(folder, name)
                tokenizer, model = models.make_model(path, family, task, seed + 1)
                uploaded, output = upload(server.url, path, name, task, quantized)
                tally.check(uploaded is not None, f"{name} upload", output[-1500:])
                if uploaded is not None:
                    check_model(tally, client, name, model, tokenizer)
                print(name, "done", flush=True)
    finally:
        server.close()
    print(f"{tally.passed} passed, {tally.failed} failed")
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main())
