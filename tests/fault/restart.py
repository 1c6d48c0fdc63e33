#!/usr/bin/env python3
"""A server that was killed with many documents is ready again soon, and has them all.

    tests/fault/restart.py [--docs 1000000]

Prints how long the restart took; that it is quick is read off there, not asserted.
"""

import json
import random
import sys

import _common
from selene_server import Server

INDEX = "many"
BATCH = 5000


def bodies(num_docs):
    rng = random.Random(5)
    words = ["".join(rng.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(rng.randint(3, 9))) for _ in range(20000)]
    for begin in range(0, num_docs, BATCH):
        lines = []
        for i in range(begin, min(num_docs, begin + BATCH)):
            text = " ".join(words[min(len(words) - 1, int(rng.paretovariate(0.6)))] for _ in range(12))
            lines.append(f'{{"index":{{"_id":"{i}"}}}}\n{json.dumps({"n": i, "text": text})}\n')
        yield "".join(lines).encode()


def main():
    parser = _common.parser(__doc__.splitlines()[0])
    parser.add_argument("--docs", type=int, default=20000)
    args = parser.parse_args()
    tally, server = _common.Tally(), Server(args.program)
    try:
        server.start()
        client = server.client(120)
        tally.check(client.send("PUT", f"/{INDEX}", {"mappings": {"properties": {"text": {"type": "text"}, "n": {"type": "long"}}}}).status == 200, "an index can be made")
        for body in bodies(args.docs):
            answer = client.send("POST", f"/{INDEX}/_bulk?filter_path=errors", body, {"Content-Type": "application/x-ndjson"})
            if not tally.check(answer.status == 200 and answer.json()["errors"] is False, "a bulk is accepted", answer.text[:200]):
                break
        server.kill()
        server.start()
        client = server.client(120)
        count = client.send("GET", f"/{INDEX}/_count").json()["count"]
        tally.check(count == args.docs, "every document is found at once", f"{count} of {args.docs}")
        last = client.send("GET", f"/{INDEX}/_doc/{args.docs - 1}").json()
        tally.check(last["_source"]["n"] == args.docs - 1 and last["_seq_no"] == args.docs - 1, "the last one has its number", last)
        print(f"{args.docs} documents: ready {server.start_seconds * 1000:.0f} ms after the start")
    except (OSError, RuntimeError, ValueError, KeyError) as error:
        tally.check(False, "the test ran to its end", f"{type(error).__name__}: {error}\n{server.log()}")
    finally:
        server.close()
    return tally.end()


if __name__ == "__main__":
    sys.exit(main())
