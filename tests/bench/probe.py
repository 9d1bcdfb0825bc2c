#!/usr/bin/env python3
"""CPU and memory of the probe under a known load, next to the floor and to a peer, in the same run.

Starts N idle processes with M idle connections, a reticle-app, then measures in turn: the bare reads of the kernel
interfaces (floor), a re-enactment of Weave Scope's probe's reads (scan), and reticle-probe connected to the app.
Prints a table; --json FILE keeps the numbers; --markdown prints the table for docs/performance.md.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]


def cpu_seconds(pid: int) -> float:
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def status(pid: int, field: str) -> int:
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1])
    return 0


def first_line(process: subprocess.Popen, what: str) -> str:
    line = process.stdout.readline().strip()
    if not line:
        sys.exit(f"{what} did not start")
    return line


def reads(binaries: pathlib.Path, mode: str, seconds: int) -> float:
    done = subprocess.run([binaries / "reticle-bench-reads", mode, str(seconds)], check=True, capture_output=True, text=True)
    return json.loads(done.stdout)["cpu_seconds_per_minute"]


def measure_probe(binaries: pathlib.Path, seconds: int, warm_up: int) -> dict:
    with tempfile.TemporaryDirectory() as state:
        app = subprocess.Popen([binaries / "reticle-app", "--listen", "127.0.0.1:0", "--data", state + "/app", "--log-level", "error"],
                               stdout=subprocess.PIPE, text=True)
        probe = None
        try:
            address = first_line(app, "reticle-app").rpartition("http://")[2]
            probe = subprocess.Popen([binaries / "reticle-probe", address, "--state-dir", state + "/probe", "--log-level", "error"])
            time.sleep(warm_up)  # the bootstrap sweep is not the steady state
            before = cpu_seconds(probe.pid)
            started = time.monotonic()
            time.sleep(seconds)
            elapsed = time.monotonic() - started
            return {"cpu_seconds_per_minute": (cpu_seconds(probe.pid) - before) * 60 / elapsed,
                    "rss_mib": status(probe.pid, "VmRSS") / 1024, "peak_mib": status(probe.pid, "VmHWM") / 1024,
                    "threads": status(probe.pid, "Threads")}
        finally:
            for process in filter(None, (probe, app)):
                process.terminate()
                process.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=pathlib.Path, default=ROOT / "build/release/bin")
    parser.add_argument("--processes", type=int, default=1000)
    parser.add_argument("--connections", type=int, default=2000)
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--json", type=pathlib.Path)
    arguments = parser.parse_args()

    load = subprocess.Popen([arguments.bin / "reticle-bench-load", str(arguments.processes), str(arguments.connections)],
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        first_line(load, "the load")
        floor = reads(arguments.bin, "floor", arguments.seconds)
        scan = reads(arguments.bin, "scan", arguments.seconds)
        probe = measure_probe(arguments.bin, arguments.seconds, warm_up=10)
    finally:
        load.stdin.close()
        load.wait()

    cpu = probe["cpu_seconds_per_minute"]
    print(f"Load: {arguments.processes} processes, {arguments.connections} connections; {arguments.seconds} s each; "
          f"{os.cpu_count()} cores; kernel {os.uname().release}\n")
    print("| what | CPU s per minute | % of one core | ratio to the floor |\n|---|---|---|---|")
    for name, value in (("floor: bare reads", floor), ("scan: a Scope-like probe's reads", scan), ("reticle-probe", cpu)):
        print(f"| {name} | {value:.2f} | {value / 0.6:.2f} | {value / floor:.1f} |")
    print(f"\nreticle-probe: {probe['rss_mib']:.1f} MiB RSS, {probe['peak_mib']:.1f} MiB at peak, {probe['threads']} threads; "
          f"1/{scan / cpu:.1f} of scan.")
    if arguments.json:
        arguments.json.write_text(json.dumps({"floor": floor, "scan": scan, "probe": probe}, indent=1) + "\n")


if __name__ == "__main__":
    main()
