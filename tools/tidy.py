#!/usr/bin/env python3
"""Runs clang-tidy with .clang-tidy over what changed since origin/main (or over everything), several files at once.

Standard library only; needs a configured build folder (compile_commands.json).
"""

import argparse
import concurrent.futures
import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent


def changed_files():
    """Changed or new .cpp files, and the .cpp files beside changed headers. All files if there is no origin/main."""
    base = subprocess.run(["git", "merge-base", "HEAD", "origin/main"], cwd=ROOT, capture_output=True, text=True, check=False)
    if base.returncode != 0:
        return None
    names = subprocess.run(["git", "diff", "--name-only", base.stdout.strip()], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    names += subprocess.run(["git", "ls-files", "-o", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return {str((ROOT / name).with_suffix(".cpp")) for name in names.split() if name.endswith((".h", ".cpp"))}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default="build")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--all", action="store_true")
    args = parser.parse_args()

    database = ROOT / args.build / "compile_commands.json"
    files = sorted({entry["file"] for entry in json.loads(database.read_text(encoding="utf-8"))})
    wanted = None if args.all else changed_files()
    files = [name for name in files if wanted is None or name in wanted]

    def tidy(name):
        return name, subprocess.run(["clang-tidy", "--quiet", "-p", str(database.parent), name], cwd=ROOT, capture_output=True, text=True, check=False)

    failed = 0
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        for name, done in pool.map(tidy, files):
            if done.returncode != 0:
                failed += 1
                print(f"{name}\n{done.stdout}", flush=True)
    print(f"clang-tidy: {len(files)} files, {failed} with findings")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
