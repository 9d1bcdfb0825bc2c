#!/usr/bin/env bash
# The checks that need no build but the compile commands: formatting, include direction, clang-tidy.
# Usage: tests/lint/lint.sh [--all] [BUILD_DIR]    (tidy covers files changed since RETICLE_TIDY_BASE, default the last
# commit on the way to HEAD that CI has surely seen: HEAD~1; --all covers everything and takes many minutes)
set -euo pipefail
cd "$(dirname "$0")/../.."
all=false
[[ ${1:-} == --all ]] && { all=true; shift; }
build=${1:-build/dev}
sources() { git ls-files -- "$@" | grep -E '\.(h|cpp|c)$' || true; }

echo "lint: clang-format-19"
sources report probe app ui tests | xargs -r clang-format-19 --dry-run --Werror

echo "lint: include direction"
python3 tests/lint/includes.py

base=${RETICLE_TIDY_BASE:-HEAD~1}
if $all || ! git rev-parse -q --verify "$base" >/dev/null; then
    files=$(sources report probe app ui tests | grep '\.cpp$' || true)
else
    files=$(git diff --name-only --diff-filter=d "$base" -- report probe app ui tests | grep '\.cpp$' || true)
fi
# Only what the build compiles has a command to check it with.
files=$(for f in $files; do grep -q "\"$PWD/$f\"" "$build/compile_commands.json" && echo "$f"; done || true)
if [[ -n $files ]]; then
    echo "lint: clang-tidy-19 on $(wc -w <<<"$files") files"
    # The precompiled header is g++'s; clang reads the plain one.
    xargs -r -P "$(nproc)" -n 1 clang-tidy-19 -p "$build" --quiet \
        --extra-arg=-Wno-unknown-warning-option --extra-arg=-Wno-invalid-pch --extra-arg=-Wno-ignored-gch 2> >(grep -v 'warnings generated' >&2) <<<"$files"
fi
echo "lint: clean"
