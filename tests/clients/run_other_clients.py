#!/usr/bin/env python3
"""Runs the JavaScript and Java client tests against a server of its own. The last line is `N passed, N failed`, N counting clients."""

import argparse
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "tools"))
from selene_server import Server  # noqa: E402

CLIENTS = {
    "js": [["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], ["node", "--test"]],
    "java": [["mvn", "-q", "-B", "test"]],
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", default=str(HERE.parents[1] / "build" / "selene"))
    parser.add_argument("clients", nargs="*", help=f"default: {' '.join(CLIENTS)}")
    args = parser.parse_args()
    failed = []
    with Server(args.program) as server:
        for name in args.clients or CLIENTS:
            for command in CLIENTS[name]:
                environment = {**os.environ, "SELENE_URL": server.url}
                if subprocess.run(command, cwd=HERE / name, env=environment, timeout=600, check=False).returncode:
                    failed.append(name)
                    break
    total = len(args.clients or CLIENTS)
    print(f"{total - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
