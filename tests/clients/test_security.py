"""The official client with a password, API keys in both forms, and TLS with an authority of one's own or a pinned certificate."""

import hashlib
import pathlib
import ssl
import subprocess
import sys

import elasticsearch
import pytest
from elasticsearch import Elasticsearch

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools"))
from selene_server import Server  # noqa: E402

PASSWORD = "a password of one's own"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "certificate.pem", "-days", "2", "-subj", "/CN=localhost",
                    "-addext", "subjectAltName=IP:127.0.0.1"], cwd=folder, check=True, capture_output=True)
    return folder / "certificate.pem"


@pytest.fixture(scope="module")
def server(request, certificate):
    settings = {"xpack.security.enabled": "true", "xpack.security.http.ssl.enabled": "true", "xpack.security.http.ssl.certificate": certificate,
                "xpack.security.http.ssl.key": certificate.with_name("key.pem")}
    arguments = [part for name, value in settings.items() for part in ("-E", f"{name}={value}")]
    with Server(request.config.getoption("--program"), arguments=arguments, scheme="https", environment={"ELASTIC_PASSWORD": PASSWORD}) as own:
        yield own
        assert own.alive(), own.log()


@pytest.fixture
def connect(server, certificate):
    """A client that trusts the certificate, with credentials of the test's choice."""
    clients = []

    def make(**options):
        clients.append(Elasticsearch(server.url, max_retries=0, request_timeout=60, **{"ca_certs": str(certificate), **options}))
        return clients[-1]

    yield make
    for client in clients:
        client.close()


def test_a_password_is_asked_for(connect):
    with pytest.raises(elasticsearch.AuthenticationException) as refused:
        connect().info()
    assert refused.value.status_code == 401
    assert refused.value.body["error"]["reason"] == "missing authentication credentials for REST request [/]"
    with pytest.raises(elasticsearch.AuthenticationException) as refused:
        connect(basic_auth=("elastic", "wrong password")).info()
    assert refused.value.body["error"]["reason"] == "unable to authenticate user [elastic] for REST request [/]"


def test_basic_auth_reads_and_writes(connect):
    client = connect(basic_auth=("elastic", PASSWORD))
    assert client.info()["version"]["number"].startswith("9.")
    client.index(index="books", id="1", document={"title": "Dune"}, refresh=True)
    assert client.search(index="books", query={"match": {"title": "dune"}})["hits"]["total"]["value"] == 1
    who = client.security.authenticate()
    assert who["username"] == "elastic" and who["roles"] == ["superuser"]


def test_api_keys_are_taken_encoded_and_as_a_pair(connect):
    owner = connect(basic_auth=("elastic", PASSWORD))
    made = owner.security.create_api_key(name="of-a-test", expiration="1h", metadata={"purpose": "test"})
    for form in (made["encoded"], (made["id"], made["api_key"])):
        client = connect(api_key=form)
        assert client.security.authenticate()["api_key"] == {"id": made["id"], "name": "of-a-test"}
        client.index(index="books", document={"title": "Emma"})
    listed = owner.security.get_api_key(name="of-*")["api_keys"]
    assert [key["id"] for key in listed] == [made["id"]] and listed[0]["metadata"] == {"purpose": "test"} and listed[0]["expiration"] == made["expiration"]

    ended = owner.security.invalidate_api_key(ids=[made["id"]])
    assert ended["invalidated_api_keys"] == [made["id"]] and ended["error_count"] == 0
    with pytest.raises(elasticsearch.AuthenticationException) as refused:
        connect(api_key=made["encoded"]).info()
    assert "has been invalidated" in refused.value.body["error"]["additional_unsuccessful_credentials"]
    assert made["api_key"] not in str(refused.value.body)


def test_a_key_with_fewer_rights_is_refused_rather_than_given_all(connect):
    owner = connect(basic_auth=("elastic", PASSWORD))
    with pytest.raises(elasticsearch.BadRequestError) as refused:
        owner.security.create_api_key(name="reader", role_descriptors={"r": {"indices": [{"names": ["books"], "privileges": ["read"]}]}})
    assert "[role_descriptors] that grant less than all rights are not supported" in str(refused.value)
    assert owner.security.get_api_key(name="reader")["api_keys"] == []


def test_the_certificate_is_verified_or_pinned(connect, certificate):
    with pytest.raises(elasticsearch.ConnectionError):
        connect(ca_certs=None, basic_auth=("elastic", PASSWORD)).info()
    der = ssl.PEM_cert_to_DER_cert(certificate.read_text())
    fingerprint = hashlib.sha256(der).hexdigest()
    pinned = connect(ca_certs=None, ssl_assert_fingerprint=fingerprint, basic_auth=("elastic", PASSWORD))
    assert pinned.info()["tagline"] == "You Know, for Search"
    with pytest.raises(elasticsearch.ConnectionError):
        connect(ca_certs=None, ssl_assert_fingerprint="0" * 64, basic_auth=("elastic", PASSWORD)).info()
