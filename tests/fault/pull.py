#!/usr/bin/env python3
"""`selene pull` against a hub of our own on 127.0.0.1: whole, cut off, damaged, private and missing models; then the pulled model
behind `selene rerank` and `selene serve`.
"""

import hashlib
import http.server
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading

import _common
from selene_server import Server

MODEL = _common.ROOT / "tests" / "golden" / "modules" / "transformer_alone"
SPARSE = _common.ROOT / "tests" / "golden" / "sparse" / "bert"
ID = "tiny-org/Tiny-Model"
LFS = ("model.safetensors", "tokenizer.json")


class Hub:
    """The part of the hub's interface that `pull` uses. LFS files are redirected to the same server under another host name."""

    def __init__(self, models):
        self.models = models  # id -> folder
        self.token = None  # asked for, if set
        self.cut_after = {}  # path -> bytes sent before the connection is closed
        self.damaged = set()  # paths sent with one byte changed
        self.requests = []  # (path, headers)
        hub = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *args):
                pass

            def do_GET(self):
                hub.answer(self)

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()
        self.endpoint = f"http://127.0.0.1:{self.server.server_port}"

    def close(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def answer(self, request):
        path = request.path.split("?")[0]
        self.requests.append((path, dict(request.headers)))
        if path.startswith("/cdn/"):
            return self.send_file(request, path[len("/cdn/"):])
        if self.token and request.headers.get("Authorization") != f"Bearer {self.token}":
            return self.send(request, 401, b'{"error": "Invalid credentials"}')
        for name, folder in self.models.items():
            if path == f"/api/models/{name}/revision/main":
                return self.send(request, 200, json.dumps(self.info(folder)).encode())
            if path.startswith(f"/{name}/resolve/c0ffee/"):
                file = path[len(f"/{name}/resolve/c0ffee/"):]
                if file.endswith(LFS):
                    request.send_response(302)
                    request.send_header("Location", f"http://localhost:{self.server.server_port}/cdn/{name}/{file}")
                    request.send_header("Content-Length", "0")
                    request.end_headers()
                    return None
                return self.send_file(request, f"{name}/{file}")
        return self.send(request, 404, b'{"error": "Repository not found"}')

    @staticmethod
    def info(folder):
        siblings = []
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                entry = {"rfilename": str(path.relative_to(folder)), "size": path.stat().st_size, "blobId": "0"}
                if path.name.endswith(LFS):
                    digest = hashlib.sha256(path.read_bytes()).hexdigest()
                    entry["lfs"] = {"sha256": digest, "size": path.stat().st_size, "pointerSize": 130}
                siblings.append(entry)
        return {"id": ID, "sha": "c0ffee", "siblings": siblings}

    def send(self, request, status, body, headers=()):
        request.send_response(status)
        for name, value in headers:
            request.send_header(name, value)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    def send_file(self, request, path):
        name = next(n for n in self.models if path.startswith(n + "/"))
        data = (self.models[name] / path[len(name) + 1:]).read_bytes()
        if path in self.damaged:
            data = data[:-1] + bytes([data[-1] ^ 1])
        begin = 0
        if request.headers.get("Range"):
            begin = int(request.headers["Range"].removeprefix("bytes=").removesuffix("-"))
        part = data[begin:]
        request.send_response(206 if begin else 200)
        request.send_header("Content-Length", str(len(part)))
        request.end_headers()
        if path in self.cut_after:
            part = part[: self.cut_after[path]]
            request.close_connection = True
        request.wfile.write(part)


class Scene:
    """A program, a hub and a data folder."""

    def __init__(self, program, hub, scratch, tally):
        self.program, self.hub, self.scratch, self.tally = program, hub, scratch, tally

    def run(self, *arguments, token=None, endpoint=None):
        environment = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}
        environment["HF_ENDPOINT"] = endpoint or self.hub.endpoint
        environment.pop("HF_TOKEN", None)
        if token:
            environment["HF_TOKEN"] = token
        self.hub.requests.clear()
        done = subprocess.run([self.program, *arguments], env=environment, capture_output=True, text=True, timeout=120)
        return done.returncode, done.stdout, done.stderr

    def pull(self, *arguments, data=None, **kw):
        return self.run("pull", *arguments, "--data", str(data or self.scratch / "data"), **kw)

    def installed(self, data=None, name=ID):
        return (data or self.scratch / "data") / "models" / name


