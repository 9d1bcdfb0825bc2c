#!/usr/bin/env bash
# Measures everything and writes docs/performance.md. Needs a release build (cmake --preset release && cmake --build
# --preset release) and, for the probe, root. Takes about ten minutes; run it on a quiet machine.
set -euo pipefail
cd "$(dirname "$0")/../.."
bin=build/release/bin
out=docs/performance.md

section() { printf '\n## %s\n\n`%s`\n\n' "$1" "$2"; }
quoted() { printf '```\n'; cat; printf '```\n'; }

{
    cat <<'HEAD'
# Performance

Written by `tests/bench/report.sh`; do not edit. Machines differ and are noisy: read the ratios, which compare things measured in the
same run, before the absolute numbers.
HEAD
    printf '\nMachine: %s, %s cores, kernel %s, %s.\n' "$(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -1)" "$(nproc)" \
        "$(uname -r)" "$(date -u +%Y-%m-%d)"
    section "The probe" "tests/bench/probe.py"
    tests/bench/probe.py
    section "The server under a fleet" "tests/bench/app.py"
    tests/bench/app.py
    section "The model and its wire" "reticle-bench-report"
    "$bin/reticle-bench-report" --benchmark_min_time=0.2 2>/dev/null | quoted
    section "The world" "reticle-bench-world"
    "$bin/reticle-bench-world" --benchmark_min_time=0.2 2>/dev/null | quoted
    section "Views and streams" "reticle-bench-views"
    "$bin/reticle-bench-views" --benchmark_min_time=0.2 2>/dev/null | quoted
} >"$out.new"
mv "$out.new" "$out"
echo "Wrote $out"
