#!/usr/bin/env python3
"""Builds and runs every test suite and adds up their results.

A suite that crashes, does not end, cannot be built or runs nothing counts as one failure; the others still run.
The last line is `N passed, N failed`; the exit status is 0 only if nothing failed.
Standard library only.
"""

import argparse
import concurrent.futures
import dataclasses
import json
import pathlib
import platform
import re
import shlex
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree

ROOT = pathlib.Path(__file__).resolve().parent.parent
TOTAL_LINE = re.compile(r"^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$")


@dataclasses.dataclass
class Outcome:
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    failures: list = dataclasses.field(default_factory=list)  # names of failed tests, or why the suite counts as failed

    def checked(self, exit_status):
        """A suite that ended badly without naming a failure, or ran nothing, is itself one failure."""
        if exit_status != 0 and self.failed == 0:
            self.failed = 1
            self.failures.append(f"ended with exit status {exit_status}")
        elif self.passed + self.failed == 0:
            self.failed = 1
            self.failures.append("ran no tests")
        return self


def run(command, timeout_s):
    """(exit status, output). A command that is missing or does not end gives a status other than 0."""
    try:
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=timeout_s, check=False)
        return done.returncode, done.stdout.decode("utf-8", "replace")
    except subprocess.TimeoutExpired as error:
        return 124, (error.stdout or b"").decode("utf-8", "replace") + f"\nstopped after {timeout_s} s"
    except OSError as error:
        return 127, str(error)


def read_gtest_json(text):
    """Counts of a --gtest_output=json file."""
    outcome = Outcome()
    for suite in json.loads(text).get("testsuites", []):
        for test in suite.get("testsuite", []):
            if test.get("status") == "NOTRUN":
                continue
            if test.get("result") == "SKIPPED":
                outcome.skipped += 1
            elif test.get("failures"):
                outcome.failed += 1
                outcome.failures.append(f"{suite['name']}.{test['name']}")
            else:
                outcome.passed += 1
    return outcome


def read_kernel_tests(text, isa):
    """Counts of a --gtest_output=json file, in which some test must have run for the instruction set."""
    outcome = read_gtest_json(text)
    if f'/{isa}"' not in text:
        outcome.failed += 1
        outcome.failures.append(f"no test of [{isa}] ran")
    return outcome


def read_junit_xml(text):
    """Counts of pytest's --junitxml file."""
    outcome = Outcome()
    for case in ElementTree.fromstring(text).iter("testcase"):
        if case.find("failure") is not None or case.find("error") is not None:
            outcome.failed += 1
            outcome.failures.append(f"{case.get('classname')}.{case.get('name')}")
        elif case.find("skipped") is not None:
            outcome.skipped += 1
        else:
            outcome.passed += 1
    return outcome


def read_total_line(output):
    """Counts of the last line `N passed, N failed[, N skipped]` of a script of ours."""
    lines = output.rstrip().splitlines()
    match = TOTAL_LINE.match(lines[-1].strip()) if lines else None
    if not match:
        return Outcome(failed=1, failures=["did not end with a line `N passed, N failed`"])
    outcome = Outcome(int(match.group(1)), int(match.group(2)), int(match.group(3) or 0))
    outcome.failures = [line.strip() for line in lines if line.strip().startswith("FAILED")][:50]
    return outcome


def read_unittest(output):
    """Counts of Python's unittest runner."""
    ran = re.search(r"^Ran (\d+) tests?", output, re.M)
    bad = sum(int(n) for n in re.findall(r"(?:failures|errors|unexpected successes)=(\d+)", output))
    skipped = sum(int(n) for n in re.findall(r"skipped=(\d+)", output))
    total = int(ran.group(1)) if ran else 0
    return Outcome(max(total - bad - skipped, 0), bad, skipped, re.findall(r"^(?:FAIL|ERROR): (.*)$", output, re.M))


def read_fuzzing(output):
    """One target of libFuzzer run with -print_final_stats=1: a crash ends with another status than 0, which `checked` counts."""
    executed = re.search(r"^stat::number_of_executed_units: (\d+)$", output, re.M)
    return Outcome(passed=1 if executed and int(executed.group(1)) > 0 and "SUMMARY: " not in output else 0)