def check_whole(scene):
    tally = scene.tally
    status, out, err = scene.pull(ID)
    tally.check(status == 0, "a model is pulled", err)
    tally.check("cross-encoder" in out and f"model_id: {ID}" in out, "what it is and its id are said", out)
    tally.check("bytes" in err and "100%" in err, "progress is lines in a log", err)
    for path in MODEL.iterdir():
        copy = scene.installed() / path.name
        wanted = path.name != "golden.json"
        tally.check(copy.exists() == wanted and (not wanted or copy.read_bytes() == path.read_bytes()), f"{path.name}: whole, or left out")
    tally.check(not list((scene.scratch / "data" / "models").glob(".part-*")), "nothing half-done is left")
    status, out, err = scene.pull(ID)
    tally.check(status == 0 and "up to date" in out and len(scene.hub.requests) == 1, "a second pull fetches no files", out + err)


def check_cut_off(scene):
    tally, data = scene.tally, scene.scratch / "cut"
    weights = f"{ID}/model.safetensors"
    scene.hub.cut_after[weights] = 20000
    status, _, err = scene.pull(ID, data=data)
    scene.hub.cut_after.clear()
    tally.check(status == 1 and "selene:" in err, "a connection that is cut is an error", err)
    tally.check(not scene.installed(data).exists(), "a part is not installed")
    status, _, err = scene.pull(ID, data=data)
    ranges = [headers.get("Range") for path, headers in scene.hub.requests if path.endswith("model.safetensors")]
    tally.check(status == 0 and "bytes=20000-" in ranges, "the next pull goes on where it was cut", f"{ranges} {err}")
    tally.check((scene.installed(data) / "model.safetensors").read_bytes() == (MODEL / "model.safetensors").read_bytes(), "and the file is whole")


def check_damaged(scene):
    tally, data = scene.tally, scene.scratch / "damaged"
    scene.hub.damaged.add(f"{ID}/model.safetensors")
    status, _, err = scene.pull(ID, data=data)
    scene.hub.damaged.clear()
    tally.check(status == 1 and "is damaged: its sha256 is" in err, "bytes that are not those of the hub are an error", err)
    tally.check(not scene.installed(data).exists(), "a damaged model is not installed")
    status, _, err = scene.pull(ID, data=data)
    tally.check(status == 0, "and the next pull fetches it anew", err)


def check_token(scene):
    tally, data = scene.tally, scene.scratch / "private"
    scene.hub.token = "hf_secret"
    status, _, err = scene.pull(ID, data=data)
    tally.check(status == 1 and "HF_TOKEN" in err, "a private model names the token", err)
    status, out, err = scene.pull(ID, data=data, token="hf_secret")
    tally.check(status == 0 and "hf_secret" not in out + err, "with the token it is pulled", err)
    leaked = [path for path, headers in scene.hub.requests if path.startswith("/cdn/") and "Authorization" in headers]
    tally.check(not leaked, "the token does not go to another host", leaked)
    scene.hub.token = None


def check_refusals(scene):
    tally = scene.tally
    status, _, err = scene.pull("tiny-org/none")
    tally.check(status == 1 and "no model [tiny-org/none]" in err, "a model that is not there is named", err)
    status, _, err = scene.pull("tiny-org/no-weights")
    tally.check(status == 1 and "no weights as safetensors" in err, "a model without safetensors is refused", err)
    status, _, err = scene.pull("tiny-org/unreadable")
    tally.check(status == 1 and "[architectures] is [BertForSorting]; supported: " in err, "an architecture that is not known is refused", err)
    tally.check(not scene.installed(name="tiny-org/unreadable").exists(), "and is not installed")
    for bad in ("../up", "a/b/c", "org/na me", ""):
        status, _, err = scene.pull(bad)
        tally.check(status != 0 and not scene.hub.requests, f"[{bad}] is no model id", err)
    status, _, err = scene.pull(ID, "--as", "../up")
    tally.check(status == 1 and "--as [../up]" in err, "an id that leaves the folder is refused", err)
    status, _, err = scene.pull(ID, data=scene.scratch / "offline", endpoint="http://127.0.0.1:9")
    tally.check(status == 1 and "[selene pull FOLDER]" in err and "HF_ENDPOINT" in err, "offline: what to do is said", err)


