#!/usr/bin/env python3
"""Runs the REST tests of tests/rest/*.yml against a server.

Without --url it starts one server of its own per file, with an empty data folder. With --url it runs against a server that is up already (Selene
or Elasticsearch) and removes only what the sections name; with --alone beside it, every index that they made in whatever way. The last line is `N passed, N failed`. The format of the files: tests/rest/README.md.
Needs PyYAML (python3-yaml).
"""

import argparse
import base64
import gzip
import json
import math
import pathlib
import re
import sys
import time
import urllib.parse

import yaml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from selene_server import Client, Server  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parent.parent
MISSING = object()
VARIABLE = re.compile(r"\$\{([a-z_0-9]+)\}")
CHECKS = ("match", "not_match", "close_to", "length", "is_true", "is_false", "gt", "gte", "lt", "lte", "contains", "set", "header", "keys", "text", "mapped")
DO_KEYS = {"do", "body", "ndjson", "raw", "bytes", "repeat", "file", "definition", "gzip", "headers", "status", "only"}


class Failed(Exception):
    pass


class Loader(yaml.SafeLoader):
    """Refuses a key given twice and remembers the line of every step."""


def build_mapping(loader, node):
    seen = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in seen:
            raise yaml.constructor.ConstructorError(None, None, f"key [{key}] given twice", key_node.start_mark)
        seen[key] = loader.construct_object(value_node, deep=True)
    if len(node.value) and any(key in seen for key in ("do", *CHECKS)):
        seen["__line__"] = node.start_mark.line + 1
    return seen


# "on", "off", "yes", "no" and dates stay the strings they are in JSON
Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in ("tag:yaml.org,2002:bool", "tag:yaml.org,2002:timestamp")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, build_mapping)


def without_lines(value):
    if isinstance(value, dict):
        return {key: without_lines(item) for key, item in value.items() if key != "__line__"}
    return [without_lines(item) for item in value] if isinstance(value, list) else value


def find(document, path):
    """The value at a dotted path, or MISSING. `\\.` is a dot inside a name; a number is an index into an array."""
    value = document
    for part in [p.replace("\\.", ".") for p in re.split(r"(?<!\\)\.", path)] if path else []:
        if isinstance(value, dict) and part in value:
            value = value[part]
        elif isinstance(value, list) and re.fullmatch(r"-?\d+", part) and -len(value) <= int(part) < len(value):
            value = value[int(part)]
        else:
            return MISSING
    return value


def is_regex(expected):
    return isinstance(expected, str) and len(expected) > 1 and expected.startswith("/") and expected.endswith("/")


def equal(actual, expected):
    """JSON equality: 1 == 1.0, but true != 1. A string /.../ is a regular expression that must be found."""
    if is_regex(expected):
        return isinstance(actual, (str, int, float)) and re.search(expected[1:-1], str(actual), re.S) is not None
    if isinstance(expected, bool) or isinstance(actual, bool):
        return actual is expected
    if isinstance(expected, dict):
        return isinstance(actual, dict) and actual.keys() == expected.keys() and all(equal(actual[key], expected[key]) for key in expected)
    if isinstance(expected, list):
        return isinstance(actual, list) and len(actual) == len(expected) and all(map(equal, actual, expected))
    return type(actual) is type(expected) and actual == expected or (isinstance(actual, (int, float)) and isinstance(expected, (int, float)) and actual == expected)


def show(value):
    text = "nothing" if value is MISSING else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 600 else text[:600] + " ..."


