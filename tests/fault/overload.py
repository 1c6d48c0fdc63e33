#!/usr/bin/env python3
"""Re-ranking under ten times the load the server can carry: what it can do it does, the rest is refused at once with 429, and what nobody
waits for any more is not computed.

Without `--measure` a short run that asserts no times: every answer is 200 or 429, both occur, abandoned requests are dropped, the server lives.
With `--measure` 30 s of overload, whose figures are printed and compared with unloaded runs before and after it: goodput at least 90 %, refusals
within 50 ms. Whether the machine itself was steady is told by how far the two unloaded runs differ.
"""

import itertools
import json
import pathlib
import re
import statistics
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import _common  # noqa: E402
from selene_server import Server  # noqa: E402

TEXT = "The moon is the only natural satellite of the earth and the fifth largest satellite of the solar system. "
INPUTS = [f"{i} {TEXT}" for i in range(50)]
PATH = "/_inference/rerank/.rerank-v1-elasticsearch"


NUMBERS = itertools.count()
REST = json.dumps({"input": INPUTS, "return_documents": False}).encode()[1:]


def body():
    """Another query each time: scores that are known already would cost nothing. Few steps, as clients share the server's processors."""
    return b'{"query":"how far away is moon number %d",%s' % (next(NUMBERS), REST)


def counter(client, name):
    found = re.search(rf'selene_inference_{name}{{inference_id="\.rerank-v1-elasticsearch"}} (\S+)', client.send("GET", "/metrics").text)
    return float(found.group(1)) if found else 0.0


class Load:
    """Threads that each send one request after the other, at most one in `pause_s`, and note (status, seconds)."""

    def __init__(self, server, num_threads, pause_s=0.0):
        self.server, self.pause_s, self.stopping = server, pause_s, threading.Event()
        self.lock, self.answers = threading.Lock(), []
        self.threads = [threading.Thread(target=self.work) for _ in range(num_threads)]

    def work(self):
        client = self.server.client()
        while not self.stopping.is_set():
            started = time.monotonic()
            status = client.send("POST", PATH, body()).status
            seconds = time.monotonic() - started
            with self.lock:
                self.answers.append((status, seconds))
            self.stopping.wait(max(self.pause_s - seconds, 0))
        client.close()

    def run(self, seconds=None, until=None):
        """For a time, or until `until(answers)` holds."""
        for thread in self.threads:
            thread.start()
        deadline = time.monotonic() + (seconds or 120)
        while time.monotonic() < deadline and not (until and until(self.answers)):
            self.stopping.wait(0.02)
        elapsed = seconds or 0
        self.stopping.set()
        for thread in self.threads:
            thread.join()
        return elapsed


def short_run(server, tally):
    load = Load(server, num_threads=16)
    load.run(until=lambda answers: {200, 429} <= {status for status, _ in list(answers)} and len(answers) > 50)
    seen = {status for status, _ in load.answers}
    tally.check(seen == {200, 429}, "some are answered, the rest are refused", seen)


def abandoned_requests(server, tally):
    """Clients that hang up while they wait: their work is dropped, not done."""
    client = server.client()
    before, pairs_before = counter(client, "dropped_total"), counter(client, "pairs_total")
    blocker = Load(server, num_threads=2)
    for thread in blocker.threads:
        thread.start()
    leaving = []
    deadline = time.monotonic() + 60
    while counter(client, "dropped_total") == before and time.monotonic() < deadline:
        impatient = server.client(timeout_s=0.01)
        try:
            impatient.send("POST", PATH, body())
        except OSError:
            leaving.append(impatient)
        impatient.close()
    blocker.stopping.set()
    for thread in blocker.threads:
        thread.join()
    dropped = counter(client, "dropped_total") - before
    computed = counter(client, "pairs_total") - pairs_before
    answered = sum(status == 200 for status, _ in blocker.answers)
    tally.check(dropped >= 1, "a request whose client left is dropped", f"{dropped} of {len(leaving)}")
    tally.check(computed <= (answered + len(leaving)) * len(INPUTS), "nothing is computed twice", computed)
    client.close()


def unloaded_rate(server, seconds=10):
    """Requests/s of two clients that wait for their answers: one request is computed while the next one waits."""
    calm = Load(server, 2)
    calm.run(seconds=seconds)
    return sum(status == 200 for status, _ in calm.answers) / seconds


def measure(server, tally):
    Load(server, 1).run(seconds=2)  # warm
    before = unloaded_rate(server)
    # Ten times that, open loop: each of the threads sends one request a period.
    num_threads = 60
    load = Load(server, num_threads, pause_s=num_threads / (10 * before))
    load.run(seconds=30)
    good = sum(status == 200 for status, _ in load.answers) / 30
    after = unloaded_rate(server)
    capacity = (before + after) / 2
    refused = sorted(seconds for status, seconds in load.answers if status == 429)
    p99 = refused[int(len(refused) * 0.99)] * 1000 if refused else float("nan")
    print(f"unloaded {before:.1f} requests/s before, {after:.1f} after; offered {len(load.answers) / 30:.1f}/s; goodput {good:.1f}/s ({100 * good / capacity:.0f} %); "
          f"{len(refused)} refused, median {statistics.median(refused) * 1000 if refused else 0:.1f} ms, p99 {p99:.1f} ms")
    tally.check({status for status, _ in load.answers} <= {200, 429}, "only 200 and 429")
    tally.check(good >= 0.9 * capacity, "goodput is at least 90 % of the unloaded rate", f"{good:.1f} of {capacity:.1f}")
    tally.check(refused and p99 <= 50, "refusals take at most 50 ms (p99)", p99)


def main():
    parser = _common.parser(__doc__.splitlines()[0])
    parser.add_argument("--measure", action="store_true", help="30 s of overload with figures, on a machine that does nothing else")
    arguments = parser.parse_args()
    tally = _common.Tally()
    settings = ["-E", "xpack.ml.deployment.queue_capacity=4"]
    with Server(arguments.program, arguments=settings) as server:
        if arguments.measure:
            measure(server, tally)
        else:
            short_run(server, tally)
        abandoned_requests(server, tally)
        tally.check(server.alive(), "the server lives", server.log())
    return tally.end()


if __name__ == "__main__":
    sys.exit(main())
