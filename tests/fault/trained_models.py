#!/usr/bin/env python3
"""Uploads of trained models that are hostile, cut off or interrupted: a clear 400, nothing executed or written elsewhere, the server lives; what was
acknowledged is there after kill -9.

Hostile archives are the fixture bert-rerank with one thing changed.
"""

import base64
import io
import json
import os
import pathlib
import struct
import sys
import tempfile
import zipfile

import _common
from selene_server import Server

FIXTURE = _common.ROOT / "tests" / "golden" / "eland" / "bert-rerank"
QUERY = {"docs": [{"text_field": "short"}], "inference_config": {"text_similarity": {"text": "what"}}}
EXPECTED = 0.474090218


def entries():
    with zipfile.ZipFile(FIXTURE / "traced_pytorch_model.pt") as archive:
        return [(info.filename, archive.read(info)) for info in archive.infolist() if not info.filename.endswith(".debug_pkl")]


def pack(items, compress=()):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in items:
            kind = zipfile.ZIP_DEFLATED if name in compress else zipfile.ZIP_STORED
            archive.writestr(zipfile.ZipInfo(name), data, compress_type=kind)
    return buffer.getvalue()


def changed(suffix, change):
    return pack([(name, change(data) if name.endswith(suffix) else data) for name, data in entries()])


def with_code(before, after):
    def change(data):
        if before not in data:
            raise ValueError(f"the fixture's code has no {before}")
        return data.replace(before, after, 1)

    return changed("/modeling_bert/___torch_mangle_84.py", change)


def flipped_directory(data, field, value):
    """The archive with a field of the directory's first entry changed: (offset, format)."""
    out = bytearray(data)
    at = out.index(b"PK\x01\x02")
    struct.pack_into(field[1], out, at + field[0], value)
    return bytes(out)


def hostile(marker):
    """(name, archive, part of the reason)."""
    command = f"touch {marker}".encode()
    call = b"\x80\x02cos\nsystem\n(X" + struct.pack("<I", len(command)) + command + b"tR."
    top = entries()[0][0].split("/")[0]
    plain = pack(entries())
    half = len(plain) // 2
    return [
        ("REDUCE of os.system in constants.pkl", changed("constants.pkl", lambda _: call), "[os system] is not on the list"),
        ("REDUCE of os.system in data.pkl", changed("data.pkl", lambda _: call), "[os system] is not on the list"),
        ("builtins eval", changed("constants.pkl", lambda _: b"\x80\x02cbuiltins\neval\n(X\x01\x00\x00\x001tR."), "[builtins eval]"),
        ("protocol 4", changed("constants.pkl", lambda _: b"\x80\x04N."), "protocol [4]"),
        ("pickle cut off", changed("constants.pkl", lambda data: data[:-100]), "the pickle is refused"),
        ("climbing name", pack(entries() + [(f"{top}/../../../evil", b"x")]), "name is empty, absolute, climbs"),
        ("absolute name", pack(entries() + [("/tmp/evil", b"x")]), "name is empty, absolute, climbs"),
        ("second top folder", pack(entries() + [("other/x", b"x")]), "lies outside the folder"),
        ("not frozen", pack(entries() + [(f"{top}/data/0", b"1234")]), "it is not frozen"),
        ("zip bomb as code", pack([(n, b"\n" * (200 << 20) if n.endswith("84.py") else d) for n, d in entries()], compress=[n for n, _ in entries() if n.endswith("84.py")]), "at most"),
        ("big-endian", changed("byteorder", lambda _: b"big"), "not little-endian"),
        ("storage too short", changed("constants/0", lambda data: data[:-4]), "which are not"),
        ("storage too long", changed("constants/0", lambda data: data + b"1234"), "which are not"),
        ("missing storage", pack([item for item in entries() if not item[0].endswith("constants/3")]), "has no entry"),
        ("missing code", pack([item for item in entries() if not item[0].endswith(".py")]), "has no entry"),
        ("weights that are no numbers", changed("constants/0", lambda data: struct.pack("<f", float("nan")) + data[4:]), "not a finite number"),
        ("lying size", flipped_directory(plain, (24, "<I"), 12345), "two sizes"),
        ("lying offset", flipped_directory(plain, (42, "<I"), half * 4), "lies outside the file"),
        ("lying checksum", flipped_directory(plain, (16, "<I"), 1), "checksum"),
        ("unknown operator", with_code(b"torch.gelu(", b"torch.load("), "operator [load]"),
        ("known operator in the wrong place", with_code(b"torch.gelu(input5)", b"torch.neg(input5)"), "not one of the supported architectures"),
        ("swapped residual", with_code(b"torch.add(input2, input0)", b"torch.add(input2, input2)"), "not one of the supported architectures"),
        ("import in the code", with_code(b"    _0 = ", b"    import os\n    _0 = "), "is not understood"),
        ("deep nesting", with_code(b"torch.gelu(input5)", b"torch.gelu(" * 50 + b"input5" + b")" * 50), "nests more than"),
        ("empty archive", pack([]), "it has no entries"),
        ("cut in half", plain[:half], "damaged"),
        ("text", b"this is no archive", "damaged"),
    ]


