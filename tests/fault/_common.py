"""What the fault tests share: the program under test and a tally that ends in `N passed, N failed`."""

import argparse
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))


class Tally:
    def __init__(self):
        self.passed, self.failed = 0, 0

    def check(self, holds, name, detail=""):
        """Counts one expectation; says what was found where it does not hold."""
        if holds:
            self.passed += 1
        else:
            self.failed += 1
            print(f"FAILED {name}: {detail}" if detail != "" else f"FAILED {name}", flush=True)
        return bool(holds)

    def end(self):
        print(f"{self.passed} passed, {self.failed} failed")
        return 1 if self.failed or not self.passed else 0


def parser(description):
    result = argparse.ArgumentParser(description=description)
    result.add_argument("--program", default=str(ROOT / "build" / "selene"))
    return result
