#!/usr/bin/env python3
"""Measures how true the map is: plays a known topology on hosts of its own and judges the map.

    tests/truth/run.py --hosts 3 --json out.json

Needs root (namespaces); the programs are looked for in RETICLE_BIN or --bin. Exit code 0: the map
is true; 1: it is not, or the run failed; 77: this machine lacks the privileges, and why is printed.
docs/truth.md says what is measured and how.
"""

import argparse
import json
import os
import shutil
import signal
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "support", "python"), HERE]

from hosts.cases import PARTS, PASSING, all_cases  # noqa: E402
from hosts.stage import Stage  # noqa: E402
from hosts.truth import TruthGap, collect  # noqa: E402
from hosts.watch import Watch  # noqa: E402
from judge.judge import Truth, judge, judge_times  # noqa: E402
from judge.table import table  # noqa: E402
from reticle_test import children, programs, sandbox  # noqa: E402
from reticle_test.waiting import wait_until  # noqa: E402

SKIPPED = 77
#: Long enough for three sweeps of sockets and one of processes.
SETTLE_SECONDS = 20
#: How long a map that has become true must stay so.
HOLD_SECONDS = 4
#: How long the map may take to show that passing connections have been.
PASSING_SECONDS = 6
#: Afterglow (15 s) and what it takes to notice.
GONE_SECONDS = 25


def options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--hosts", type=int, choices=(2, 3), default=3)
    parser.add_argument("--json", metavar="FILE", help="where the report goes (default: "
                        "truth.json in RETICLE_ARTIFACTS, if that is set)")
    parser.add_argument("--bin", metavar="DIR", help="where the programs are (default: RETICLE_BIN)")
    parser.add_argument("--keep", metavar="DIR", help="keep logs, map and truth in a new directory here")
    parser.add_argument("--truth-only", action="store_true",
                        help="without app and probes: only check that the actors' accounts agree")
    return parser.parse_args()


def play(stage, cases, passing):
    """Starts the passing cases, or all others: every role once those it needs are ready."""
    for part in PARTS:
        stage.play([role for case in cases if (case.kind in PASSING) == passing
                    for role in getattr(case, part)])


class Run:
    """One performance, from the empty stage to the report."""

    def __init__(self, stage):
        self._stage = stage
        self._cases = all_cases()
        self._watch = None
        #: What was judged last, for those who have to find out why.
        self.evidence = {}

    def report(self):
        """Plays everything and judges; the report of judge.judge with times added."""
        self._stage.start_map()
        self._watch = Watch(self._stage.app.api)
        try:
            play(self._stage, self._cases, passing=False)
            settled = self._settle_and_hold()
            play(self._stage, self._cases, passing=True)
            report = self._judged_when(self._passing_seen, PASSING_SECONDS)
            report["failures"][:0] = [f"before the passing ones: {reason}"
                                      for reason in settled["failures"]]
            if settled["failures"]:
                report["settled"] = settled
            self._close(report)
            return report
        finally:
            self._watch.close()

    def _settle_and_hold(self):
        """The first judgement that finds nothing wrong must be followed by others like it."""
        report = self._judged_when(lambda each: not each["failures"], SETTLE_SECONDS)
        held_until = time.monotonic() + HOLD_SECONDS
        while not report["failures"] and time.monotonic() < held_until:
            report = self._judge_now()
        return report

    def _judged_when(self, good, seconds):
        """The first judgement that is good, or the last before the deadline."""
        deadline = time.monotonic() + seconds
        while True:
            report = self._judge_now()
            if good(report) or time.monotonic() > deadline:
                return report

    @staticmethod
    def _passing_seen(report):
        return all(report["edges"]["kinds"][kind]["recall"] == 1.0 for kind in PASSING)

    def _judge_now(self):
        before = self._stage.host_pids()
        the_map = self._watch.map()
        after = self._stage.host_pids()
        truth = wait_for_truth(self._stage)
        self.evidence = {"truth": truth, "map": the_map}
        return judge(truth, the_map, {"before": before, "after": after})

    def _close(self, report):
        """Ends every conversation and watches how the edges go."""
        for _, _, child in self._stage.actors:
            if child.poll() is None:
                child.tell("close")
        try:
            wait_until(lambda: not self._remaining(), GONE_SECONDS, "the edges go", poll_seconds=0.2)
        except AssertionError:
            report["failures"].append(f"{len(self._remaining())} edges did not go within "
                                      f"{GONE_SECONDS} s: {self._remaining()[:5]}")
        truth = Truth(wait_for_truth(self._stage))
        report["times"] = judge_times(truth, self._watch.sightings())

    def _remaining(self):
        """Edges still drawn although their conversations are over; the probes' own go on."""
        return [(edge["source"], edge["target"], edge["protocol"], edge["port"])
                for edge in self._watch.map()["edges"] if edge["port"] != self._stage.app.port]


def perform(host_count, directory, truth_only):
    """(report, evidence) of one performance; the stage is clear when this returns."""
    with Stage(host_count, directory) as stage:
        if truth_only:
            for passing in (False, True):
                play(stage, all_cases(), passing)
            return None, {"truth": wait_for_truth(stage)}
        run = Run(stage)
        try:
            return run.report(), run.evidence
        except BaseException:
            print(stage.app.child.stderr()[-2000:] if stage.app else "", file=sys.stderr)
            raise


def wait_for_truth(stage):
    """Servers may tell of a connection a moment after the client does."""
    gaps = []

    def told():
        try:
            return collect(stage, all_cases())
        except TruthGap as gap:
            gaps.append(gap)
            return None
    return wait_until(told, 5, lambda: f"the accounts of clients and servers agree: {gaps[-1]}")


def missing(truth_only):
    needed = [programs.WORKLOAD] + ([] if truth_only else [programs.APP, programs.PROBE])
    return sandbox.missing_privileges() or programs.missing_programs(*needed)


def write_json(path, value):
    with open(path, "w", encoding="utf-8") as file:
        json.dump(value, file, indent=1, default=list)


def main():
    asked = options()
    if asked.bin:
        os.environ["RETICLE_BIN"] = asked.bin
    reason = missing(asked.truth_only)
    if reason:
        print(f"skipped: {reason}")
        return SKIPPED
    # Ending by signal goes the same way as by exception: the stage is cleared.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    sandbox.enter_private_network()
    if asked.keep:
        os.makedirs(asked.keep, exist_ok=True)
    directory = tempfile.mkdtemp(prefix="reticle-truth-", dir=asked.keep)
    try:
        report, evidence = perform(asked.hosts, directory, asked.truth_only)
        for name, value in evidence.items():
            write_json(os.path.join(directory, f"{name}.json"), value)
    finally:
        if asked.keep:
            print(f"logs, map and truth: {directory}")
        else:
            shutil.rmtree(directory, ignore_errors=True)
    left = children.tagged_processes()
    if asked.truth_only:
        print(f"{len(evidence['truth']['edges'])} edges, all told alike by both ends")
        return 1 if left else 0
    return tell(report, left, asked)


def tell(report, left, asked):
    """Prints and stores the report; the exit code."""
    if left:
        report["failures"].append(f"processes left behind: {left}")
    artifacts = os.environ.get("RETICLE_ARTIFACTS")
    path = asked.json or (artifacts and os.path.join(artifacts, "truth.json"))
    if path:
        write_json(path, report)
    print(table(report))
    return 1 if report["failures"] else 0


if __name__ == "__main__":
    sys.exit(main())
