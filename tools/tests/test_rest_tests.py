"""The REST runner: a check fails on what it must, and only on that."""

import http.server
import json
import pathlib
import sys
import tempfile
import threading
import unittest
import unittest.mock

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import rest_tests  # noqa: E402
from selene_server import Client  # noqa: E402


class EchoHandler(http.server.BaseHTTPRequestHandler):
    """Answers with what was asked: method, path, body, content type; status from the path /status/N."""

    protocol_version = "HTTP/1.1"

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        echo = {"method": self.command, "path": self.path, "body": body.decode("latin-1"), "type": self.headers.get("Content-Type"), "n": 2, "x": 1.5}
        text = json.dumps(echo).encode()
        self.send_response(int(self.path.split("/")[2]) if self.path.startswith("/status/") else 200)
        self.send_header("Content-Length", str(len(text)))
        self.send_header("X-Kind", "echo")
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = do_PUT = do_DELETE = answer

    def log_message(self, *_):
        pass


class RestTestsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), EchoHandler)
        threading.Thread(target=cls.server.serve_forever, daemon=True).start()
        cls.client = Client(f"http://127.0.0.1:{cls.server.server_port}", 10)

    @classmethod
    def tearDownClass(cls):
        cls.client.close()
        cls.server.shutdown()
        cls.server.server_close()

    def run_steps(self, text):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "a.yml"
            path.write_text("section:\n" + text, encoding="utf-8")
            rest_tests.Section(self.client, True).run(rest_tests.load_file(path)["section"])

    def passes(self, text):
        self.run_steps("  - do: GET /\n" + text)

    def fails(self, text, why):
        with self.assertRaisesRegex(rest_tests.Failed, why):
            self.run_steps("  - do: GET /\n" + text)

    def test_match(self):
        self.passes("  - match: {n: 2, path: /, x: 1.5, method: '/^G.T$/'}")
        self.fails("  - match: {n: 3}", r"line 3: \[n\] is 2, expected 3")
        self.fails("  - match: {none: 3}", "is nothing, expected 3")

    def test_true_is_not_one(self):
        self.assertFalse(rest_tests.equal(1, True))
        self.assertFalse(rest_tests.equal(True, 1))
        self.assertTrue(rest_tests.equal(1.0, 1))
        self.assertFalse(rest_tests.equal("1", 1))

    def removed(self, is_alone):
        """What a section that made /mine removes of a server that held `before` and now holds `mine` and `other` too."""

        class Node:
            host, port = "127.0.0.1", 9200
            sent = []

            def send(self, method, path):
                self.sent.append((method, path))
                answer = unittest.mock.Mock(status=200)
                answer.json.return_value = [{"index": name} for name in ("before", "mine", "other")]
                return answer

        node = Node()
        section = rest_tests.Section(node, False, is_alone=is_alone)
        section.created = {"/mine"}
        section.clean_up({"before"})
        return {path for method, path in node.sent if method == "DELETE"}

    def test_indices_of_others_stay_unless_there_are_no_others(self):
        self.assertEqual({"/mine"}, self.removed(is_alone=False))
        self.assertEqual({"/mine", "/other"}, self.removed(is_alone=True))

    def test_objects_are_equal_as_wholes(self):
        self.assertTrue(rest_tests.equal({"a": [1, {"b": None}]}, {"a": [1, {"b": None}]}))
        self.assertFalse(rest_tests.equal({"a": 1, "b": 2}, {"a": 1}))
        self.assertFalse(rest_tests.equal([1, 2], [1]))

    def test_numbers(self):
        self.passes("  - gt: {n: 1}\n  - gte: {n: 2}\n  - lt: {n: 3}\n  - lte: {n: 2}\n  - close_to: {x: {value: 1.49, error: 0.02}}")
        self.fails("  - gt: {n: 2}", "expected more than 2")
        self.fails("  - close_to: {x: {value: 1.4, error: 0.02}}", "expected 1.4 within 0.02")
        self.fails("  - close_to: {path: {value: 1.4, error: 0.02}}", "expected 1.4")

    def test_length_truth_and_keys(self):
        self.passes("  - length: {path: 1}\n  - is_true: n\n  - is_false: none\n  - keys: {'': [method, path, body, type, n, x]}")
        self.fails("  - is_true: none", "expected something")
        self.fails("  - is_false: n", "expected nothing")
        self.fails("  - keys: {'': [method]}", "has the keys")

    def test_header_and_text(self):
        self.passes("  - header: {x-kind: echo, x-none: null}\n  - text: '/\"method\": \"GET\"/'")
        self.fails("  - header: {x-kind: null}", "header")
        self.fails("  - text: other", "the body is")

    def test_status(self):
        self.run_steps("  - do: GET /status/404\n    status: 404\n  - do: GET /status/404\n    status: [400, 404]\n")
        with self.assertRaisesRegex(rest_tests.Failed, "line 2: GET /status/404: status 404, expected 2xx"):
            self.run_steps("  - do: GET /status/404\n")
        with self.assertRaisesRegex(rest_tests.Failed, "status 200, expected 404"):
            self.run_steps("  - do: GET /\n    status: 404\n")

    def test_bodies(self):
        self.run_steps("  - do: POST /a\n    body: {match: {f: 1}}\n  - match: {body: '{\"match\": {\"f\": 1}}', type: application/json}\n")
        self.run_steps("  - do: POST /a\n    ndjson: [{a: 1}, {b: 2}]\n  - match: {body: \"{\\\"a\\\": 1}\\n{\\\"b\\\": 2}\\n\", type: application/x-ndjson}\n")
        self.run_steps("  - do: POST /a\n    bytes: \"\\xff\\x00\"\n    headers: {Content-Type: null}\n  - match: {body: \"\\xff\\0\", type: null}\n")
        self.run_steps("  - do: POST /a\n    repeat: {before: '<', text: ab, times: 3, after: '>'}\n  - match: {body: '<ababab>'}\n")

    def test_variables(self):
        self.passes("  - set: {n: count}\n  - match: {n: '${count}'}\n  - do: GET /x${count}\n  - match: {path: /x2}")
        self.fails("  - set: {none: count}", "is missing")

    def test_mapped(self):
        self.passes("  - mapped: {x: 0.5}")
        self.fails("  - mapped: {x: 1.5}", "expected 2.5")

    def test_paths(self):
        document = {"a.b": [{"c": 1}, {"c": 2}]}
        self.assertEqual(2, rest_tests.find(document, "a\\.b.1.c"))
        self.assertEqual(2, rest_tests.find(document, "a\\.b.-1.c"))
        self.assertIs(rest_tests.MISSING, rest_tests.find(document, "a\\.b.2.c"))
        self.assertIs(rest_tests.MISSING, rest_tests.find(document, "a.b"))

    def test_unknown_steps_are_refused(self):
        self.fails("  - mach: {n: 2}", "unknown step")
        self.fails("  - {match: {n: 2}, length: {n: 2}}", "unknown step")
        with self.assertRaisesRegex(rest_tests.Failed, "unknown keys"):
            self.run_steps("  - do: GET /\n    boddy: {}\n")

    def test_a_name_given_twice_is_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "a.yml"
            path.write_text("same:\n  - do: GET /\nsame:\n  - do: GET /\n", encoding="utf-8")
            with self.assertRaisesRegex(rest_tests.yaml.YAMLError, "given twice"):
                rest_tests.load_file(path)

    def test_words_that_yaml_takes_for_booleans_stay_words(self):
        self.run_steps("  - do: POST /a\n    body: {a: on, b: yes, c: 2024-05-06, d: true}\n  - match: {body: '{\"a\": \"on\", \"b\": \"yes\", \"c\": \"2024-05-06\", \"d\": true}'}\n")


class KnownDifferencesTest(unittest.TestCase):
    def load(self, text):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "known.txt"
            path.write_text(text, encoding="utf-8")
            return rest_tests.load_known(path)

    def test_names_and_reasons_are_read(self):
        known = self.load("# a comment\n\na.yml: first section | why\nb.yml: * | all of it\n")
        self.assertEqual(known, {"a.yml: first section": "why", "b.yml: *": "all of it"})

    def test_a_difference_without_a_reason_is_refused(self):
        for text in ("a.yml: first section\n", "a.yml: first section | \n"):
            with self.assertRaises(ValueError):
                self.load(text)

    def test_no_file_means_no_differences(self):
        self.assertEqual(rest_tests.load_known(None), {})

    def test_what_is_kept_in_the_project_reads(self):
        for path in (rest_tests.ROOT / "tests" / "rest" / "known").glob("*.txt"):
            for name in rest_tests.load_known(path):
                file, _, section = name.partition(": ")
                sections = rest_tests.load_file(rest_tests.ROOT / "tests" / "rest" / file)
                self.assertTrue(section == "*" or section in sections, name)


if __name__ == "__main__":
    unittest.main()
