"""A vendor of rerank and embedding APIs on the loopback address that remembers what it was asked and misbehaves on demand.

`vendor.answers` scripts one kind of answer per request, in order, then the good one: "401", "403", "404", "413", "429", "500", "503",
"302", "reset", "hang", "garbage", "nan", "wrong_count", "huge", "cut". Standard library only, but for the check of RS256 signatures.
"""

import base64
import http.server
import json
import socket
import struct
import threading
import urllib.parse
import zlib


def score(query, text):
    """Words that both have, over the words of the text; in [0, 1]."""
    words = text.lower().split()
    return sum(word in query.lower().split() for word in words) / max(len(words), 1)


def vector(text, dims=3):
    """Three numbers that tell texts apart, or, with more dimensions, unit length and near for texts that share words."""
    if dims == 3:
        return [float(len(text)), float(sum(map(ord, text)) % 97), 1.0]
    numbers = [0.0] * dims
    for word in text.lower().split():
        numbers[zlib.crc32(word.encode()) % dims] += 1.0
    length = sum(number * number for number in numbers) ** 0.5 or 1.0
    return [number / length for number in numbers]


def whole(vector):
    return [round(number * 127) if abs(number) <= 1 else int(number) % 100 for number in vector]


def text_of(document):
    return document["text"] if isinstance(document, dict) else document


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def reply(self, status, body, headers=()):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def do_POST(self):
        vendor = self.server.vendor
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        path = urllib.parse.urlsplit(self.path).path
        with vendor.lock:
            vendor.requests.append({"method": "POST", "path": self.path, "headers": dict(self.headers.items()), "body": body, "port": self.client_address[1]})
            # A token's request misbehaves only when it is told so by name.
            kind = vendor.token_answers.pop(0) if path == "/token" and vendor.token_answers else "good"
            if path != "/token":
                kind = vendor.answers.pop(0) if vendor.answers else "good"
        try:
            self.misbehave(kind) if kind != "good" and kind not in ("wrong_count",) else self.good(path, body, kind)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def misbehave(self, kind):
        key = self.headers.get("Authorization", "").removeprefix("Bearer ")
        if kind.isdigit():
            status = int(kind)
            headers = [("Retry-After", "3600")] if kind == "429" else [("Location", self.server.vendor.url + "/elsewhere")] if kind == "302" else []
            # What a careless vendor says: the key it was given.
            self.reply(status, {"message": f"refused, your key is {key}"}, headers)
        elif kind == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
            self.close_connection = True
        elif kind == "hang":
            self.server.vendor.released.wait(60)
            self.close_connection = True
        elif kind == "garbage":
            self.reply(200, b"\x00\x01 no json " + key.encode())
        elif kind == "nan":
            self.reply(200, b'{"results":[{"index":0,"relevance_score":NaN}],"embeddings":{"float":[[NaN]]}}')
        elif kind == "cut":
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b'{"results":')
            self.close_connection = True
        elif kind == "huge":
            self.send_response(200)
            self.send_header("Content-Length", str(1 << 30))
            self.end_headers()
            block = b" " * (1 << 16)
            for _ in range(1 << 14):
                self.wfile.write(block)
            self.close_connection = True
        else:
            raise AssertionError(kind)

    def good(self, path, body, kind):
        if path == "/token":
            return self.reply(200, {"access_token": self.server.vendor.token, "expires_in": 3600})
        asked = json.loads(body)
        if "query" not in asked:
            return self.embeddings(path, asked, kind)
        documents = asked.get("documents") or asked.get("texts") or asked.get("docs") or asked.get("input") or asked.get("inputs") or asked.get("passages") or asked.get("records")
        query = text_of(asked["query"])
        texts = [document.get("content", document.get("text")) if isinstance(document, dict) else document for document in documents]
        ranked = sorted(({"index": i, "relevance_score": score(query, text)} for i, text in enumerate(texts)), key=lambda r: -r["relevance_score"])
        ranked = ranked[: asked.get("top_n") or asked.get("top_k") or asked.get("topN") or len(ranked)]
        if kind == "wrong_count":
            ranked = ranked + [{"index": len(texts), "relevance_score": 0.0}]
        self.reply(200, self.shaped(path, ranked))

    def shaped(self, path, ranked):
        if path.endswith(":rank"):
            return {"records": [{"id": str(r["index"]), "score": r["relevance_score"]} for r in ranked]}
        if path.startswith("/voyage") or path.startswith("/fireworks"):
            return {"object": "list", "data": ranked}
        if path.startswith("/mixedbread"):
            return {"data": [{"index": r["index"], "score": r["relevance_score"]} for r in ranked]}
        if path.startswith("/tei"):
            return [{"index": r["index"], "score": r["relevance_score"]} for r in ranked]
        if path.startswith("/nvidia"):
            return {"rankings": [{"index": r["index"], "logit": r["relevance_score"]} for r in ranked]}
        if path.startswith("/v3/openapi"):
            return {"request_id": "1", "result": {"scores": [{"index": r["index"], "score": r["relevance_score"]} for r in ranked]}}
        if path.startswith("/watsonx"):
            return {"results": [{"index": r["index"], "score": r["relevance_score"]} for r in ranked]}
        return {"id": "1", "results": ranked, "meta": {}}

    def embeddings(self, path, asked, kind):
        texts = asked.get("texts") or asked.get("inputs") or asked.get("input")
        vectors = [vector(text, self.server.vendor.dims) for text in texts]
        if kind == "wrong_count":
            vectors = vectors + [vector("one more")]
        if path.startswith("/sparse"):
            return self.reply(200, [{word: 1.5 for word in text.split()} for text in texts + (["one more"] if kind == "wrong_count" else [])])
        if path.endswith("embeddings"):
            return self.reply(200, {"data": [{"index": i, "embedding": v} for i, v in enumerate(vectors)]})
        if path.startswith("/tei"):
            return self.reply(200, vectors)
        element = asked.get("embedding_types", ["float"])[0]
        return self.reply(200, {"id": "1", "embeddings": {element: [whole(v) if element == "int8" else v for v in vectors]}})


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        pass  # a client that hangs up is what some tests are about


class FakeVendor:
    """`tls`: an ssl.SSLContext with a certificate; None speaks plain HTTP. `dims`: of its embeddings."""

    def __init__(self, tls=None, dims=3):
        self.dims = dims
        self.lock = threading.Lock()
        self.requests, self.answers, self.token_answers = [], [], []
        self.token = "ya29.token"
        self.released = threading.Event()
        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.vendor = self
        if tls:
            self.server.socket = tls.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.released.set()
        self.server.shutdown()
        self.server.server_close()

    def forget(self):
        with self.lock:
            self.requests.clear()
            self.answers.clear()
            self.token_answers.clear()

    def bodies(self, path=None):
        with self.lock:
            return [json.loads(r["body"]) for r in self.requests if path is None or r["path"].startswith(path)]


def jwt_parts(assertion):
    """(header, claims, signed bytes, signature) of a JWT."""
    header, claims, signature = assertion.split(".")
    unpack = lambda part: base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))  # noqa: E731
    return json.loads(unpack(header)), json.loads(unpack(claims)), f"{header}.{claims}".encode(), unpack(signature)
