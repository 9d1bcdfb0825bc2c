#!/usr/bin/env python3
"""Holds the direction of dependencies: report <- probe, report <- app; ui knows only the API.

Checks every #include "..." of the C++ sources: it is root-relative, names an allowed part, and public headers keep
heavy libraries out. Prints each breach as file:line: what, and exits 1 if there is any.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]

# part -> parts it may include
ALLOWED = {
    "report": {"report"},
    "probe": {"probe", "report"},
    "app": {"app", "report"},
    "ui": {"ui"},
    "tests": {"tests", "report", "probe", "app", "ui"},
}
# libraries that never appear in a header, and why
HEAVY = {
    "boost/beast": "Beast costs every includer many seconds",
    "nlohmann/": "the JSON library stays in .cpp files",
    "google/protobuf": "protobuf stays in .cpp files",
    ".pb.h": "protobuf stays in .cpp files",
}
# Forward declarations alone cost nothing: for the inner headers of a part that reads JSON in several files.
LIGHT = {"nlohmann/json_fwd.hpp"}
INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]')


def breaches(path: pathlib.Path):
    relative = path.relative_to(ROOT)
    part = relative.parts[0]
    for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        quote, name = match.groups()
        where = f"{relative}:{number}"
        if path.suffix == ".h" and part != "tests":
            for library, why in HEAVY.items():
                if library in name and name not in LIGHT:
                    yield f"{where}: {name} in a header: {why}"
        if quote == '"':
            target = name.split("/")[0]
            if name.startswith(".") or target not in ALLOWED:
                yield f'{where}: "{name}" is not relative to the root of the repository'
            elif target not in ALLOWED[part]:
                yield f'{where}: {part}/ may not include {target}/ ("{name}")'


def main() -> int:
    found = []
    for part in ALLOWED:
        for path in sorted((ROOT / part).rglob("*")):
            if path.suffix in {".h", ".cpp", ".c"} and "node_modules" not in path.parts:
                found += breaches(path)
    print("\n".join(found) if found else "includes: every dependency points the right way")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
