"""Every section that tests/rest/retriever_rules.md names is there; bulk bodies are cut into actions."""

import pathlib
import re
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import rest_tests  # noqa: E402

FOLDER = rest_tests.ROOT / "tests" / "rest"


class RetrieverRulesTest(unittest.TestCase):
    def test_every_rule_names_sections_that_are_there(self):
        sections = {f"{path.name}: {name}" for path in FOLDER.glob("*.yml") for name in rest_tests.load_file(path)}
        rules = [line for line in (FOLDER / "retriever_rules.md").read_text(encoding="utf-8").splitlines() if line.startswith("| ")][2:]
        self.assertGreater(len(rules), 25)
        for rule in rules:
            named = re.findall(r"`([a-z_]+\.yml: [^`]+)`", rule)
            self.assertTrue(named, rule)
            for name in named:
                self.assertIn(name, sections)


class BulkActionsTest(unittest.TestCase):
    def test_a_delete_has_no_document(self):
        body = b'{"index":{"_id":"1"}}\n{"n":1}\n{"delete":{"_id":"2"}}\n{"create":{}}\n{}\n'
        self.assertEqual(rest_tests.bulk_actions(body), [b'{"index":{"_id":"1"}}\n{"n":1}\n', b'{"delete":{"_id":"2"}}\n', b'{"create":{}}\n{}\n'])


if __name__ == "__main__":
    unittest.main()
