"""Programs that are killed, and programs that are asked to stop."""

import context  # noqa: F401

import signal
import time
import unittest

from reticle_test.case import HEARD_SECONDS, HostsTest
from reticle_test.waiting import wait_until

#: What the workload writes per connection and interval, and the interval (workload/tcp.cpp).
MESSAGE_BYTES, INTERVAL_SECONDS = 64, 0.5


class AppRestartTest(HostsTest):
    def test_after_a_kill_the_probes_rebuild_the_same_world(self):
        app = self.start_map()
        for host in self.hosts.values():
            self.start_probe(host, app)
        self.start_conversations()
        self.await_edge(app, good=lambda edge: edge["seen_by"] == "both" and edge["active"] == 5)
        before = self.settled_structure(app)

        app.child.kill()
        app.child.wait(10)
        again = self.start_app(app.address, name="again")
        self.await_probe_state(again, "alpha", "live")
        self.await_probe_state(again, "beta", "live")
        wait_until(lambda: self.structure(again) == before, HEARD_SECONDS,
                   lambda: f"the same world: {self._difference(before, again)}")

    def _difference(self, before, app):
        return [(sorted(was - now), sorted(now - was))
                for was, now in zip(before, self.structure(app))]

    def test_sigterm_ends_it_with_0(self):
        app = self.start_map()
        self.start_probe(self.alpha, app)
        self.await_probe_state(app, "alpha", "live")
        app.child.signal(signal.SIGTERM)
        self.assertEqual(app.child.wait(10), 0, app.child.stderr())


class ProbeRestartTest(HostsTest):
    def setUp(self):
        super().setUp()
        self.app = self.start_map()
        self.probes = {name: self.start_probe(host, self.app) for name, host in self.hosts.items()}
        self.start_conversations()
        self.await_edge(self.app, good=lambda edge: edge["seen_by"] == "both" and edge["active"] == 5)

    def _restart(self, host):
        self.probes[host].kill()
        self.await_probe_state(self.app, host, "stale")
        stale = self.app.api.hosts()[host]["state"]
        self.start_probe(self.hosts[host], self.app, name="probe-again")
        self.await_probe_state(self.app, host, "live")
        return stale

    def _check_no_total_falls_or_jumps(self, host):
        before, looked = self.await_edge(self.app), time.monotonic()
        self.assertEqual(self._restart(host), "stale")
        after = self.await_edge(self.app, good=lambda edge: int(edge["bytes_sent"])
                                > int(before["bytes_sent"]))
        intervals = (time.monotonic() - looked) / INTERVAL_SECONDS + 10
        most = int(before["bytes_sent"]) + intervals * before["active"] * MESSAGE_BYTES
        self.assertLessEqual(int(after["bytes_sent"]), most, "bytes counted twice")
        # The restarted probe's first sweeps must not count open connections as opened again.
        for _ in range(5):
            edge = self.await_edge(self.app)
            self.assertEqual((edge["opened"], edge["active"]), (before["opened"], before["active"]))
            self.assertGreaterEqual(int(edge["bytes_sent"]), int(before["bytes_sent"]))
            time.sleep(0.5)

    def test_a_killed_client_probe_counts_nothing_twice_and_loses_nothing(self):
        self._check_no_total_falls_or_jumps("beta")

    def test_a_killed_server_probe_counts_nothing_twice_and_loses_nothing(self):
        self._check_no_total_falls_or_jumps("alpha")

    def test_a_killed_probe_turns_its_host_stale_and_a_new_one_live_again(self):
        self.assertEqual(self._restart("beta"), "stale")
        wait_until(lambda: self.app.api.hosts()["beta"]["state"] == "live", HEARD_SECONDS,
                   "the host is live again")
        processes = self.app.api.processes()["nodes"]
        self.assertNotIn("stale", {node["state"] for node in processes if node["group"] == "beta"})

    def test_a_stopped_probe_says_goodbye_so_that_its_host_ends(self):
        probe = self.probes["beta"]
        asked = time.monotonic()
        probe.signal(signal.SIGTERM)
        self.assertEqual(probe.wait(10), 0, probe.stderr())
        # One second is the promise; the second one is for a machine that is busy with other tests.
        self.assertLess(time.monotonic() - asked, 2)

        states = []

        def gone():
            host = self.app.api.hosts().get("beta")
            states.append(host["state"] if host else "gone")
            return states[-1] == "gone"
        wait_until(gone, HEARD_SECONDS + 15, lambda: f"the host goes: {states[-1]}")
        self.assertIn("ended", states)
        self.assertNotIn("stale", states)


if __name__ == "__main__":
    unittest.main()
