"""Every vendor service with the settings that send it to a fake vendor. Used by the tests of vendors."""

import contextlib
import json
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools"))
from selene_server import Server  # noqa: E402

KEY = "sk-Sesame0penSesame"
DOCUMENTS = ["bread needs flour", "the moon is far away", "how far is the moon"]
QUERY = "how far is the moon"

# service: settings (URL is filled in), path of the vendor, body expected for QUERY, DOCUMENTS[:2] and top_n 1
RERANKERS = {
    "cohere": ({"api_key": KEY, "model_id": "m", "url": "/cohere"}, {"model": "m", "query": QUERY, "documents": DOCUMENTS[:2], "top_n": 1}),
    "jinaai": ({"api_key": KEY, "model_id": "m", "url": "/jina"}, {"model": "m", "query": QUERY, "documents": DOCUMENTS[:2], "top_n": 1}),
    "voyageai": ({"api_key": KEY, "model_id": "m", "url": "/voyage"}, {"model": "m", "query": QUERY, "documents": DOCUMENTS[:2], "top_k": 1}),
    "hugging_face": ({"api_key": KEY, "url": "/tei"}, {"query": QUERY, "texts": DOCUMENTS[:2]}),
    "contextualai": ({"api_key": KEY, "model_id": "m", "url": "/contextual"}, {"model": "m", "query": QUERY, "documents": DOCUMENTS[:2], "top_n": 1}),
    "openshift_ai": ({"api_key": KEY, "model_id": "m", "url": "/openshift"}, {"model": "m", "query": QUERY, "documents": DOCUMENTS[:2], "top_n": 1}),
    "mixedbread": ({"api_key": KEY, "model_id": "m", "url": "/mixedbread"}, {"model": "m", "query": QUERY, "input": DOCUMENTS[:2], "top_k": 1}),
    "fireworksai": ({"api_key": KEY, "model_id": "m", "url": "/fireworks"}, {"model": "m", "query": QUERY, "documents": DOCUMENTS[:2], "top_n": 1}),
    "nvidia": ({"api_key": KEY, "model_id": "m", "url": "/nvidia"}, {"model": "m", "query": {"text": QUERY}, "passages": [{"text": text} for text in DOCUMENTS[:2]]}),
    "azureaistudio": ({"api_key": KEY, "target": "/azure", "provider": "cohere", "endpoint_type": "token"}, {"query": QUERY, "documents": DOCUMENTS[:2], "top_n": 1}),
    "custom": (
        {
            "secret_parameters": {"key": KEY},
            "url": "/custom",
            "headers": {"Authorization": "Bearer ${key}"},
            "request": '{"query":${query},"documents":${input}}',
            "response": {"json_parser": {"relevance_score": "$.results[*].relevance_score", "reranked_index": "$.results[*].index"}},
        },
        {"query": QUERY, "documents": DOCUMENTS[:2]},
    ),
}


# service: settings (URL is filled in), texts of one request
EMBEDDERS = {
    "cohere": ({"api_key": KEY, "model_id": "m", "url": "/cohere/embed"}, 96),
    "openai": ({"api_key": KEY, "model_id": "m", "url": "/openai/embeddings"}, 2048),
    "hugging_face": ({"api_key": KEY, "url": "/tei/embed"}, 32),
    "jinaai": ({"api_key": KEY, "model_id": "m", "url": "/jina/embeddings"}, 16),
    "voyageai": ({"api_key": KEY, "model_id": "m", "url": "/voyage/embeddings"}, 128),
    "mistral": ({"api_key": KEY, "model": "m", "url": "/mistral/embeddings"}, 512),
    "azureopenai": ({"entra_id": KEY, "resource_name": "r", "deployment_id": "d", "api_version": "v", "url": "/azure/embeddings"}, 2048),
}


def embedder_settings(service, vendor):
    settings = dict(EMBEDDERS[service][0])
    return {**settings, "url": vendor.url + settings["url"]}


def settings_for(service, vendor):
    settings = dict(RERANKERS[service][0])
    for name in ("url", "target"):
        if name in settings:
            settings[name] = vendor.url + settings[name]
    return settings


def alibaba_settings(vendor):
    return {"api_key": KEY, "service_id": "ranker-1", "host": vendor.url.removeprefix("http://"), "workspace": "default", "http_schema": "http"}


def watsonx_settings(vendor):
    return {"api_key": KEY, "url": vendor.url + "/watsonx/rerank", "api_version": "2024-05-02", "model_id": "m", "project_id": "p", "token_url": vendor.url + "/token"}


def vertex_settings(vendor, account):
    return {"service_account_json": json.dumps({**account, "token_uri": vendor.url + "/token"}), "project_id": "p", "url": vendor.url + "/ranking:rank"}


def new_service_account(folder):
    """A service account with a fresh RSA key, and the public half's file."""
    private, public = folder / "private.pem", folder / "public.pem"
    subprocess.run(["openssl", "genrsa", "-out", private, "2048"], check=True, capture_output=True)
    subprocess.run(["openssl", "rsa", "-in", private, "-pubout", "-out", public], check=True, capture_output=True)
    return {"client_email": "robot@project.iam", "private_key": private.read_text()}, public


@contextlib.contextmanager
def vendor_server(program, **settings):
    """A server with `xpack.inference.http.*` settings (dots as two underscores) that lives to the end and has no key in its log, whatever the log level."""
    http = {"max_response_size": "1mb", "circuit_breaker__cool_down": "0ms", **settings}
    arguments = [argument for name, value in http.items() for argument in ("-E", f"xpack.inference.http.{name.replace('__', '.')}={value}")]
    with Server(program, arguments=[*arguments, "--log-level", "debug"]) as own:
        yield own
        assert own.alive(), own.log()
        assert KEY not in own.log(lines=1000000), "the key is in the log"
