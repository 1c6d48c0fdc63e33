#!/usr/bin/env python3
"""Times one peer runtime on one model folder, in a process of its own; the last line is the JSON that `selene bench --json` prints.

    python tools/peers/run_peer.py PEER MODELDIR PAIRS.json THREADS      PEER: one of --list

Pairs are sorted by length and padded in batches of 16, which is what makes these runtimes fastest. What a runtime needs of the model (ONNX, quantized
weights) is made once and kept beside it.
"""
import json
import os
import resource
import sys
import time

BATCH = 16
BUDGET_S = 12
MIN_TIMES = 5


def batches(pairs):
    order = sorted(range(len(pairs["input_ids"])), key=lambda i: len(pairs["input_ids"][i]))
    return [order[i:i + BATCH] for i in range(0, len(order), BATCH)]


def typed(folder):
    """Whether the model looks at token types."""
    with open(os.path.join(folder, "config.json"), encoding="utf-8") as f:
        config = json.load(f)
    return config["model_type"] == "bert"


def pad(pairs, rows):
    """The rows as arrays; what a model without token types is given besides is left out by its runner."""
    import numpy as np
    width = max(len(pairs["input_ids"][i]) for i in rows)
    ids, types, mask = (np.zeros((len(rows), width), dtype=np.int64) for _ in range(3))
    for row, i in enumerate(rows):
        length = len(pairs["input_ids"][i])
        ids[row, :length] = pairs["input_ids"][i]
        types[row, :length] = pairs["token_type_ids"][i]
        mask[row, :length] = 1
    return {"input_ids": ids, "attention_mask": mask, "token_type_ids": types}


def onnx_file(folder):
    path = os.path.join(folder, "onnx", "model.onnx")
    if os.path.exists(path):
        return path
    import torch
    from transformers import AutoModelForSequenceClassification
    os.makedirs(os.path.dirname(path), exist_ok=True)
    model = AutoModelForSequenceClassification.from_pretrained(folder, attn_implementation="eager", dtype=torch.float32).eval()

    names = ["input_ids", "attention_mask"] + (["token_type_ids"] if typed(folder) else [])

    class Logits(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.model = model

        def forward(self, *inputs):
            return self.model(**dict(zip(names, inputs)), return_dict=False)[0]

    ids = torch.randint(2000, 3000, (3, 40))
    example = (ids, torch.ones_like(ids), torch.zeros_like(ids))[:len(names)]
    temporary = path + ".part"
    torch.onnx.export(Logits(), example, temporary, input_names=names, output_names=["logits"], opset_version=17, dynamo=False,
                      dynamic_axes={name: {0: "batch", 1: "tokens"} for name in names} | {"logits": {0: "batch"}})
    os.replace(temporary, path)
    return path


def torch_runner(folder, threads, bf16):
    import torch
    from transformers import AutoModelForSequenceClassification
    torch.set_num_threads(threads)
    model = AutoModelForSequenceClassification.from_pretrained(folder, attn_implementation="sdpa", dtype=torch.float32).eval()

    with_types = typed(folder)

    def run(batch):
        inputs = {name: torch.from_numpy(value) for name, value in batch.items() if with_types or name != "token_type_ids"}
        with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16, enabled=bf16):
            return model(**inputs).logits.float().numpy().ravel()
    return run


def onnx_runner(folder, threads, int8):
    import onnxruntime
    path = onnx_file(folder)
    if int8:
        quantized = os.path.join(folder, "onnx", "model_int8.onnx")
        if not os.path.exists(quantized):
            from onnxruntime.quantization import QuantType, quantize_dynamic
            quantize_dynamic(path, quantized, weight_type=QuantType.QInt8, per_channel=True, extra_options={"MatMulConstBOnly": True})
        path = quantized
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    names = [value.name for value in session.get_inputs()]
    return lambda batch: session.run(None, {name: batch[name] for name in names})[0].ravel()


def openvino_int8_file(folder):
    path = os.path.join(folder, "openvino", "int8.xml")
    if os.path.exists(path):
        return path
    import nncf
    import openvino
    os.makedirs(os.path.dirname(path), exist_ok=True)
    model = openvino.Core().read_model(onnx_file(folder))
    names = [value.get_any_name() for value in model.inputs]
    with open(os.path.join(folder, "pairs_mixed.json"), encoding="utf-8") as f:
        pairs = json.load(f)
    samples = nncf.Dataset(list(range(0, len(pairs["input_ids"]), 4)), lambda i: {name: pad(pairs, [i])[name] for name in names})
    model = nncf.quantize(model, samples, model_type=nncf.ModelType.TRANSFORMER,
                          subset_size=25, preset=nncf.QuantizationPreset.MIXED)
    openvino.save_model(model, path, compress_to_fp16=False)
    return path


def openvino_runner(folder, threads, kind):
    import numpy as np
    import openvino
    path = openvino_int8_file(folder) if kind == "int8" else onnx_file(folder)
    core = openvino.Core()
    precision = "bf16" if kind == "bf16" else "f32"
    model = core.compile_model(core.read_model(path), "CPU", {"INFERENCE_NUM_THREADS": threads, "INFERENCE_PRECISION_HINT": precision,
                                                              "PERFORMANCE_HINT": "LATENCY", "NUM_STREAMS": 1})
    names = [value.get_any_name() for value in model.inputs]
    request = model.create_infer_request()
    return lambda batch: np.array(next(iter(request.infer({name: batch[name] for name in names}).values()))).ravel()


PEERS = {
    "openvino-int8": ("openvino nncf", lambda folder, threads: openvino_runner(folder, threads, "int8")),
    "openvino-bf16": ("openvino torch", lambda folder, threads: openvino_runner(folder, threads, "bf16")),
    "onnxruntime-int8": ("onnxruntime onnx", lambda folder, threads: onnx_runner(folder, threads, True)),
    "onnxruntime-fp32": ("onnxruntime onnx", lambda folder, threads: onnx_runner(folder, threads, False)),
    "torch-bf16": ("torch transformers", lambda folder, threads: torch_runner(folder, threads, True)),
    "torch-fp32": ("torch transformers", lambda folder, threads: torch_runner(folder, threads, False)),
}


def main():
    if sys.argv[1:] == ["--list"]:
        from importlib.util import find_spec
        print(json.dumps({peer: all(find_spec(module) for module in needs.split()) for peer, (needs, _) in PEERS.items()}))
        return
    peer, folder, pairs_file, threads = sys.argv[1:]
    with open(pairs_file, encoding="utf-8") as f:
        pairs = json.load(f)
    begin = time.perf_counter()
    run = PEERS[peer][1](folder, int(threads))
    load_s = time.perf_counter() - begin
    rows = batches(pairs)
    scores = [0.0] * len(pairs["input_ids"])

    def request():
        begin = time.perf_counter()
        for batch in rows:
            for i, score in zip(batch, run(pad(pairs, batch))):
                scores[i] = float(score)
        return time.perf_counter() - begin

    request()
    times, end = [], time.perf_counter() + BUDGET_S
    while len(times) < MIN_TIMES and (not times or time.perf_counter() + times[-1] < end):
        times.append(request())
    rss_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"load_s": load_s, "times": times, "scores": scores, "rss_mb": rss_mb}))


if __name__ == "__main__":
    main()
