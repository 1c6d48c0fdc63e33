#!/usr/bin/env python3
"""Fails on an #include that goes up or sideways.

The rules are the three tables of ARCHITECTURE.md: which folder may include which ("may include"), the order of the parts inside a
folder ("order of its parts"), and the one folder that may include an outside library ("only in", never in a header). A test may include any part of its own folder and
what lies in tests/.
Standard library only.
"""

import argparse
import dataclasses
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]', re.M)


@dataclasses.dataclass
class Rules:
    may_include: dict  # folder -> set of folders, itself left out
    part_level: dict  # folder -> {part: level}; a part includes parts of lower levels only
    seams: set  # headers every part of their folder may include, as "models/runtime/cross_encoder.h"
    libraries: dict  # include prefix -> set of folders


def table_after(lines, column):
    """Rows (lists of cells) of the Markdown table whose heading row has a cell `column`."""
    rows = []
    inside = False
    for line in lines:
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")] if line.strip().startswith("|") else None
        if not inside:
            inside = cells is not None and column in cells
            continue
        if cells is None:
            break
        if not all(re.fullmatch(r":?-+:?", cell) for cell in cells):
            rows.append(cells)
    if not rows:
        raise ValueError(f"ARCHITECTURE.md has no table with a column [{column}]")
    return rows


def source_folder(cell):
    match = re.fullmatch(r"`src/([a-z]+)/`", cell)
    return match.group(1) if match else None


def parse_rules(text):
    lines = text.splitlines()
    may_include = {}
    for row in table_after(lines, "may include"):
        folder = source_folder(row[0])
        if folder is None:
            continue
        cell = row[-1]
        if cell in ("all", "all above"):
            may_include[folder] = set(may_include)
        else:
            names = set() if cell == "-" else {name.strip() for name in cell.split(",")}
            unknown = names - set(may_include)
            if unknown:
                raise ValueError(f"src/{folder}/ may include {sorted(unknown)}, which no row above names")
            may_include[folder] = names

    part_level, seams = {}, set()
    for row in table_after(lines, "order of its parts"):
        folder = source_folder(row[0])
        levels = [[part.strip() for part in level.split(",")] for level in row[1].split("<")]
        part_level[folder] = {part: number for number, parts in enumerate(levels) for part in parts}
        seams.update(f"{folder}/{name}" for name in re.findall(r"`([^`]+\.h)`", row[2]))

    libraries = {}
    for row in table_after(lines, "only in"):
        folders = set(re.findall(r"`src/([a-z]+)/`", row[-1]))
        for prefix in re.findall(r"`<([^`>]+)>?`", row[0]):
            libraries[prefix] = folders
    return Rules(may_include, part_level, seams, libraries)


def check_own_include(path, included, rules):
    """None, or what is wrong with `#include "included"` in `path` (both relative to src/)."""
    folder, target = path.split("/")[0], included.split("/")[0]
    is_test = path.endswith(("_test.cpp", "_bench.cpp"))
    if target == "tests":
        return None if is_test else f'"{included}": only tests may include tests'
    if folder not in rules.may_include:
        return f"src/{folder}/ is not in the table of ARCHITECTURE.md"
    if target not in rules.may_include:
        return f'"{included}" is not below a folder of src/'
    if target != folder:
        return None if target in rules.may_include[folder] else f'"{included}": {folder} may not include {target}'
    levels = rules.part_level.get(folder)
    if levels is None or is_test or included in rules.seams:
        return None
    part, target_part = path.split("/")[1], included.split("/")[1]
    for name in (part, target_part):
        if "." not in name and name not in levels:
            return f"src/{folder}/{name}/ has no place in the order of the parts of src/{folder}/"
    if part == target_part or "." in part or "." in target_part or levels[target_part] < levels[part]:
        return None
    return f'"{included}": {folder}/{part} may not include {folder}/{target_part}'


def check_outside_include(path, included, rules):
    for prefix, folders in rules.libraries.items():
        if included.startswith(prefix):
            if path.endswith(".h"):
                return f"<{included}> in a header: it belongs into a .cpp file"
            if path.split("/")[0] not in folders:
                return f"<{included}> belongs into {', '.join(sorted('src/' + folder for folder in folders))} only"
    return None


def check_file(path, text, rules):
    """Lines `src/path:line: what is wrong` of one file; `path` is relative to src/."""
    wrong = []
    for match in INCLUDE.finditer(text):
        check = check_own_include if match.group(1) == '"' else check_outside_include
        complaint = check(path, match.group(2), rules)
        if complaint:
            wrong.append(f"src/{path}:{text.count(chr(10), 0, match.start(1)) + 1}: {complaint}")
    return wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", type=pathlib.Path, default=ROOT)
    parser.add_argument("--count", action="store_true", help="end with `N passed, N failed`, one test a folder")
    args = parser.parse_args()

    rules = parse_rules((args.root / "ARCHITECTURE.md").read_text(encoding="utf-8"))
    source = args.root / "src"
    wrong, bad_folders = [], set()
    files = sorted(path for path in source.rglob("*") if path.suffix in (".h", ".cpp"))
    for path in files:
        name = path.relative_to(source).as_posix()
        complaints = check_file(name, path.read_text(encoding="utf-8"), rules)
        if complaints:
            bad_folders.add(name.split("/")[0])
        wrong += complaints
    for line in wrong:
        print(f"FAILED {line}")
    folders = {path.relative_to(source).parts[0] for path in files}
    if args.count:
        print(f"{len(folders - bad_folders)} passed, {len(folders & bad_folders)} failed")
    else:
        print(f"layers: {len(files)} files, {len(wrong)} wrong includes")
    return 1 if wrong or not files else 0


if __name__ == "__main__":
    sys.exit(main())
