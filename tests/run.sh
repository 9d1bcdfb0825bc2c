#!/usr/bin/env bash
# Builds everything and runs all tests: the same command here and in CI. See --help.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"

usage() {
    cat <<TEXT
tests/run.sh [--fast] [--help]

On a bare Debian 12 machine, as root or with sudo: installs what the build and the tests need (Debian packages and
npm), then
  1. checks formatting, include direction and clang-tidy (on what changed);
  2. builds with the asan, tsan and fuzz presets and runs the unit tests under the sanitizers;
  3. builds with the dev preset and runs every test: unit, kernel, web, end-to-end and ground truth.
Ends with the summary of ctest. Tests that need root, namespaces or a browser and cannot have them are skipped
with the reason. Screenshots are kept in build/dev/artifacts, logs of the sanitizer runs in build/artifacts.

  --fast   only step 3 without the end-to-end and ground-truth tests: the loop while working
TEXT
}

fast=false
for argument in "$@"; do
    case $argument in
    --fast) fast=true ;;
    --help | -h) usage; exit 0 ;;
    *) echo "run.sh: unknown argument '$argument'; see --help" >&2; exit 2 ;;
    esac
done

started=$SECONDS
step() { printf '\n==> [%d s] %s\n' $((SECONDS - started)) "$1"; }

step "Packages"
packaging/install-packages.sh build test
node_bin=$(packaging/node.sh)
export PATH=$node_bin:$PATH
export RETICLE_ARTIFACTS=$root/build/artifacts
mkdir -p "$RETICLE_ARTIFACTS"

step "Configure"
cmake --preset dev >/dev/null

if ! $fast; then
    step "Build: asan, and unit tests under AddressSanitizer and UndefinedBehaviorSanitizer"
    cmake --preset asan >/dev/null
    cmake --build --preset asan --target unit_tests
    ctest --preset asan --output-on-failure -L unit -LE "fuzz" --quiet -O build/artifacts/ctest-asan.log ||
        { tail -60 build/artifacts/ctest-asan.log; exit 1; }
    tail -5 build/artifacts/ctest-asan.log

    step "Build: tsan, and tests of what crosses threads under ThreadSanitizer"
    cmake --preset tsan >/dev/null
    cmake --build --preset tsan --target thread_tests
    TSAN_OPTIONS=suppressions=$root/tests/support/tsan.supp ctest --preset tsan --output-on-failure -L threads --quiet -O build/artifacts/ctest-tsan.log ||
        { tail -60 build/artifacts/ctest-tsan.log; exit 1; }
    tail -5 build/artifacts/ctest-tsan.log

    step "Build: fuzz targets with clang, 20 s each"
    cmake --preset fuzz >/dev/null
    cmake --build --preset fuzz --target fuzz_targets
    ctest --preset fuzz -L fuzz --output-on-failure --quiet -O build/artifacts/ctest-fuzz.log ||
        { tail -60 build/artifacts/ctest-fuzz.log; exit 1; }
    tail -5 build/artifacts/ctest-fuzz.log
fi

step "Build: dev"
cmake --build --preset dev

step "Lint"
tests/lint/lint.sh build/dev

step "Tests"
if $fast; then
    ctest --preset dev -LE "e2e|truth" --output-on-failure
else
    ctest --preset dev --output-on-failure
fi
