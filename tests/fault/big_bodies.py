#!/usr/bin/env python3
"""Bodies, headers and requests that are too large, too slow or no HTTP at all: a clear answer or a closed connection, and the server lives.

Prints start-up time and resident memory as well; these depend on the machine and are not checked.
"""

import json
import socket
import sys
import threading

import _common
from selene_server import Server

MIB = 1 << 20


class RawConnection:
    """Bytes out, bytes in."""

    def __init__(self, url, timeout_s=60):
        host, port = url.removeprefix("http://").split(":")
        self.socket = socket.create_connection((host, int(port)), timeout_s)

    def send(self, data):
        """False if the server closed the connection meanwhile."""
        try:
            self.socket.sendall(data)
            return True
        except OSError:
            return False

    def receive(self):
        """All that comes until the server closes or nothing more is said for a while."""
        data = b""
        try:
            while chunk := self.socket.recv(65536):
                data += chunk
                head, _, rest = data.partition(b"\r\n\r\n")
                length = [line.split(b":")[1] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
                if length and len(rest) >= int(length[0]):
                    break
        except OSError:
            pass
        self.socket.close()
        return data


def status_of(data):
    parts = data.split(b" ", 2)
    return int(parts[1]) if len(parts) > 1 and parts[0].startswith(b"HTTP/1") and parts[1].isdigit() else None


def body_of(data):
    try:
        return json.loads(data.partition(b"\r\n\r\n")[2])
    except ValueError:
        return {}


def exchange(server, data):
    connection = RawConnection(server.url)
    connection.send(data)
    return connection.receive()


def send_200_mb(server, tally):
    """A body of 200 MB announced by its length: 413 with an error body, read or not."""
    connection = RawConnection(server.url)
    connection.send(b"POST /sky/_bulk HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-ndjson\r\nContent-Length: %d\r\n\r\n" % (200 * MIB))
    line = b'{"index":{}}\n{"text":"' + b"x" * (MIB - 30) + b'"}\n'
    for _ in range(200):
        if not connection.send(line):
            break
    data = connection.receive()
    # a server that answers and closes early may lose its answer to the reset that unread bytes cause; then the status is not seen
    tally.check(status_of(data) in (413, None), "200 MB with a length", data[:300])


def send_only_the_head_of_200_mb(server, tally):
    data = exchange(server, b"POST /sky/_bulk HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-ndjson\r\nContent-Length: %d\r\n\r\n" % (200 * MIB))
    tally.check(status_of(data) == 413, "the length alone is refused with 413", data[:300])
    tally.check(body_of(data).get("status") == 413, "the 413 has an error body", data[:300])
    tally.check(b"x-elastic-product: elasticsearch" in data.lower(), "the 413 has the product header", data[:300])


def send_200_mb_chunked(server, tally):
    """No length: the limit is met while reading."""
    connection = RawConnection(server.url)
    connection.send(b"POST /sky/_bulk HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n")
    chunk = b"%x\r\n" % MIB + b"x" * MIB + b"\r\n"
    for _ in range(200):
        if not connection.send(chunk):
            break
    connection.send(b"0\r\n\r\n")
    data = connection.receive()
    tally.check(status_of(data) in (413, None), "200 MB in chunks", data[:300])


def send_gzip_bomb(server, tally):
    """One megabyte that unpacks to a gigabyte: 413, and never a gigabyte in memory."""
    import gzip
    import io

    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=9) as out:
        for _ in range(1024):
            out.write(b" " * MIB)
    head = b"POST /_search HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n"
    data = exchange(server, head % len(packed.getvalue()) + packed.getvalue())
    tally.check(status_of(data) == 413, "a gzip bomb is refused with 413", data[:300])


