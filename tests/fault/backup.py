#!/usr/bin/env python3
"""Backup while serving, restore, check, and a disk that is too full.

A backup taken under writes holds every write that was acknowledged before it began. A restored folder serves the same; a damaged backup is refused with the
file's name. `selene check` finds damage, and repairs what is derived. A server that may not fill the disk any more refuses writes as Elasticsearch does and
goes on answering reads.
"""

import json
import pathlib
import subprocess
import sys
import tempfile
import threading

import _common
from selene_server import Server

INDEX = "kept"


def bulk(client, first, count):
    lines = "".join(f'{{"index":{{"_id":"{i}"}}}}\n{{"text":"common word{i % 7}"}}\n' for i in range(first, first + count))
    return client.send("POST", f"/{INDEX}/_bulk", lines, {"Content-Type": "application/x-ndjson"})


def run(program, *arguments):
    done = subprocess.run([str(program), *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300, check=False)
    return done.returncode, done.stdout


def ids(client):
    client.send("POST", f"/{INDEX}/_refresh")
    hits = client.send("POST", f"/{INDEX}/_search", {"size": 10000, "_source": False, "query": {"match": {"text": "common"}}}).json()["hits"]["hits"]
    return {hit["_id"] for hit in hits}


class Writer(threading.Thread):
    """Indexes new documents until it is told to stop."""

    def __init__(self, url, first):
        super().__init__(daemon=True)
        self.url, self.next, self.stopping, self.refused = url, first, threading.Event(), None

    def run(self):
        from selene_server import Client
        client = Client(self.url)
        while not self.stopping.is_set() and self.next < 9000:
            answer = bulk(client, self.next, 10)
            if answer.status != 200 or answer.json()["errors"]:
                self.refused = answer.text[:300]
                return
            self.next += 10


def check_backup(args, scratch, tally):
    server, restored = Server(args.program), None
    try:
        server.start()
        client = server.client()
        bulk(client, 0, 500)
        client.send("POST", f"/{INDEX}/_flush")
        writer = Writer(server.url, 1000)
        writer.start()
        while writer.next < 1100 and writer.refused is None:
            threading.Event().wait(0.005)
        acknowledged = writer.next
        status, output = run(args.program, "backup", server.data, scratch / "copy")
        tally.check(status == 0 and "backed up" in output, "a served folder can be backed up", output)
        writer.stopping.set()
        writer.join(60)
        tally.check(writer.refused is None, "writes go on during the backup", writer.refused)
        tally.check(not list((server.data / "backups").iterdir()), "nothing is left behind in the data folder")
        status, output = run(args.program, "backup", server.data, scratch / "copy")
        tally.check(status == 1 and "exists already" in output, "a backup never overwrites", output)

        status, output = run(args.program, "restore", scratch / "copy", scratch / "data")
        tally.check(status == 0, "a backup can be restored", output)
        restored = Server(args.program, data=scratch / "data")
        restored.start()
        found = ids(restored.client())
        wanted = {str(i) for i in range(500)} | {str(i) for i in range(1000, acknowledged)}
        tally.check(wanted <= found, "all that was acknowledged before is in it", sorted(wanted - found)[:5])
        tally.check(found <= {str(i) for i in range(500)} | {str(i) for i in range(1000, writer.next)}, "and nothing else")
        restored.stop()
        check_cold_backup(args, scratch, tally)
        check_damaged_backup(args, scratch, tally)
    finally:
        server.close()
        if restored:
            restored.close()


def check_cold_backup(args, scratch, tally):
    status, output = run(args.program, "backup", scratch / "data", scratch / "cold")
    tally.check(status == 0, "a folder that nobody serves can be backed up", output)
    status, output = run(args.program, "check", scratch / "data")
    tally.check(status == 0 and "0 faults" in output, "a restored folder is whole", output)


def check_damaged_backup(args, scratch, tally):
    victim = next(path for path in sorted((scratch / "cold" / "store").iterdir()) if path.stat().st_size > 0)
    content = bytearray(victim.read_bytes())
    content[len(content) // 2] ^= 16
    victim.write_bytes(content)
    status, output = run(args.program, "restore", scratch / "cold", scratch / "again")
    tally.check(status == 1 and victim.name in output and not (scratch / "again").exists(), "a damaged backup is refused with the file's name", output)


def check_repair(args, scratch, tally):
    data = scratch / "data"
    segments = sorted(data.glob("indices/*/*.seg"))
    tally.check(bool(segments), "the folder has segments")
    content = bytearray(segments[0].read_bytes())
    content[len(content) // 3] ^= 1
    segments[0].write_bytes(content)
    status, output = run(args.program, "check", data)
    tally.check(status == 1 and segments[0].name in output, "check names a damaged segment", output)
    status, output = run(args.program, "check", data, "--repair")
    tally.check(status == 0 and "repaired" in output and segments[0].name in output, "--repair rebuilds it", output)
    status, output = run(args.program, "check", data)
    tally.check(status == 0, "and then all is well", output)
    (data / "format").write_text("selene data 2\n")
    status, output = run(args.program, "check", data)
    tally.check(status == 1 and len(output.splitlines()) == 1 and "newer version" in output, "a newer format is refused with one line", output)
    (data / "format").write_text("selene data 1\n")


def check_full_disk(args, scratch, tally):
    server = Server(args.program, data=scratch / "data", arguments=["--flood-stage", "900000tb"])
    try:
        server.start()
        client = server.client()
        before = ids(client)
        answer = bulk(client, 7000, 2).json()
        reason = f"index [{INDEX}] blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark, index has read-only-allow-delete block];"
        errors = [item["index"] for item in answer["items"]]
        tally.check(answer["errors"] and all(error["status"] == 429 and error["error"]["type"] == "cluster_block_exception" and error["error"]["reason"] == reason for error in errors),
                    "bulk items are refused as Elasticsearch words it", json.dumps(answer)[:500])
        single = client.send("PUT", f"/{INDEX}/_doc/x", {"text": "common"})
        tally.check(single.status == 429 and single.json()["error"]["reason"] == reason, "so is a single document", single.text[:300])
        tally.check(ids(client) == before and client.send("GET", f"/{INDEX}/_doc/3").status == 200, "reads go on")
        tally.check(client.send("DELETE", f"/{INDEX}").status == 200, "an index can be deleted to free space")
        server.stop()
        server.arguments = []
        server.start()
        tally.check(bulk(server.client(), 0, 2).json()["errors"] is False, "with space again writes go on")
    finally:
        server.close()


def main():
    args = _common.parser(__doc__.splitlines()[0]).parse_args()
    tally = _common.Tally()
    with tempfile.TemporaryDirectory(prefix="selene-backup-") as folder:
        scratch = pathlib.Path(folder)
        try:
            check_backup(args, scratch, tally)
            check_repair(args, scratch, tally)
            check_full_disk(args, scratch, tally)
        except (OSError, RuntimeError, ValueError, KeyError, StopIteration, subprocess.TimeoutExpired) as error:
            tally.check(False, "the test ran to its end", f"{type(error).__name__}: {error}")
    return tally.end()


if __name__ == "__main__":
    sys.exit(main())
