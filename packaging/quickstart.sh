#!/usr/bin/env bash
# Builds Reticle and shows this machine's live map. See --help.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
listen=127.0.0.1:4040
data=${XDG_STATE_HOME:-$HOME/.local/state}/reticle/quickstart

usage() {
    cat <<TEXT
packaging/quickstart.sh [--listen HOST:PORT] [--data DIR] [--build-only] [--help]

Shows the live map of this machine with one command, on Debian 12, as root or with sudo:
  1. installs the Debian packages that the build needs (packaging/packages-build.txt), and Node.js if there
     is none of version 20.19 or newer;
  2. builds the programs and the browser view in build/release;
  3. starts reticle-app on $listen (this machine only) and one reticle-probe for this host, the probe
     as root where it may (without root it sees only your own processes' connections);
  4. prints the address to open. Ctrl-C stops both.

Nothing is installed outside Debian's packages and this checkout; state is kept in
  $data

  --listen HOST:PORT   where the map is served (default $listen; loopback only, see docs/operations.md)
  --data DIR           where state is kept
  --build-only         stop after step 2
  --help               this text
TEXT
}

build_only=false
while (($#)); do
    case $1 in
    --listen | --data)
        [[ $# -ge 2 ]] || { echo "quickstart.sh: $1 needs a value; see --help" >&2; exit 2; }
        if [[ $1 == --listen ]]; then listen=$2; else data=$2; fi
        shift 2
        ;;
    --build-only) build_only=true; shift ;;
    --help | -h) usage; exit 0 ;;
    *) echo "quickstart.sh: unknown argument '$1'; see --help" >&2; exit 2 ;;
    esac
done

step() { printf '\n==> %s\n' "$1" >&2; }

step "Packages"
"$root/packaging/install-packages.sh" build
node_bin=$("$root/packaging/node.sh")
PATH=$node_bin:$PATH

step "Build (release; a few minutes the first time)"
cd "$root"
cmake --preset release -DRETICLE_TESTS=OFF >build-quickstart.log 2>&1 || { cat build-quickstart.log >&2; exit 1; }
rm -f build-quickstart.log
cmake --build --preset release --target reticle-app reticle-probe reticle_web
$build_only && exit 0

step "Start"
bin=$root/build/release/bin
mkdir -p "$data"
app_out=$data/app.out
app_pid='' probe_pid=''
stop() {
    trap - EXIT INT TERM
    # The probe first, so that it can say goodbye and its host ends instead of turning stale.
    for pid in $probe_pid $app_pid; do
        kill -TERM "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    done
    echo "Stopped." >&2
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

: >"$app_out"
"$bin/reticle-app" --listen "$listen" --data "$data/app" >"$app_out" 2>"$data/app.log" &
app_pid=$!
address=''
for _ in {1..100}; do
    address=$(sed -n 's/^listening on //p' "$app_out" | head -1)
    [[ -n $address ]] && break
    kill -0 "$app_pid" 2>/dev/null || { echo "reticle-app did not start:" >&2; cat "$data/app.log" >&2; exit 1; }
    sleep 0.1
done
[[ -n $address ]] || { echo "reticle-app is not listening after 10 s; see $data/app.log" >&2; exit 1; }

# reticle-probe is started directly as root, else through sudo in a way that hands it our signals.
as_root=()
if ((EUID != 0)) && sudo -n true 2>/dev/null; then as_root=(sudo -n); fi
"${as_root[@]}" "$bin/reticle-probe" "${address#http://}" --state-dir "$data/probe" 2>"$data/probe.log" &
probe_pid=$!

cat <<TEXT

Reticle is drawing this machine:  $address/
Logs: $data/app.log, $data/probe.log. Ctrl-C stops both.
TEXT
wait -n "$app_pid" "$probe_pid" || true
kill -0 "$app_pid" 2>/dev/null || { echo "reticle-app ended:" >&2; tail -5 "$data/app.log" >&2; exit 1; }
kill -0 "$probe_pid" 2>/dev/null || { echo "reticle-probe ended:" >&2; tail -5 "$data/probe.log" >&2; exit 1; }