def definition_part(file, part=0, parts=1, **changed):
    """The body of PUT _ml/trained_models/{id}/definition/{part} for one of `parts` equal pieces of a file."""
    data = (ROOT / "tests" / file).read_bytes()
    size = -(-len(data) // parts)
    piece = data[part * size : (part + 1) * size]
    body = {"definition": base64.b64encode(piece).decode(), "total_definition_length": len(data), "total_parts": parts}
    return {**body, **changed}


def bulk_actions(body):
    """The actions of a bulk body, each with its document, as bodies of their own."""
    lines, actions = body.splitlines(keepends=True), []
    while lines:
        count = 1 if lines[0].lstrip().startswith((b'{"delete"', b"{'delete'")) else 2
        actions.append(b"".join(lines[:count]))
        lines = lines[count:]
    return actions


class Section:
    """One run of the steps of a section: the last answer and the variables."""

    def __init__(self, client, is_own, one_document_a_segment=False, is_alone=False):
        self.client, self.is_own, self.one_document_a_segment = client, is_own, one_document_a_segment
        self.is_alone = is_own or is_alone  # every index that appears is a test's
        self.answer, self.document = None, None
        self.variables = {"server": f"http://{client.host}:{client.port}"}  # a vendor that is always there
        self.created = set()

    def fill(self, value):
        """Puts variables into strings; a string that is one variable only becomes its value."""
        if isinstance(value, str):
            whole = VARIABLE.fullmatch(value)
            if whole and whole.group(1) in self.variables:
                return self.variables[whole.group(1)]
            return VARIABLE.sub(lambda match: str(self.variables.get(match.group(1), match.group(0))), value)
        if isinstance(value, dict):
            return {self.fill(key): self.fill(item) for key, item in value.items()}
        return [self.fill(item) for item in value] if isinstance(value, list) else value

    def run(self, steps):
        for step in steps:
            line = step.get("__line__", 0)
            only = step.get("only")
            if only and not self.is_own:
                continue
            try:
                self.do(step) if "do" in step else self.check(without_lines(step))
            except Failed as error:
                raise Failed(f"line {line}: {error}") from None
            except (OSError, ValueError) as error:
                raise Failed(f"line {line}: {type(error).__name__}: {error}") from None

    def request_body(self, step):
        """(bytes or None, default content type)"""
        given = [key for key in ("body", "ndjson", "raw", "bytes", "repeat", "file", "definition") if key in step]
        if len(given) > 1:
            raise Failed(f"give one of {given}")
        if not given:
            return None, None
        value = self.fill(without_lines(step[given[0]]))
        if given[0] == "body":
            return json.dumps(value, ensure_ascii=False).encode(), "application/json"
        if given[0] == "ndjson":
            for line in value:
                self.note_created_by(line)
            return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in value).encode(), "application/x-ndjson"
        if given[0] == "raw":
            return value.encode(), "application/json"
        if given[0] == "bytes":
            return value.encode("latin-1"), "application/json"
        if given[0] == "file":
            return (ROOT / "tests" / value).read_bytes(), "application/json"
        if given[0] == "definition":
            return json.dumps(definition_part(**value)).encode(), "application/json"
        return value["before"].encode() + value["text"].encode() * value["times"] + value["after"].encode(), "application/json"

    def do(self, step):
        unknown = set(step) - DO_KEYS - {"__line__"}
        if unknown:
            raise Failed(f"unknown keys {sorted(unknown)} beside do")
        method, path = self.fill(step["do"]).split(" ", 1)
        body, content_type = self.request_body(step)
        headers = self.fill(without_lines(step.get("headers", {})))
        if content_type and not any(name.lower() == "content-type" for name in headers):
            headers["Content-Type"] = content_type
        if step.get("gzip"):
            body, headers["Content-Encoding"] = gzip.compress(body), "gzip"
        self.note_created(method, path)
        path_sent = urllib.parse.quote(path, safe="/?&=%,*:+~!'()-._<>{}")
        if self.one_document_a_segment and "ndjson" in step and "_bulk?refresh=true" in path and not step.get("gzip"):
            self.answer = self.bulk_one_by_one(method, path_sent, body, headers)
        else:
            self.answer = self.client.send(method, path_sent, body, headers)
        if self.answer.headers.get("content-encoding") == "gzip":
            self.answer.body = gzip.decompress(self.answer.body)
        try:
            self.document = json.loads(self.answer.body) if self.answer.body else MISSING
        except ValueError:
            self.document = MISSING
        self.check_status(step.get("status"), method, path)

    def bulk_one_by_one(self, method, path, body, headers):
        """Sends each action of a bulk that refreshes as one of its own, so that each document is a segment. The answer as if it had been one."""
        answer, joined = None, None
        for part in bulk_actions(body):
            answer = self.client.send(method, path, part, headers)
            if answer.status != 200:
                return answer
            document = json.loads(answer.body)
            if joined is None:
                joined = document
            else:
                joined["errors"] = joined["errors"] or document["errors"]
                joined["items"] += document["items"]
        answer.body = json.dumps(joined).encode()
        return answer

    def check_status(self, expected, method, path):
        got = self.answer.status
        allowed = expected if isinstance(expected, list) else [expected] if expected is not None else range(200, 300)
        if got not in allowed:
            raise Failed(f"{method} {path}: status {got}, expected {expected or '2xx'}: {self.answer.text[:600]}")
        if got >= 400 and isinstance(self.document, dict) and "error" in self.document and self.document.get("status", got) != got:
            raise Failed(f"{method} {path}: status {got} but the body says {self.document['status']}")

    def note_created(self, method, path):
        names = path.lstrip("/").split("?")[0].split("/")
        if method in ("PUT", "POST") and names[0] and not names[0].startswith(("_", "*")):
            self.created.add(f"/{names[0]}")
        if method == "PUT" and names[0] == "_inference":
            self.created.add(f"/_inference/{names[-1]}?force=true")
        if method == "PUT" and names[:2] == ["_ml", "trained_models"] and len(names) == 3:
            self.created.add(f"/_ml/trained_models/{names[2]}?force=true")

    def note_created_by(self, line):
        """A bulk action that names its index."""
        for action in line.values() if isinstance(line, dict) else ():
            if isinstance(action, dict) and isinstance(action.get("_index"), str):
                self.created.add("/" + action["_index"])

    def value(self, path):
        return find(self.document, self.fill(path)) if self.document is not MISSING else MISSING

    def check(self, step):
        names = [name for name in step if name in CHECKS]
        if len(names) != 1 or set(step) - {"__line__", "only"} != set(names):
            raise Failed(f"unknown step {sorted(step)}")
        getattr(self, "check_" + names[0])(step[names[0]])

    def each(self, expectations):
        for path, expected in expectations.items():
            yield path, self.value(path), self.fill(expected)

    def check_match(self, expectations):
        for path, actual, expected in self.each(expectations):
            if not equal(actual, expected):
                where = "" if actual is not MISSING else f" in {self.answer.text[:600]}"
                raise Failed(f"[{path}] is {show(actual)}, expected {show(expected)}{where}")

    def check_not_match(self, expectations):
        for path, actual, expected in self.each(expectations):
            if equal(actual, expected):
                raise Failed(f"[{path}] is {show(actual)}")

    def check_close_to(self, expectations):
        for path, actual, expected in self.each(expectations):
            if isinstance(actual, bool) or not isinstance(actual, (int, float)) or not math.isclose(actual, expected["value"], rel_tol=0, abs_tol=expected["error"]):
                raise Failed(f"[{path}] is {show(actual)}, expected {expected['value']} within {expected['error']}")

    def check_mapped(self, expectations):
        """A hit's score is what text_similarity_reranker makes of a raw score: max(s, 0) + min(e^s, 1)."""
        for path, actual, raw in self.each(expectations):
            expected = max(raw, 0) + min(math.exp(min(raw, 1)), 1)
            if not isinstance(actual, float) or not math.isclose(actual, expected, rel_tol=2e-3):
                raise Failed(f"[{path}] is {show(actual)}, expected {expected} from the raw score {raw}")

    def check_length(self, expectations):
        for path, actual, expected in self.each(expectations):
            if not isinstance(actual, (list, dict, str)) or len(actual) != expected:
                raise Failed(f"[{path}] has length {len(actual) if isinstance(actual, (list, dict, str)) else show(actual)}, expected {expected}: {show(actual)}")

    def check_is_true(self, path):
        if self.value(path) in (MISSING, None, False, "", 0, "false"):
            raise Failed(f"[{path}] is {show(self.value(path))}, expected something: {self.answer.text[:600]}")

    def check_is_false(self, path):
        if self.value(path) not in (MISSING, None, False, "", 0, "false"):
            raise Failed(f"[{path}] is {show(self.value(path))}, expected nothing")

    def compare(self, expectations, holds, words):
        for path, actual, expected in self.each(expectations):
            if isinstance(actual, bool) or not isinstance(actual, (int, float)) or not holds(actual, expected):
                raise Failed(f"[{path}] is {show(actual)}, expected {words} {expected}")

    def check_gt(self, expectations):
        self.compare(expectations, lambda a, b: a > b, "more than")

    def check_gte(self, expectations):
        self.compare(expectations, lambda a, b: a >= b, "at least")

    def check_lt(self, expectations):
        self.compare(expectations, lambda a, b: a < b, "less than")

    def check_lte(self, expectations):
        self.compare(expectations, lambda a, b: a <= b, "at most")

    def check_contains(self, expectations):
        """An array holds an element that has all the given members, or a string holds a text."""
        for path, actual, expected in self.each(expectations):
            if isinstance(actual, str) and isinstance(expected, str):
                ok = expected in actual
            elif isinstance(actual, list) and isinstance(expected, dict):
                ok = any(isinstance(item, dict) and all(equal(find(item, key), value) for key, value in expected.items()) for item in actual)
            else:
                ok = isinstance(actual, list) and any(equal(item, expected) for item in actual)
            if not ok:
                raise Failed(f"[{path}] is {show(actual)}, which does not hold {show(expected)}")

    def check_keys(self, expectations):
        """The names of an object, in any order."""
        for path, actual, expected in self.each(expectations):
            if not isinstance(actual, dict) or set(actual) != set(expected):
                raise Failed(f"[{path}] has the keys {sorted(actual) if isinstance(actual, dict) else show(actual)}, expected {sorted(expected)}")

    def check_header(self, expectations):
        for name, expected in expectations.items():
            actual = self.answer.headers.get(name.lower(), MISSING)
            if (expected is None) != (actual is MISSING) or (expected is not None and not equal(actual, self.fill(expected))):
                raise Failed(f"header [{name}] is {show(actual)}, expected {show(expected)}")

    def check_text(self, expected):
        """The whole body as text."""
        if not equal(self.answer.text, self.fill(expected)):
            raise Failed(f"the body is {show(self.answer.text)}, expected {show(expected)}")

    def check_set(self, targets):
        for path, name in targets.items():
            value = self.value(path)
            if value is MISSING:
                raise Failed(f"[{path}] is missing in {self.answer.text[:600]}")
            self.variables[name] = value

    def clean_up(self, kept_indices):
        """Removes what the section made, so that the next one starts from nothing."""
        for path in sorted(self.created, reverse=True):
            if path.lstrip("/") not in kept_indices:
                self.client.send("DELETE", path)
        if not self.is_alone:
            return  # what else is there belongs to others
        answer = self.client.send("GET", "/_cat/indices?format=json&expand_wildcards=all&h=index")
        if answer.status == 200:
            for row in answer.json():
                if row["index"] not in kept_indices and not (self.is_own and row["index"].startswith(".")):
                    self.client.send("DELETE", "/" + row["index"])


