"""A server with credentials and TLS: what it refuses, what outlives a restart, and that no secret is written in clear."""

import base64
import pathlib
import socket
import ssl
import subprocess
import sys
import tempfile

from _common import Tally, parser
from selene_server import Client, Server

PASSWORD = "correct horse battery"
SECURE = ["-E", "xpack.security.enabled=true"]


def basic(user, password):
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


def make_certificate(folder):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "certificate.pem", "-days", "2", "-subj", "/CN=localhost",
                    "-addext", "subjectAltName=IP:127.0.0.1"], cwd=folder, check=True, capture_output=True)


def tls_arguments(folder):
    ssl_settings = {"enabled": "true", "certificate": folder / "certificate.pem", "key": folder / "key.pem"}
    return [part for name, value in ssl_settings.items() for part in ("-E", f"xpack.security.http.ssl.{name}={value}")]


def is_refused(answer, reason):
    """A 401 as Elasticsearch gives it: type, reason, and both schemes in the header and in the body."""
    error = answer.json()["error"]
    schemes = ['Basic realm="security", charset="UTF-8"', "ApiKey"]
    shapes = [error, error["root_cause"][0]]
    return (answer.status == 401 and answer.headers.get("x-elastic-product") == "Elasticsearch"
            and all(part["type"] == "security_exception" and part["reason"] == reason and part["header"]["WWW-Authenticate"] == schemes for part in shapes))


def credentials(tally, url):
    anonymous = Client(url)
    for method, path in (("GET", "/"), ("POST", "/books/_search?size=1"), ("GET", "/metrics"), ("GET", "/no/such/path"), ("DELETE", "/books")):
        answer = anonymous.send(method, path)
        tally.check(is_refused(answer, f"missing authentication credentials for REST request [{path}]"), f"{method} {path} without credentials", answer.text)
    tally.check(anonymous.send("HEAD", "/").status == 401, "HEAD / without credentials")
    for path in ("/healthz", "/readyz"):
        tally.check(anonymous.send("GET", path).status == 200, f"{path} needs no credentials")
    for user, password in (("elastic", "wrong one"), ("elastic", ""), ("admin", PASSWORD), ("elastic", PASSWORD + "x")):
        answer = anonymous.send("GET", "/_cat/health?v", headers=basic(user, password))
        tally.check(is_refused(answer, f"unable to authenticate user [{user}] for REST request [/_cat/health?v]"), f"{user} with a wrong password", answer.text)
    for value in ("Basic %%%", "Basic bm9jb2xvbg==", "ApiKey x", "ApiKey \xff\xfe", "Bearer abc", "Basic"):
        answer = anonymous.send("GET", "/", headers={"Authorization": value.encode("latin-1")})
        tally.check(answer.status == 401 and answer.json()["error"]["type"] == "security_exception", f"malformed header {value!r}", answer.text)
    answer = anonymous.send("GET", "/", headers=basic("elastic", PASSWORD))
    tally.check(answer.status == 200 and answer.json()["tagline"] == "You Know, for Search", "the right password", answer.text)
    anonymous.close()


