"""A vendor behind TLS: its certificate is verified, by an authority of one's own where the setting names one, and so is its name."""

import pathlib
import ssl
import subprocess
import sys

import pytest
from fake_vendor import FakeVendor
from vendor_cases import DOCUMENTS, KEY, QUERY

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools"))
from selene_server import Server  # noqa: E402


def openssl(folder, *arguments):
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    """A folder with a certificate authority: ca.pem."""
    folder = tmp_path_factory.mktemp("tls")
    openssl(folder, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=An authority of one's own",
            "-addext", "keyUsage=critical,keyCertSign")
    return folder


def context(folder, name, alternative, days="2"):
    """TLS with a certificate of that authority for one alternative name."""
    openssl(folder, "req", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}")
    (folder / f"{name}.ext").write_text(f"subjectAltName={alternative}\n")
    openssl(folder, "x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out", f"{name}.pem", "-days", days, "-extfile", f"{name}.ext")
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(folder / f"{name}.pem", folder / f"{name}.key")
    return made


@pytest.fixture(scope="module")
def server(request, authority):
    settings = [f"xpack.inference.http.certificate_authorities={authority / 'ca.pem'}", "xpack.inference.http.retry.timeout=1ms"]
    with Server(request.config.getoption("--program"), arguments=[argument for setting in settings for argument in ("-E", setting)]) as own:
        yield own


def put(server, url):
    client = server.client()
    answer = client.send("PUT", "/_inference/rerank/behind-tls", {"service": "cohere", "service_settings": {"api_key": KEY, "model_id": "m", "url": url + "/cohere"}})
    assert KEY not in answer.text
    return client, answer


def test_an_authority_of_ones_own_is_trusted_when_the_setting_names_it(server, authority):
    with FakeVendor(context(authority, "right", "IP:127.0.0.1")) as vendor:
        client, answer = put(server, vendor.url)
        assert answer.status == 200, answer.text
        answer = client.send("POST", "/_inference/behind-tls", {"query": QUERY, "input": DOCUMENTS})
        assert answer.json()["rerank"][0]["index"] == 2
        client.send("DELETE", "/_inference/behind-tls")
        client.close()


def refused(server, vendor):
    client, answer = put(server, vendor.url)
    client.close()
    assert answer.status == 400
    assert vendor.requests == [], "nothing is sent to a vendor that is not who it should be"
    return answer.json()["error"]["caused_by"]["reason"]


def test_a_certificate_for_another_host_is_refused(server, authority):
    with FakeVendor(context(authority, "other", "DNS:another.example,IP:127.0.0.2")) as vendor:
        assert "127.0.0.1" in refused(server, vendor)


def test_a_certificate_that_is_no_more_valid_is_refused(server, authority):
    with FakeVendor(context(authority, "stale", "IP:127.0.0.1", days="-1")) as vendor:
        assert "certificate" in refused(server, vendor)


def test_an_unknown_authority_is_refused(request, authority):
    with FakeVendor(context(authority, "right", "IP:127.0.0.1")) as vendor, Server(request.config.getoption("--program"), arguments=["-E", "xpack.inference.http.retry.timeout=1ms"]) as own:
        assert "certificate" in refused(own, vendor)