def load_file(path):
    """{name: steps} of one file, with `setup` and `teardown` if given."""
    content = yaml.load(path.read_text(encoding="utf-8"), Loader)
    if not isinstance(content, dict) or not all(isinstance(steps, list) for steps in content.values()):
        raise ValueError(f"{path.name}: a mapping of section names to lists of steps is expected")
    return content


def load_known(path):
    """{"file.yml: section": reason} of lines `file.yml: section | reason`; `#` starts a comment, `file.yml: *` stands for a whole file."""
    known = {}
    for line in path.read_text(encoding="utf-8").splitlines() if path else []:
        if line.strip() and not line.startswith("#"):
            name, bar, reason = line.partition(" | ")
            if not bar or not reason.strip():
                raise ValueError(f"{path.name}: a known difference is `file.yml: section | reason`: {line}")
            known[name.strip()] = reason.strip()
    return known


class Suite:
    def __init__(self, args):
        self.args, self.passed, self.failures, self.skipped = args, 0, [], 0
        self.known, self.differed = load_known(args.known_differences), []

    def reason(self, name):
        """Why a section is known to fail against the server of --url; None if it is not."""
        return self.known.get(name) or self.known.get(name.split(": ")[0] + ": *")

    def fail(self, name, why):
        self.failures.append(name)
        print(f"FAILED {name}\n    {why}", flush=True)

    def run_section(self, client, name, steps, content, kept_indices):
        section = Section(client, self.args.url is None, self.args.one_document_a_segment, self.args.alone)
        why = None
        try:
            section.run(content.get("setup", []))
            section.run(steps)
        except Failed as error:
            why = str(error)
        for clean in (lambda: section.run(content.get("teardown", [])), lambda: section.clean_up(kept_indices)):
            try:
                clean()
            except (Failed, OSError, ValueError, KeyError, TypeError) as error:
                why = why or f"cleaning up: {error}"
        if why and self.reason(name):
            self.differed.append(name)
        elif why:
            self.fail(name, why)
        else:
            self.passed += 1
            if name in self.known:
                print(f"no longer different: {name}", flush=True)

    def run_file(self, path):
        content = load_file(path)
        sections = {name: steps for name, steps in content.items() if name not in ("setup", "teardown")}
        wanted = {name: steps for name, steps in sections.items() if not self.args.section or self.args.section in name}
        if not wanted:
            return
        started, failures_before = time.monotonic(), len(self.failures)
        server = None if self.args.url else Server(self.args.program, arguments=self.args.serve_argument)
        try:
            if server:
                server.start()
            client = Client(server.url if server else self.args.url)
            answer = client.send("GET", "/_cat/indices?format=json&expand_wildcards=all&h=index") if self.args.url else None
            kept = {row["index"] for row in answer.json()} if answer else set()
            for name, steps in wanted.items():
                self.run_section(client, f"{path.name}: {name}", steps, content, kept)
                if server and not server.alive():
                    self.fail(f"{path.name}: {name}", f"the server ended with status {server.process.returncode}\n{server.log()}")
                    server.start()
                    client = Client(server.url)
        except (OSError, RuntimeError, ValueError) as error:
            self.fail(f"{path.name}: start of the server", error)
        finally:
            if server:
                if server.alive() and server.stop() != 0:
                    self.fail(f"{path.name}: stop of the server", "SIGTERM did not end it with status 0\n" + server.log())
                server.close()
        failed = len(self.failures) - failures_before
        print(f"{path.name:<32} {len(wanted):>4} sections, {failed} failed  ({time.monotonic() - started:.1f} s)", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", default=str(ROOT / "build" / "selene"))
    parser.add_argument("--url", help="a server that is up, instead of one of our own")
    parser.add_argument("--alone", action="store_true", help="nothing else uses the server of --url: every index that appears meanwhile is removed")
    parser.add_argument("--known-differences", type=pathlib.Path, help="sections that may fail against the server of --url: lines `file.yml: section | reason`")
    parser.add_argument("--section", help="only sections whose name holds this text")
    parser.add_argument("--serve-argument", action="append", default=[], help="passed on to `selene serve`")
    parser.add_argument("--one-document-a-segment", action="store_true", help="documents of a bulk that refreshes become a segment each")
    parser.add_argument("--list", action="store_true", help="print the sections and end")
    parser.add_argument("files", nargs="*", type=pathlib.Path, help="default: tests/rest/*.yml")
    args = parser.parse_args()

    files = args.files or sorted((ROOT / "tests" / "rest").glob("*.yml"))
    if args.list:
        names = [f"{path.name}: {name}" for path in files for name in load_file(path) if name not in ("setup", "teardown")]
        print("\n".join(names) + f"\n{len(names)} sections")
        return 0
    suite = Suite(args)
    for path in files:
        try:
            suite.run_file(path)
        except (ValueError, yaml.YAMLError) as error:
            suite.fail(path.name, error)
    if suite.known:
        print(f"{len(suite.differed)} known differences")
    print(f"{suite.passed} passed, {len(suite.failures)} failed")
    return 1 if suite.failures or not suite.passed else 0


if __name__ == "__main__":
    sys.exit(main())