def api_keys(tally, url):
    """Two keys, one of them invalidated: (the one in force, the other), as headers."""
    client = Client(url, headers=basic("elastic", PASSWORD))
    answer = client.send("POST", "/_security/api_key", {"name": "ingest-1", "expiration": "1d", "metadata": {"team": "search"}})
    made = answer.json()
    tally.check(answer.status == 200 and list(made) == ["id", "name", "expiration", "api_key", "encoded"], "a key is made", answer.text)
    tally.check(base64.b64decode(made["encoded"]).decode() == f"{made['id']}:{made['api_key']}", "encoded is id:api_key in base64", made)
    other = client.send("PUT", "/_security/api_key", {"name": "ingest-2"}).json()
    by_key = {"Authorization": "ApiKey " + made["encoded"]}
    for value in (by_key["Authorization"], f"ApiKey {made['id']}:{made['api_key']}"):
        who = client.send("GET", "/_security/_authenticate", headers={"Authorization": value}).json()
        tally.check(who["username"] == "elastic" and who["authentication_type"] == "api_key" and who["api_key"] == {"id": made["id"], "name": "ingest-1"}, "the key stands for elastic", who)
    who = client.send("GET", "/_security/_authenticate").json()
    tally.check(who["roles"] == ["superuser"] and who["authentication_type"] == "realm", "the user is a superuser", who)
    tally.check(client.send("GET", "/_xpack").json()["features"]["security"] == {"available": True, "enabled": True}, "_xpack says that security is on")
    capable = client.send("GET", "/_capabilities?method=PUT&path=/_security/api_key&parameters=refresh").json()
    tally.check(capable["supported"] is True, "_capabilities knows the calls of security", capable)
    answer = client.send("POST", "/_security/api_key", {"name": "derived"}, headers=by_key)
    tally.check(answer.status == 400 and "creating derived api keys" in answer.text, "a key makes no keys", answer.text)
    answer = client.send("POST", "/_security/api_key", {"name": "narrow", "role_descriptors": {"r": {"indices": [{"names": ["books"], "privileges": ["read"]}]}}})
    tally.check(answer.status == 400 and "are not supported" in answer.json()["error"]["reason"], "a narrower key is refused, not granted everything", answer.text)
    listed = client.send("GET", "/_security/api_key?name=ingest-*&owner=true")
    tally.check([key["name"] for key in listed.json()["api_keys"]] == ["ingest-1", "ingest-2"] and listed.json()["api_keys"][0]["metadata"] == {"team": "search"}, "keys by name pattern", listed.text)
    tally.check(made["api_key"] not in listed.text and "hash" not in listed.text, "a list of keys tells no secret", listed.text)
    tally.check(client.send("GET", "/_security/api_key?id=nothing").status == 404, "a key that is not there")
    answer = client.send("DELETE", "/_security/api_key", {"ids": [other["id"], "nothing"]})
    tally.check(answer.json() == {"invalidated_api_keys": [other["id"]], "previously_invalidated_api_keys": [], "error_count": 0}, "invalidated", answer.text)
    answer = client.send("DELETE", "/_security/api_key", {"name": "ingest-2"})
    tally.check(answer.json()["previously_invalidated_api_keys"] == [other["id"]], "invalidated before", answer.text)
    active = client.send("GET", "/_security/api_key?active_only=true").json()["api_keys"]
    tally.check([key["name"] for key in active] == ["ingest-1"], "active keys", active)
    client.close()
    return by_key, {"Authorization": "ApiKey " + other["encoded"]}, [made["api_key"], other["api_key"]]


def check_keys(tally, url, good, bad, when):
    client = Client(url)
    tally.check(client.send("GET", "/", headers=good).status == 200, f"{when}: the key is accepted")
    answer = client.send("GET", "/", headers=bad)
    error = answer.json()["error"]
    tally.check(is_refused(answer, "unable to authenticate with provided credentials and anonymous access is not allowed for this request")
                and error["additional_unsuccessful_credentials"].endswith("has been invalidated"), f"{when}: the invalidated key is refused", answer.text)
    client.close()


def holds(folder, secret):
    return any(secret.encode() in path.read_bytes() for path in pathlib.Path(folder).rglob("*") if path.is_file())


def restarts(tally, program):
    server = Server(program, arguments=[*SECURE, "--log-level", "debug"], environment={"ELASTIC_PASSWORD": PASSWORD})
    try:
        server.start()
        credentials(tally, server.url)
        good, bad, secrets = api_keys(tally, server.url)
        check_keys(tally, server.url, good, bad, "at once")
        server.kill()
        server.environment = {}
        server.start()
        check_keys(tally, server.url, good, bad, "after kill -9")
        client = server.client(headers=basic("elastic", PASSWORD))
        tally.check(client.send("GET", "/").status == 200, "the password outlives a restart that names none")
        tally.check("the password of the user" not in server.log(10000), "no second password is made", server.log())
        server.stop()
        server.environment = {"ELASTIC_PASSWORD": "another one"}
        server.start()
        client = server.client()
        tally.check(client.send("GET", "/", headers=basic("elastic", "another one")).status == 200, "a password given at start replaces the stored one")
        tally.check(client.send("GET", "/", headers=basic("elastic", PASSWORD)).status == 401, "the replaced password is refused")
        client.close()
        server.stop()
        for secret in (PASSWORD, "another one", *secrets):
            tally.check(not holds(server.data, secret), "no secret in the data folder")
            tally.check(secret not in server.log(10000), "no secret in the log")
    finally:
        server.close()


def generated_password(tally, program):
    with Server(program, arguments=SECURE) as server:
        line = next((line for line in server.log().splitlines() if "the password of the user [elastic] is " in line), "")
        tally.check(line != "", "the first start shows a password", server.log())
        password = line.partition(" is ")[2].split(" ")[0]
        client = server.client(headers=basic("elastic", password))
        tally.check(client.send("GET", "/").status == 200, "the password that was shown is accepted")
        client.close()


