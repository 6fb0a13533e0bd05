#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Fails on an include that runs against the order of the rooms, or on a file that breaks a house rule.

A room may include the rooms in its row (and itself). Everyone may include <gyeol/...> headers;
cli sees nothing else of ours. Only src/engine/duckdb*.c may include duckdb.h."""
import pathlib
import re
import sys

ROOMS = {
    "base": [],
    "num": ["base"],
    "cluster": ["base", "num"],
    "simulate": ["base", "num"],
    "engine": ["base"],
    "data": ["base", "engine"],
    "feature": ["base", "engine", "data"],
    "segment": ["base", "num", "engine", "data", "feature"],
    "study": ["base", "num", "cluster", "simulate", "engine", "data", "feature", "segment", "report"],
    "report": ["base"],
    "cli": [],
}
PURE = {"num", "cluster", "simulate"}  # kernels: no files, no clock
IMPURE_HEADERS = {"stdio.h", "time.h", "sys/time.h", "unistd.h", "fcntl.h", "sys/stat.h"}

root = pathlib.Path(__file__).resolve().parent.parent
faults = []
names = {}
for path in sorted([*root.glob("src/*/*.[ch]"), *root.glob("include/gyeol/*.h")]):
    place = path.relative_to(root)
    room = place.parts[1]
    text = path.read_text(encoding="utf-8")
    if "SPDX-License-Identifier: Apache-2.0" not in text.split("\n", 1)[0]:
        faults.append(f"{place}:1: no SPDX line")
    if path.suffix == ".c" and names.setdefault(path.name, place) != place:
        faults.append(f"{place}: file name already taken by {names[path.name]}")
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > 120:
            faults.append(f"{place}:{number}: {len(line)} columns, at most 120")
        match = re.match(r'\s*#\s*include\s*([<"])([^>"]+)', line)
        if not match:
            continue
        target = match.group(2)
        if target == "duckdb.h" and not (room == "engine" and path.name.startswith("duckdb")):
            faults.append(f"{place}:{number}: only src/engine/duckdb*.c may include duckdb.h")
        if room in PURE and target in IMPURE_HEADERS:
            faults.append(f"{place}:{number}: a kernel may not include <{target}>")
        if match.group(1) == '"':
            other = target.split("/")[0]
            if other != room and other in ROOMS and other not in ROOMS.get(room, []):
                faults.append(f"{place}:{number}: {room} may not use {other}")
            if room == "gyeol":
                faults.append(f"{place}:{number}: a public header includes only <gyeol/...>")
for fault in faults:
    print(fault)
print(f"layers: {len(faults)} faults")
sys.exit(1 if faults else 0)
