"""The test runner counts what ran, and counts what did not run as failed."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import run_tests  # noqa: E402

GTEST = """{"testsuites":[{"name":"RrfTest","testsuite":[
 {"name":"A","status":"RUN","result":"COMPLETED"},
 {"name":"B","status":"RUN","result":"COMPLETED","failures":[{"failure":"x"}]},
 {"name":"C","status":"RUN","result":"SKIPPED"},
 {"name":"D","status":"NOTRUN","result":"SUPPRESSED"}]}]}"""
JUNIT = """<testsuites><testsuite><testcase classname="c" name="a"/><testcase classname="c" name="b"><failure/></testcase>
<testcase classname="c" name="d"><error/></testcase><testcase classname="c" name="e"><skipped/></testcase></testsuite></testsuites>"""


def counts(outcome):
    return outcome.passed, outcome.failed, outcome.skipped


class RunTestsTest(unittest.TestCase):
    def test_gtest_counts(self):
        outcome = run_tests.read_gtest_json(GTEST)
        self.assertEqual((1, 1, 1), counts(outcome))
        self.assertEqual(["RrfTest.B"], outcome.failures)

    def test_kernel_tests_must_cover_the_instruction_set(self):
        covered = '{"testsuites": [{"name": "K", "testsuite": [{"name": "Gemm/neon", "result": "COMPLETED"}]}]}'
        self.assertEqual((1, 0, 0), counts(run_tests.read_kernel_tests(covered, "neon")))
        self.assertEqual(["no test of [neon_dot] ran"], run_tests.read_kernel_tests(covered, "neon_dot").failures)

    def test_junit_counts(self):
        self.assertEqual((1, 2, 1), counts(run_tests.read_junit_xml(JUNIT)))

    def test_total_line(self):
        self.assertEqual((7, 2, 0), counts(run_tests.read_total_line("FAILED x\n7 passed, 2 failed\n")))
        self.assertEqual((7, 0, 3), counts(run_tests.read_total_line("7 passed, 0 failed, 3 skipped")))

    def test_missing_total_line_is_a_failure(self):
        self.assertEqual((0, 1, 0), counts(run_tests.read_total_line("Segmentation fault\n")))
        self.assertEqual((0, 1, 0), counts(run_tests.read_total_line("")))

    def test_unittest_counts(self):
        output = "FAIL: test_x (a.B)\nRan 5 tests in 0.1s\n\nFAILED (failures=1, errors=1, skipped=1)\n"
        self.assertEqual((2, 2, 1), counts(run_tests.read_unittest(output)))

    def test_crash_without_named_failure_is_a_failure(self):
        self.assertEqual((3, 1, 0), counts(run_tests.Outcome(passed=3).checked(-11)))

    def test_fuzzing_counts_only_a_target_that_ran_and_found_nothing(self):
        self.assertEqual((1, 0, 0), counts(run_tests.read_fuzzing("stat::number_of_executed_units: 812\n").checked(0)))
        self.assertEqual((0, 1, 0), counts(run_tests.read_fuzzing("stat::number_of_executed_units: 0\n").checked(0)))
        self.assertEqual((0, 1, 0), counts(run_tests.read_fuzzing("stat::number_of_executed_units: 812\nSUMMARY: libFuzzer: timeout\n").checked(70)))
        self.assertEqual((0, 1, 0), counts(run_tests.read_fuzzing("").checked(0)))

    def test_nothing_ran_is_a_failure(self):
        self.assertEqual((0, 1, 0), counts(run_tests.Outcome().checked(0)))
        self.assertEqual((0, 1, 4), counts(run_tests.Outcome(skipped=4).checked(0)))

    def test_missing_program_is_an_exit_status(self):
        self.assertEqual(127, run_tests.run(["/no/such/program"], 5)[0])

    def test_endless_program_is_stopped(self):
        self.assertEqual(124, run_tests.run([sys.executable, "-c", "import threading; threading.Event().wait()"], 0.5)[0])


if __name__ == "__main__":
    unittest.main()