def check_folder(scene):
    status, out, err = scene.pull(str(SPARSE), "--as", ".elser_model_2")
    scene.tally.check(status == 0 and "sparse encoder" in out, "a folder is installed under a given id", out + err)
    scene.tally.check((scene.installed(name=".elser_model_2") / "tokenizer.json").exists(), "and lies under that id")


def check_rerank(scene):
    passages = scene.scratch / "passages.txt"
    passages.write_text("the blue sky\na sky\nblue\n", encoding="utf-8")
    status, out, err = scene.run("rerank", "-q", "the sky", "-m", ID, "--data", str(scene.scratch / "data"), str(passages))
    scene.tally.check(status == 0 and len(out.splitlines()) == 3, "the pulled model re-ranks lines", out + err)
    status, out, err = scene.run("rerank", "-q", "the sky", "-m", "tiny-org__tiny-model", "--data", str(scene.scratch / "data"), "--top", "1",
                                 "--json", str(passages))
    scene.tally.check(status == 0 and len(out.splitlines()) == 1 and "relevance_score" in json.loads(out), "under Eland's name too", out + err)
    status, _, err = scene.run("rerank", "-q", "the sky", "-m", "tiny-org/none", str(passages))
    scene.tally.check(status == 1 and "selene pull" in err, "a model that is not there names the command", err)


def check_serve(scene):
    tally = scene.tally
    data = scene.scratch / "served"
    with Server(scene.program, data=data) as server:
        client = server.client()
        settings = {"service": "elasticsearch", "service_settings": {"model_id": "tiny-org__tiny-model", "num_threads": 1, "num_allocations": 1}}
        answer = client.send("PUT", "/_inference/rerank/tiny", settings)
        tally.check(400 <= answer.status < 500, "before the pull the model is not there", answer.text[:300])
        status, _, err = scene.pull(ID, data=data)
        tally.check(status == 0, "a model is pulled while the server runs", err)
        answer = client.send("PUT", "/_inference/rerank/tiny", settings)
        tally.check(answer.status == 200, "and is usable at once by its id", answer.text[:300])
        answer = client.send("POST", "/_inference/rerank/tiny", {"query": "sky", "input": ["the blue sky", "a"]})
        tally.check(answer.status == 200 and len(answer.json()["rerank"]) == 2, "and re-ranks", answer.text[:300])


def copy_without(source, target, name):
    shutil.copytree(source, target)
    (target / name).unlink()
    return target


def main():
    args = _common.parser(__doc__.splitlines()[0]).parse_args()
    tally = _common.Tally()
    with tempfile.TemporaryDirectory(prefix="selene-pull-") as folder:
        scratch = pathlib.Path(folder)
        unreadable = shutil.copytree(MODEL, scratch / "unreadable")
        config = json.loads((unreadable / "config.json").read_text(encoding="utf-8"))
        (unreadable / "config.json").write_text(json.dumps(config | {"architectures": ["BertForSorting"]}), encoding="utf-8")
        hub = Hub({ID: MODEL, "tiny-org/no-weights": copy_without(MODEL, scratch / "no-weights", "model.safetensors"), "tiny-org/unreadable": unreadable})
        try:
            scene = Scene(args.program, hub, scratch, tally)
            for check in (check_whole, check_cut_off, check_damaged, check_token, check_refusals, check_folder, check_rerank, check_serve):
                check(scene)
        finally:
            hub.close()
    return tally.end()


if __name__ == "__main__":
    sys.exit(main())