class Runner:
    def __init__(self, args):
        self.args = args
        self.build = (ROOT / args.build).resolve()
        self.program = self.build / "selene"
        self.total = Outcome()

    def report(self, name, outcome, output, seconds):
        self.total.passed += outcome.passed
        self.total.failed += outcome.failed
        self.total.skipped += outcome.skipped
        skipped = f", {outcome.skipped} skipped" if outcome.skipped else ""
        print(f"  {name:<22} {outcome.passed:>5} passed, {outcome.failed} failed{skipped}  ({seconds:.1f} s)", flush=True)
        if outcome.failed:
            for failure in outcome.failures:
                print(f"      {failure}")
            tail = output.rstrip().splitlines()[-self.args.tail :]
            print("\n".join("      | " + line for line in tail), flush=True)

    def script(self, name, command, timeout_s, read):
        """Runs one command and counts what `read` makes of its output."""
        started = time.monotonic()
        self.judge(name, *run(command, timeout_s), read, time.monotonic() - started)

    def judge(self, name, status, output, read, seconds):
        try:
            outcome = read(output)
        except (ValueError, ElementTree.ParseError, KeyError, OSError) as error:
            outcome = Outcome(failed=1, failures=[f"result cannot be read: {error}"])
        self.report(name, outcome.checked(status), output, seconds)

    def build_all(self):
        started = time.monotonic()
        print("Building", flush=True)
        command = [*self.args.make.split(), "--no-print-directory", "build-tests", f"BUILD={self.args.build}", f"JOBS={self.args.jobs}"]
        status, output = run(command, 3600)
        if status != 0:
            self.report("build", Outcome(failed=1, failures=["the build failed"]), output, time.monotonic() - started)
        else:
            print(f"  {'build':<22} done  ({time.monotonic() - started:.1f} s)", flush=True)

    def compiled(self, name, command):
        """Whether a shell command built what a suite needs beside the build; a failure counts as one of the suite."""
        started = time.monotonic()
        status, output = run(["bash", "-c", command], 3600)
        if status != 0:
            self.report(name, Outcome(failed=1, failures=["its programs cannot be compiled"]), output, time.monotonic() - started)
        return status == 0

    def unit(self):
        """One program a folder of src/ that has *_test.cpp files; a missing program is a failure."""
        for folder in sorted({path.relative_to(ROOT / "src").parts[0] for path in (ROOT / "src").rglob("*_test.cpp")}):
            program = self.build / "src" / f"selene_{folder}_tests"
            with tempfile.TemporaryDirectory() as scratch:
                result = pathlib.Path(scratch) / "result.json"
                command = [str(program), f"--gtest_output=json:{result}", "--gtest_brief=1"]
                self.script(f"unit {folder}", command, 900, lambda _, path=result: read_gtest_json(path.read_text(encoding="utf-8")))

    def aarch64(self):
        """Its kernels by emulation, on a processor of each set (tests/aarch64); on AArch64 itself they are part of the unit tests."""
        if platform.machine() == "aarch64":
            return
        build = self.build / "aarch64"
        prepare = f"packaging/install.sh packaging/apt-aarch64.txt && cmake -S tests/aarch64 -B {shlex.quote(str(build))} -G Ninja && ninja -C {shlex.quote(str(build))} -j {self.args.jobs}"
        if not self.compiled("aarch64", prepare):
            return
        for cpu, isa in AARCH64_PROCESSORS.items():
            with tempfile.TemporaryDirectory() as scratch:
                result = pathlib.Path(scratch) / "result.json"
                command = ["qemu-aarch64", "-cpu", cpu, "-L", "/usr/aarch64-linux-gnu", str(build / "selene_kernel_tests"), f"--gtest_output=json:{result}", "--gtest_brief=1"]
                self.script(f"aarch64 {isa}", command, 600, lambda _, path=result, isa=isa: read_kernel_tests(path.read_text(encoding="utf-8"), isa))

    def tools(self):
        self.script("tools", [sys.executable, "-m", "unittest", "discover", "-s", "tools/tests"], 300, read_unittest)
        self.script("layers", [sys.executable, "tools/check_layers.py", "--count"], 60, read_total_line)

    def rest(self):
        command = [sys.executable, "tools/rest_tests.py", "--program", str(self.program)]
        self.script("rest", command, 1200, read_total_line)
        segmented = [*command, "--one-document-a-segment", *(f"tests/rest/{name}.yml" for name in SEGMENTED_REST_FILES)]
        self.script("rest, small segments", segmented, 1200, read_total_line)

    def clients(self):
        """The official Python client, versions 9 and 8, and SDKs of re-rank services."""
        self.pytest("clients python 9", ".venv", ["tests/clients", "--ignore=tests/clients/stores"])
        self.pytest("clients python 8", ".venv-8", ["tests/clients", "--ignore=tests/clients/stores", "--ignore=tests/clients/sdks", "--ignore-glob=tests/clients/test_vendor*"])

    def stores(self):
        """LangChain, LlamaIndex, Haystack, LiteLLM. Not part of `make test`: the packages are large."""
        self.pytest("client stores", ".venv-stores", ["tests/clients/stores", "-W", "ignore"])

    def pytest(self, name, environment, arguments):
        status, output = run([*self.args.make.split(), "--no-print-directory", f"{environment}/.installed"], 900)
        if status != 0:
            self.report(name, Outcome(failed=1, failures=["the Python environment cannot be made"]), output, 0)
            return
        with tempfile.TemporaryDirectory() as scratch:
            result = pathlib.Path(scratch) / "result.xml"
            command = [f"{environment}/bin/python", "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={result}", *arguments, f"--program={self.program}"]
            self.script(name, command, 900, lambda _: read_junit_xml(result.read_text(encoding="utf-8")))

    def fault(self):
        for path in sorted((ROOT / "tests" / "fault").glob("*.py")):
            if not path.name.startswith("_"):
                self.script(f"fault {path.stem}", [sys.executable, str(path), "--program", str(self.program)], 900, read_total_line)

    def fuzz(self):
        """The seeds of each fuzz target; a missing program or folder is a failure."""
        for source in sorted((ROOT / "tests" / "fuzz").rglob("*_fuzz.cpp")):
            name = source.stem.removesuffix("_fuzz")
            command = [str(self.build / "tests" / "fuzz" / f"replay_{name}"), f"tests/fuzz/corpus/{name}"]
            self.script(f"fuzz {name}", command, 300, read_total_line)

    def fuzzing(self):
        """libFuzzer on each target for --fuzz-seconds, as many at a time as --jobs. Without --fuzz: those of src/models, which compile in minutes."""
        folder = self.build / "fuzz"
        names = self.args.fuzz.split() or [path.stem.removesuffix("_fuzz") for path in sorted((ROOT / "tests" / "fuzz" / "models").glob("*_fuzz.cpp"))]
        quoted, targets = shlex.quote(str(folder)), " ".join(shlex.quote(f"fuzz_{name}") for name in names)
        prepare = f"packaging/install.sh packaging/apt-fuzz.txt && cmake --preset fuzz -B {quoted} -DSELENE_UNITY=ON && ninja -C {quoted} -j {self.args.jobs} {targets}"
        if not self.compiled("fuzzing", prepare):
            return
        with concurrent.futures.ThreadPoolExecutor(max_workers=int(self.args.jobs)) as pool:
            for name, done in [(name, pool.submit(self.fuzz_one, folder, name)) for name in names]:
                self.judge(f"fuzzing {name}", *done.result(), read_fuzzing, self.args.fuzz_seconds)

    def fuzz_one(self, folder, name):
        """What libFuzzer finds is kept in the build folder: new inputs below finds/NAME, a crashing one beside it."""
        finds = folder / "finds" / name
        finds.mkdir(parents=True, exist_ok=True)
        limits = [f"-max_total_time={self.args.fuzz_seconds}", "-timeout=20", "-rss_limit_mb=4096", "-print_final_stats=1"]
        return run([str(folder / "tests" / "fuzz" / f"fuzz_{name}"), *limits, f"-artifact_prefix={finds}-", str(finds), f"tests/fuzz/corpus/{name}"], self.args.fuzz_seconds + 300)

    def quality(self):
        for name in ("ranking", "calibration"):
            self.script(f"quality {name}", [sys.executable, f"tests/quality/{name}.py", "--program", str(self.program)], 1200, read_total_line)


