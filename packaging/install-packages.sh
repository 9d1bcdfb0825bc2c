#!/usr/bin/env bash
# Installs the Debian packages named in the given lists, if any is missing. Needs root or sudo for that.
# Usage: packaging/install-packages.sh build [test]
# `node` is special: a working node >= 20.19 with npm is kept, whoever installed it; see the message below if none is there.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

missing=()
for list in "$@"; do
    while read -r package; do
        [[ -z $package || $package == \#* ]] && continue
        [[ $(dpkg-query -W -f '${Status}' "$package" 2>/dev/null) == "install ok installed" ]] || missing+=("$package")
    done <"$here/packages-$list.txt"
done

if ((${#missing[@]})); then
    as_root=()
    if ((EUID != 0)); then
        command -v sudo >/dev/null || {
            echo "These packages are missing and there is no sudo to install them: ${missing[*]}" >&2
            exit 1
        }
        as_root=(sudo)
    fi
    echo "Installing ${#missing[@]} Debian packages: ${missing[*]}" >&2
    export DEBIAN_FRONTEND=noninteractive
    "${as_root[@]}" apt-get update -qq
    # --no-remove is absent on purpose: Boost 1.81's headers take the place of 1.74's.
    "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi
