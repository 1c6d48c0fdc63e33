"""nDCG and the trees of the hybrid evaluation."""

import math
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import eval_hybrid  # noqa: E402
import hybrid_server  # noqa: E402


class NdcgTest(unittest.TestCase):
    def test_the_best_order_is_1(self):
        self.assertEqual(eval_hybrid.ndcg(["a", "b", "c"], {"a": 2, "b": 1}), 1)

    def test_a_later_place_counts_less(self):
        self.assertAlmostEqual(eval_hybrid.ndcg(["x", "a"], {"a": 1}), 1 / math.log2(3))

    def test_behind_ten_counts_nothing(self):
        self.assertEqual(eval_hybrid.ndcg(["x"] * 10 + ["a"], {"a": 1}), 0)

    def test_grades_are_gains_of_powers_of_two(self):
        self.assertAlmostEqual(eval_hybrid.ndcg(["b", "a"], {"a": 2, "b": 1}), (1 + 3 / math.log2(3)) / (3 + 1 / math.log2(3)))


class TreesTest(unittest.TestCase):
    def test_the_fusion_holds_every_single_stage(self):
        stages = hybrid_server.first_stages("moon", 50)
        self.assertEqual(list(stages), ["BM25", "dense", "sparse", "rrf"])
        self.assertEqual(stages["rrf"]["rrf"]["retrievers"], [stages["BM25"], stages["dense"], stages["sparse"]])
        self.assertEqual(stages["rrf"]["rrf"]["rank_window_size"], 50)

    def test_queries_are_judged_and_a_fixed_sample(self):
        first = eval_hybrid.read_queries("xquad-en", 5)
        self.assertEqual(first, eval_hybrid.read_queries("xquad-en", 5))
        self.assertEqual(len(first), 5)
        self.assertTrue(all(grades for _, grades in first))


if __name__ == "__main__":
    unittest.main()