def put_model(client, name):
    client.send("DELETE", f"/_ml/trained_models/{name}?force=true")
    client.send("PUT", f"/_ml/trained_models/{name}", (FIXTURE / "config.json").read_bytes(), {"Content-Type": "application/json"})
    client.send("PUT", f"/_ml/trained_models/{name}/vocabulary", (FIXTURE / "vocabulary.json").read_bytes(), {"Content-Type": "application/json"})


def put_part(client, name, data, part, parts):
    size = -(-len(data) // parts)
    piece = data[part * size : (part + 1) * size]
    body = {"definition": base64.b64encode(piece).decode(), "total_definition_length": len(data), "total_parts": parts}
    return client.send("PUT", f"/_ml/trained_models/{name}/definition/{part}", body)


def files_below(folder):
    return {str(path.relative_to(folder)) for path in pathlib.Path(folder).rglob("*")}


def check_hostile(tally, server, outside):
    client = server.client()
    marker = os.path.join(outside, "executed")
    before = files_below(outside)
    for name, archive, reason in hostile(marker):
        put_model(client, "hostile")
        put_part(client, "hostile", archive, 0, 1)
        answer = client.send("POST", "/_ml/trained_models/hostile/deployment/_start")
        tally.check(answer.status == 400 and reason in answer.text, name, f"{answer.status} {answer.text[:400]}")
        tally.check(server.alive(), f"{name}: the server lives")
    tally.check(files_below(outside) == before, "nothing was executed or written beside the data folder", files_below(outside))
    tally.check(not os.path.exists("/tmp/evil"), "no absolute name was written")
    client.send("DELETE", "/_ml/trained_models/hostile?force=true")
    left = server.data / "trained_models" / "hostile"
    tally.check(not left.exists(), "a deleted model leaves no files")


def check_kill(tally, server):
    """kill -9 after each part: acknowledged parts need not be sent again."""
    data = (FIXTURE / "traced_pytorch_model.pt").read_bytes()
    put_model(server.client(), "killed")
    for part in range(3):
        answer = put_part(server.client(), "killed", data, part, 3)
        tally.check(answer.status == 200, f"part {part}", answer.text[:300])
        server.kill()
        if part < 2:
            with open(server.data / "trained_models" / "killed" / "definition.pt", "ab") as file:
                file.write(b"half of a part whose record was never written")
        server.start()
    answer = server.client().send("POST", "/_ml/trained_models/killed/deployment/_start")
    tally.check(answer.status == 200, "start after kills", answer.text[:300])
    infer(tally, server, "after the upload")
    server.kill()
    server.start()
    infer(tally, server, "after another kill, without a new start")
    stats = server.client().send("GET", "/_ml/trained_models/killed/_stats").json()
    tally.check(stats["trained_model_stats"][0].get("deployment_stats", {}).get("state") == "started", "the deployment is remembered", stats)


def infer(tally, server, when):
    answer = server.client().send("POST", "/_ml/trained_models/killed/_infer", QUERY)
    got = answer.json().get("inference_results", [{}])[0].get("predicted_value")
    tally.check(got is not None and abs(got - EXPECTED) < 2e-5, f"infer {when}", answer.text[:300])


def main():
    args = _common.parser(__doc__).parse_args()
    tally = _common.Tally()
    server = Server(args.program).start()
    try:
        with tempfile.TemporaryDirectory() as outside:
            check_hostile(tally, server, outside)
        check_kill(tally, server)
    finally:
        server.close()
    return tally.end()


if __name__ == "__main__":
    sys.exit(main())