def over_tls(tally, program, folder):
    arguments = [*SECURE, *tls_arguments(folder)]
    with Server(program, arguments=arguments, scheme="https", environment={"ELASTIC_PASSWORD": PASSWORD}) as server:
        trusted = ssl.create_default_context(cafile=folder / "certificate.pem")
        client = server.client(context=trusted, headers=basic("elastic", PASSWORD))
        answer = client.send("PUT", "/books/_doc/1?refresh=true", {"title": "x" * 2_000_000})
        tally.check(answer.status == 201, "a large document over TLS", answer.text)
        answer = client.send("GET", "/books/_doc/1")
        tally.check(len(answer.json()["_source"]["title"]) == 2_000_000, "and back")
        client.close()
        tally.check(server.client(context=trusted).send("GET", "/").status == 401, "TLS alone is no credential")
        try:
            server.client().send("GET", "/")
            tally.check(False, "an authority that nobody trusts")
        except ssl.SSLCertVerificationError:
            tally.check(True, "an authority that nobody trusts")
        answer = Client(server.url.replace("https", "http")).send("GET", "/")
        tally.check(answer.status == 400 and "HTTPS" in answer.text, "plain HTTP on the TLS port", answer.text)
        for junk in (b"\x16\x03\x01\x00\x05hello", bytes(range(256)), b"\x80\x2e\x01\x03\x01"):
            with socket.create_connection(("127.0.0.1", int(server.url.rpartition(":")[2])), timeout=30) as plain:
                plain.sendall(junk)
                plain.shutdown(socket.SHUT_WR)
                plain.recv(4096)
        tally.check(server.alive(), "bytes that are no TLS do no harm", server.log())
        old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        old.load_verify_locations(folder / "certificate.pem")
        old.maximum_version = ssl.TLSVersion.TLSv1_2
        tally.check(server.client(context=old).send("GET", "/healthz").status == 200, "TLS 1.2")


def refuses_to_start(tally, program, folder, arguments, needles, environment=None):
    result = subprocess.run([program, "serve", "--port", "0", "--data", str(folder / "unused"), *arguments], capture_output=True, text=True, timeout=60,
                            env={"PATH": "/usr/bin:/bin", **(environment or {})})
    tally.check(result.returncode == 1 and all(needle in result.stderr for needle in needles), f"start with {arguments}", result.stderr)


def starts_that_fail(tally, program, folder):
    files = tls_arguments(folder)
    refuses_to_start(tally, program, folder, ["--host", "0.0.0.0"], ["refusing to listen on [0.0.0.0]", "Missing: xpack.security.enabled: true, xpack.security.http.ssl.enabled: true"])
    refuses_to_start(tally, program, folder, ["--host", "0.0.0.0", *SECURE], ["Missing: xpack.security.http.ssl.enabled: true"])
    refuses_to_start(tally, program, folder, ["--host", "0.0.0.0", *files], ["Missing: xpack.security.enabled: true."])
    other = folder / "other"
    other.mkdir()
    make_certificate(other)
    swapped = [*files[:-1], f"xpack.security.http.ssl.key={other / 'key.pem'}"]
    refuses_to_start(tally, program, folder, swapped, [str(other / "key.pem"), "it is not that of the certificate", str(folder / "certificate.pem")])
    absent = [*files[:-1], f"xpack.security.http.ssl.key={folder / 'absent.pem'}"]
    refuses_to_start(tally, program, folder, absent, [str(folder / "absent.pem"), "there is no such file"])
    refuses_to_start(tally, program, folder, SECURE, ["at least [6] characters"], {"ELASTIC_PASSWORD": "short"})


def without_security(tally, program):
    with Server(program) as server:
        client = server.client()
        tally.check(client.send("GET", "/", headers=basic("any", "one")).status == 200, "credentials that nobody asked for")
        answer = client.send("POST", "/_security/api_key", {"name": "k"})
        tally.check(answer.status == 400 and answer.json() == {"error": "no handler found for uri [/_security/api_key] and method [POST]"}, "no API keys where security is off", answer.text)
        capable = client.send("GET", "/_capabilities?method=PUT&path=/_security/api_key").json()
        tally.check(capable["supported"] is False, "_capabilities does not know what is off", capable)
        tally.check(client.send("GET", "/_xpack").json()["features"]["security"]["enabled"] is False, "_xpack says so")
        client.close()


def main():
    args = parser(__doc__).parse_args()
    tally = Tally()
    with tempfile.TemporaryDirectory(prefix="selene-security-") as name:
        folder = pathlib.Path(name)
        make_certificate(folder)
        starts_that_fail(tally, args.program, folder)
        restarts(tally, args.program)
        generated_password(tally, args.program)
        over_tls(tally, args.program, folder)
        without_security(tally, args.program)
    return tally.end()


if __name__ == "__main__":
    sys.exit(main())
