#!/usr/bin/env bash
# Makes sure of a Node.js that the browser view can be built with (20.19 or newer, with npm 11 for Vite's native
# packages) and prints the directory to put in front of PATH. Debian 12's own nodejs is 18, so a newer one is taken
# from the npm registry's `node` package, into build/node.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)

new_enough() {
    local version
    version=$("$1" --version 2>/dev/null | sed 's/^v//') || return 1
    [[ -n $version && $(printf '%s\n20.19.0\n' "$version" | sort -V | head -1) == 20.19.0 ]]
}

if command -v npm >/dev/null && new_enough node; then
    dirname "$(command -v node)"
    exit 0
fi
if ! new_enough "$root/build/node/node_modules/.bin/node"; then
    if ! command -v npm >/dev/null; then
        as_root=()
        ((EUID == 0)) || as_root=(sudo)
        "${as_root[@]}" apt-get update -qq
        DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends nodejs npm >/dev/null
    fi
    echo "Fetching Node.js 22 from the npm registry into build/node" >&2
    mkdir -p "$root/build/node"
    npm install --prefix "$root/build/node" --no-audit --no-fund --silent node@22 npm@11 >&2
fi
echo "$root/build/node/node_modules/.bin"