# Those that search: run once more with one document a segment.
SEGMENTED_REST_FILES = ("retrievers", "rrf", "linear", "knn", "rerank", "rescorer_pinned", "query_rules", "diversify", "semantic_text", "dense_vector", "retriever_trees", "profile", "collapse_rescore", "highlight", "sort", "sparse_vector")

# What QEMU emulates, and the best instruction set that the program must find there.
AARCH64_PROCESSORS = {"cortex-a72": "neon", "neoverse-n1": "neon_dot", "max": "neon_i8mm"}

SUITES = ("unit", "aarch64", "tools", "fuzz", "fuzzing", "rest", "clients", "fault", "quality")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default="build", help="build folder")
    parser.add_argument("--jobs", default="2", help="compilers at once")
    parser.add_argument("--make", default="make", help="make command")
    parser.add_argument("--no-build", action="store_true", help="run what is built already")
    parser.add_argument("--only", action="append", choices=(*SUITES, "stores"), help="suites to run; may be given several times")
    parser.add_argument("--fuzz", default="", help="fuzz targets by name, with blanks between (default: those of src/models)")
    parser.add_argument("--fuzz-seconds", type=int, default=60, help="how long libFuzzer runs on each")
    parser.add_argument("--tail", type=int, default=60, help="lines of output shown of a failed suite")
    args = parser.parse_args()

    runner = Runner(args)
    if not args.no_build:
        runner.build_all()
    print("Testing", flush=True)
    for suite in args.only or SUITES:
        getattr(runner, suite)()
    total = runner.total
    if total.passed + total.failed == 0:
        total.failed = 1
    if total.skipped:
        print(f"{total.skipped} skipped")
    print(f"{total.passed} passed, {total.failed} failed")
    return 1 if total.failed else 0


if __name__ == "__main__":
    sys.exit(main())
