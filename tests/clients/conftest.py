"""One server for all client tests, started from --program."""

import pathlib
import sys

import pytest
from elasticsearch import Elasticsearch
from fake_vendor import FakeVendor

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
from selene_server import Server  # noqa: E402


def pytest_addoption(parser):
    parser.addoption("--program", default=str(ROOT / "build" / "selene"), help="the selene program")
    parser.addoption("--measure", action="store_true", help="assert times too, on a machine that does nothing else")
    parser.addoption("--url", default=None, help="a server that is up, instead of one of our own")


@pytest.fixture(scope="session")
def url(request):
    if request.config.getoption("--url"):
        yield request.config.getoption("--url")
        return
    with Server(request.config.getoption("--program")) as server:
        yield server.url
        assert server.alive(), server.log()


@pytest.fixture(scope="session")
def es(url):
    with Elasticsearch(url, request_timeout=60, max_retries=0) as client:
        yield client


@pytest.fixture
def index(es, request):
    """The name of an index that is gone after the test."""
    name = "client-" + request.node.name.replace("_", "-").replace("[", "-").replace("]", "").lower()
    es.indices.delete(index=name, ignore_unavailable=True)
    yield name
    es.indices.delete(index=name, ignore_unavailable=True)


@pytest.fixture(scope="module")
def vendor():
    with FakeVendor() as fake:
        yield fake