def send_in_the_limit(server, tally):
    """A bulk of 40 MB is fine."""
    line = b'{"index":{}}\n{"text":"' + b"moon " * 2000 + b'"}\n'
    body = line * (40 * MIB // len(line))
    answer = server.client(120).send("POST", "/sky/_bulk?filter_path=errors,items.index.status", body, {"Content-Type": "application/x-ndjson"})
    tally.check(answer.status == 200 and answer.json()["errors"] is False, "a bulk of 40 MB is accepted", answer.text[:300])


def send_java_style_chunks(server, tally):
    body = b'{"index":{"_id":"c"}}\n{"text":"chunked"}\n'
    chunks = b"".join(b"1\r\n" + bytes([byte]) + b"\r\n" for byte in body) + b"0\r\n\r\n"
    head = b"POST /sky/_bulk HTTP/1.1\r\nHost: a\r\nContent-Type: application/vnd.elasticsearch+json; compatible-with=9\r\nTransfer-Encoding: chunked\r\n\r\n"
    data = exchange(server, head + chunks)
    tally.check(status_of(data) == 200, "a body in chunks of one byte", data[:300])
    found = server.client().send("GET", "/sky/_doc/c")
    tally.check(found.status == 200 and found.json()["_source"] == {"text": "chunked"}, "and it is written", found.text[:300])


def send_garbage(server, tally):
    for name, data in {
        "binary noise": bytes(range(256)) * 64,
        "a TLS hello": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 200,
        "a line without end": b"GET /" + b"a" * (MIB // 2),
        "a header without end": b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"b" * MIB,
        "100,000 headers": b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: y\r\n" * 100000 + b"\r\n",
        "a negative length": b"POST /_search HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: -5\r\n\r\n{}",
        "a length of words": b"POST /_search HTTP/1.1\r\nHost: a\r\nContent-Length: many\r\n\r\n{}",
        "a chunk size too large": b"POST /_search HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n{}",
        "length and chunks at once": b"POST /_search HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "an unknown method": b"FROB / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        "HTTP of the future": b"GET / HTTP/7.3\r\nHost: a\r\n\r\n",
        "a NUL in the path": b"GET /a\x00b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    }.items():
        connection = RawConnection(server.url, 20)
        connection.send(data)
        try:
            connection.socket.shutdown(socket.SHUT_WR)
        except OSError:
            pass
        status = status_of(connection.receive())
        tally.check(status is None or 400 <= status < 500 or status == 501 or status == 505, name, status)
        tally.check(server.alive(), f"the server lives after {name}")


def hang_up_early(server, tally):
    """Clients that go away in the middle, many at once."""

    def one(number):
        connection = RawConnection(server.url)
        connection.send(b"POST /sky/_search HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n" + b'{"query"' * (number % 7))
        connection.socket.close()

    threads = [threading.Thread(target=one, args=(number,)) for number in range(200)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    tally.check(server.client().send("GET", "/").status == 200, "200 clients that hang up do no harm")


def send_slowly(server, tally):
    """Open connections that send half a request do not keep others waiting."""
    slow = [RawConnection(server.url) for _ in range(100)]
    for connection in slow:
        connection.send(b"POST /sky/_search HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{")
    answer = server.client(20).send("POST", "/sky/_search", {"size": 1})
    tally.check(answer.status == 200, "a request is answered beside 100 slow ones", answer.text[:200])
    for connection in slow:
        connection.socket.close()


def pipeline(server, tally):
    one = b"GET /sky/_doc/c HTTP/1.1\r\nHost: a\r\n\r\n"
    connection = RawConnection(server.url)
    connection.send(one * 49 + one.replace(b"Host: a", b"Host: a\r\nConnection: close"))
    data = b""
    while chunk := connection.socket.recv(65536):
        data += chunk
    tally.check(data.count(b"HTTP/1.1 200") == 50, "50 requests sent at once are answered in order", data.count(b"HTTP/1.1 200"))


def main():
    args = _common.parser(__doc__.splitlines()[0]).parse_args()
    tally, server = _common.Tally(), Server(args.program)
    try:
        server.start()
        print(f"start to ready {server.start_seconds * 1000:.0f} ms, resident {server.resident_mib() or 0:.0f} MiB with nothing loaded")
        tally.check(server.client().send("PUT", "/sky/_doc/kept?refresh=true", {"text": "kept"}).status == 201, "a document is written")
        for test in (send_only_the_head_of_200_mb, send_200_mb, send_200_mb_chunked, send_gzip_bomb, send_in_the_limit, send_java_style_chunks, send_garbage, hang_up_early, send_slowly, pipeline):
            test(server, tally)
            kept = server.client().send("GET", "/sky/_doc/kept")
            tally.check(kept.status == 200 and kept.json()["_source"] == {"text": "kept"}, f"after {test.__name__} all is there", kept.text[:200])
        print(f"resident {server.resident_mib() or 0:.0f} MiB after it all")
        tally.check(server.stop() == 0, "SIGTERM ends the server with status 0", server.log())
    except (OSError, RuntimeError, ValueError, KeyError) as error:
        tally.check(False, "the test ran to its end", f"{type(error).__name__}: {error}\n{server.log()}")
    finally:
        server.close()
    return tally.end()


if __name__ == "__main__":
    sys.exit(main())
