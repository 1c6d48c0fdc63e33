"""The layer check fails on what it must and lets the rest pass."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import check_layers  # noqa: E402

ARCHITECTURE = """
| folder | the question it answers | may include |
| --- | --- | --- |
| `src/base/` | errors | - |
| `src/index/` | terms | base |
| `src/models/` | logits | base |
| `src/search/` | hits | base, index |
| `src/main/` | wiring | all above |

| folder | order of its parts | seams |
| --- | --- | --- |
| `src/models/` | kernels, tokenizers < ops < runtime | `runtime/cross_encoder.h` |

| library | what for | only in |
| --- | --- | --- |
| `<rocksdb/` | store | `src/index/` |
| `<simdjson.h>` | JSON | `src/base/` |
"""


class CheckLayersTest(unittest.TestCase):
    def setUp(self):
        self.rules = check_layers.parse_rules(ARCHITECTURE)

    def wrong(self, path, *includes):
        return check_layers.check_file(path, "".join(f"#include {name}\n" for name in includes), self.rules)

    def test_lower_folders_and_own_folder_pass(self):
        self.assertEqual([], self.wrong("search/a.cpp", '"search/b.h"', '"index/c.h"', '"base/d.h"', "<vector>"))

    def test_all_above_means_every_earlier_row(self):
        self.assertEqual([], self.wrong("main/serve.cpp", '"search/b.h"', '"models/runtime/x.h"', '"base/d.h"'))

    def test_upward_include_fails(self):
        self.assertEqual(['src/index/a.cpp:2: "search/b.h": index may not include search'], self.wrong("index/a.cpp", "<map>", '"search/b.h"'))

    def test_sideways_include_fails(self):
        self.assertEqual(['src/models/ops/a.cpp:1: "index/b.h": models may not include index'], self.wrong("models/ops/a.cpp", '"index/b.h"'))

    def test_unlisted_folder_fails(self):
        self.assertEqual(1, len(self.wrong("surprise/a.cpp", '"base/d.h"')))
        self.assertEqual(1, len(self.wrong("search/a.cpp", '"surprise/d.h"')))

    def test_lower_part_passes_and_higher_part_fails(self):
        self.assertEqual([], self.wrong("models/ops/a.cpp", '"models/kernels/k.h"', '"models/ops/b.h"'))
        self.assertEqual(1, len(self.wrong("models/kernels/a.cpp", '"models/ops/b.h"')))

    def test_parts_on_one_level_do_not_know_each_other(self):
        self.assertEqual(1, len(self.wrong("models/kernels/a.cpp", '"models/tokenizers/t.h"')))

    def test_seam_header_may_be_included_from_below(self):
        self.assertEqual([], self.wrong("models/ops/a.cpp", '"models/runtime/cross_encoder.h"'))
        self.assertEqual(1, len(self.wrong("models/ops/a.cpp", '"models/runtime/deployment.h"')))

    def test_a_test_may_include_every_part_of_its_folder_and_tests(self):
        self.assertEqual([], self.wrong("models/kernels/a_test.cpp", '"models/ops/b.h"', '"tests/reference/naive.h"', '"base/c.h"'))
        self.assertEqual(1, len(self.wrong("models/kernels/a_test.cpp", '"index/b.h"')))
        self.assertEqual(1, len(self.wrong("models/kernels/a.cpp", '"tests/reference/naive.h"')))

    def test_unknown_part_fails(self):
        self.assertEqual(1, len(self.wrong("models/magic/a.cpp", '"models/kernels/k.h"')))

    def test_library_outside_its_folder_or_in_a_header_fails(self):
        self.assertEqual([], self.wrong("index/store.cpp", "<rocksdb/db.h>"))
        self.assertEqual(1, len(self.wrong("search/a.cpp", "<rocksdb/db.h>")))
        self.assertEqual(1, len(self.wrong("index/store.h", "<rocksdb/db.h>")))
        self.assertEqual(1, len(self.wrong("index/a.cpp", "<simdjson.h>")))

    def test_row_naming_an_unknown_folder_is_refused(self):
        with self.assertRaises(ValueError):
            check_layers.parse_rules(ARCHITECTURE.replace("base, index |", "base, indexes |"))

    def test_include_in_the_middle_of_a_line_is_no_include(self):
        self.assertEqual([], check_layers.check_file("base/a.h", '// see #include "search/x.h"\n', self.rules))


if __name__ == "__main__":
    unittest.main()
