"""A host whose clock is an hour off, or steps in mid-run, changes a number and nothing else."""

import context  # noqa: F401

import os
import time
import unittest

from reticle_test.case import HEARD_SECONDS, HostsTest
from reticle_test.waiting import wait_until

HOUR_MS = 3_600_000
TOLERANCE_MS = 60_000


class ClockTest(HostsTest):
    def setUp(self):
        super().setUp()
        shim = os.environ.get("RETICLE_CLOCK_SHIFT", "")
        if not os.path.exists(shim):
            self.skipTest(f"not built: the clock shim (RETICLE_CLOCK_SHIFT={shim})")
        self.shift_path = os.path.join(self.directory, "shift")
        self.shift(0)
        self.app = self.start_map()
        self.wrong_clock = {"LD_PRELOAD": shim, "RETICLE_CLOCK_SHIFT_FILE": self.shift_path}

    def shift(self, seconds):
        """Makes beta's wall clock wrong by this much, now."""
        with open(self.shift_path + ".new", "w", encoding="ascii") as file:
            file.write(f"{seconds}\n")
        os.replace(self.shift_path + ".new", self.shift_path)

    def start_hosts(self):
        self.start_probe(self.alpha, self.app)
        self.start_probe(self.beta, self.app, environment=self.wrong_clock)
        self.start_conversations()
        self.await_edge(self.app, good=lambda edge: edge["seen_by"] == "both" and edge["active"] == 5)

    def await_skew(self, host, expected_ms):
        def skew():
            return self.app.api.probes()[host]["clock_skew_ms"]
        wait_until(lambda: skew() is not None and abs(skew() - expected_ms) < TOLERANCE_MS,
                   HEARD_SECONDS, lambda: f"skew of {host} about {expected_ms} ms, is {skew()}")
        shown = self.app.api.hosts()[host]["attributes"]["clock_skew_ms"]
        self.assertLess(abs(shown - expected_ms), TOLERANCE_MS)

    def check_times(self):
        """Every time that is shown lies in this test, whoever wrote it."""
        now_ms = time.time() * 1000
        edge = self.await_edge(self.app)
        times = {"last_seen_ms": edge["last_seen_ms"], "first_seen_ms": edge["first_seen_ms"]}
        for node in self.app.api.processes()["nodes"]:
            if node["kind"] == "process":
                times[f"since_ms of {node['id']}"] = node["since_ms"]
        for name, value in times.items():
            self.assertLess(abs(now_ms - value), 10 * TOLERANCE_MS, name)

    def check_all_live(self):
        states = {node["state"] for node in self.app.api.processes()["nodes"]}
        self.assertEqual(states, {"live"})
        self.assertEqual({each["state"] for each in self.app.api.probes().values()}, {"live"})

    def test_an_hour_ahead_from_the_start(self):
        self.shift(3600)
        self.start_hosts()
        self.await_skew("beta", HOUR_MS)
        self.await_skew("alpha", 0)
        self.check_times()
        self.check_all_live()

    def test_an_hour_behind_from_the_start(self):
        self.shift(-3600)
        self.start_hosts()
        self.await_skew("beta", -HOUR_MS)
        self.check_times()
        self.check_all_live()

    def test_steps_in_mid_run(self):
        self.start_hosts()
        self.await_skew("beta", 0)
        before = self.settled_structure(self.app)
        for seconds in (3600, -3600, 0):
            self.shift(seconds)
            self.await_skew("beta", seconds * 1000)
            self.assertEqual(self.structure(self.app), before)
            self.check_times()
            self.check_all_live()


if __name__ == "__main__":
    unittest.main()
