#!/usr/bin/env python3
"""The server under a simulated fleet: changes a second per core, memory per host, and what a change costs as the world grows.

For each fleet size a fresh reticle-app is started and fed by reticle-bench-simulator over real WebSockets, with one viewer
watching. Prints a table; --json FILE keeps the numbers.
"""
import argparse
import json
import os
import pathlib
import resource
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]


def measure(binaries: pathlib.Path, hosts: int, processes: int, seconds: int) -> dict:
    with tempfile.TemporaryDirectory() as data:
        app = subprocess.Popen([binaries / "reticle-app", "--listen", "127.0.0.1:0", "--data", data, "--log-level", "error"],
                               stdout=subprocess.PIPE, text=True)
        try:
            line = app.stdout.readline()
            if "listening on" not in line:
                sys.exit("reticle-app did not start")
            port = line.strip().rpartition(":")[2]
            done = subprocess.run([binaries / "reticle-bench-simulator", "--port", port, "--pid", str(app.pid), "--hosts", str(hosts),
                                   "--processes", str(processes), "--seconds", str(seconds)], capture_output=True, text=True)
            if done.returncode != 0:
                sys.exit(f"the simulator failed: {done.stderr.strip()}")
            return json.loads(done.stdout)
        finally:
            app.terminate()
            app.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=pathlib.Path, default=ROOT / "build/release/bin")
    parser.add_argument("--hosts", type=int, nargs="+", default=[10, 100, 1000])
    parser.add_argument("--processes", type=int, default=100)
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--json", type=pathlib.Path)
    arguments = parser.parse_args()
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit[1], limit[1]))

    rows = [measure(arguments.bin, hosts, arguments.processes, arguments.seconds) for hosts in arguments.hosts]
    print(f"{arguments.processes} processes and {2 * arguments.processes} flows a host; {os.cpu_count()} cores; simulator and viewer on the "
          "same machine\n")
    print("| hosts | facts at start | cold start, CPU s | memory, MiB | KiB per host | facts/s per core | CPU us per fact | "
          "frame to delta p50 / p99, ms |\n|---|---|---|---|---|---|---|---|")
    for row in rows:
        print(f"| {row['hosts']} | {row['cold_facts']} | {row['cold_cpu_s']:.2f} | {row['rss_mib']:.0f} | {row['kib_per_host']:.0f} | "
              f"{row['facts_per_cpu_second']:.0f} | {row['cpu_us_per_fact']:.1f} | "
              f"{row['frame_to_delta_p50_ms']:.0f} / {row['frame_to_delta_p99_ms']:.0f} |")
    flat = rows[-1]["cpu_us_per_fact"] / rows[0]["cpu_us_per_fact"]
    print(f"\nA fact at {rows[-1]['hosts']} hosts costs {flat:.2f} times one at {rows[0]['hosts']}.")
    if arguments.json:
        arguments.json.write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
