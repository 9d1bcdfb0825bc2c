"""Two hosts' probes make one map, with the edge between them."""

import context  # noqa: F401

import json
import os
import unittest

from reticle_test.case import HEARD_SECONDS, HostsTest, ends_of
from reticle_test.children import namespace_pids
from reticle_test.waiting import wait_until
from reticle_test.websocket import WebSocket


class TwoHostsTest(HostsTest):
    def setUp(self):
        super().setUp()
        self.app = self.start_map()
        for host in self.hosts.values():
            self.start_probe(host, self.app)

    def test_the_edge_between_them_joins_the_two_processes(self):
        server, client = self.start_conversations(connections=5)
        edge = self.await_edge(self.app, good=lambda each: each["seen_by"] == "both"
                               and each["active"] == 5)
        self.assertEqual(ends_of(self.app.api.processes(), edge),
                         (("beta", client.pid_on_host()), ("alpha", server.pid_on_host())))
        self.assertEqual((edge["protocol"], edge["attribution"]), ("tcp", "exact"))

    def test_each_process_is_told_by_one_probe_with_what_it_really_is(self):
        server, _ = self.start_conversations()
        self.await_edge(self.app)
        nodes = [node for node in self.app.api.processes()["nodes"]
                 if "web" in str(node["attributes"].get("cmdline", "")).split()]
        self.assertEqual([node["group"] for node in nodes], ["alpha"])
        attributes = nodes[0]["attributes"]
        self.assertEqual(attributes["pid"], namespace_pids(server.pid())[1])
        self.assertIn("--listen 0.0.0.0:7001", attributes["cmdline"])
        self.assertEqual(nodes[0]["group_label"], "alpha")

    def test_both_hosts_are_in_the_hosts_view_with_an_edge(self):
        self.start_conversations()

        def joined():
            seen = self.app.api.view("hosts")
            return [edge for edge in seen["edges"]
                    if (edge["source"], edge["target"], edge["port"]) == ("beta", "alpha", 7001)]
        wait_until(joined, HEARD_SECONDS, lambda: f"beta -> alpha: {self.app.api.view('hosts')}")
        hosts = self.app.api.hosts()
        self.assertEqual({hosts[name]["label"] for name in ("alpha", "beta")}, {"alpha", "beta"})

    def test_a_new_process_appears_and_a_killed_one_goes(self):
        worker = self.start_workload(self.alpha, "short-life", "udp --listen 127.0.0.1:9999")

        def states():
            return [node["state"] for node in self.app.api.processes()["nodes"]
                    if "short-life" in str(node["attributes"].get("cmdline", "")).split()]
        wait_until(lambda: states() == ["live"], HEARD_SECONDS, "the process appears")
        worker.kill()
        wait_until(lambda: states() == ["ended"], HEARD_SECONDS, lambda: f"it has ended: {states()}")
        wait_until(lambda: states() == [], HEARD_SECONDS + 15, "it goes after its afterglow")

    def test_a_reused_pid_inherits_nothing(self):
        first, _ = self.start_conversations()
        edge = self.await_edge(self.app, good=lambda each: each["active"] == 5)
        pid = first.pid_on_host()
        first.kill()
        wait_until(lambda: not os.path.exists(f"/proc/{self.alpha.init}/root/proc/{pid}"),
                   HEARD_SECONDS, "the pid is free")
        # The next pid a namespace gives is the one after this (pid_namespaces(7)).
        forget = self.alpha.start(["sh", "-c", f"echo {pid - 1} > /proc/sys/kernel/ns_last_pid"], "sh")
        if forget.wait(10) != 0:
            self.skipTest(f"the next pid cannot be chosen here: {forget.stderr()}")
        second = self.start_workload(self.alpha, "heir", "tcp --listen 0.0.0.0:7002")
        self.assertEqual(second.pid_on_host(), pid)

        def heir():
            return [node for node in self.app.api.processes()["nodes"]
                    if "heir" in str(node["attributes"].get("cmdline", "")).split()]
        wait_until(heir, HEARD_SECONDS, "the heir appears")
        self.assertNotEqual(heir()[0]["id"], edge["target"])
        edges = [each for each in self.app.api.processes()["edges"]
                 if heir()[0]["id"] in (each["source"], each["target"])]
        self.assertEqual(edges, [])

    def test_a_second_probe_of_one_identity_is_refused_and_shown(self):
        self.await_probe_state(self.app, "alpha", "live")
        before = self.app.api.probes()["alpha"]["epoch"]
        second = self.start_probe(self.beta, self.app, host_id="alpha", name="impostor")
        wait_until(lambda: "alpha" in second.stderr() and "refused" in second.stderr().lower(),
                   HEARD_SECONDS, lambda: f"the impostor is told: {second.stderr()}")
        self.assertEqual(self.app.api.probes()["alpha"]["epoch"], before)
        self.assertEqual(self.app.api.probes()["alpha"]["state"], "live")
        self.assertIn("alpha", [each["host_id"] for each in self.await_status()["refused"]])

    def await_status(self):
        """The stream's status message."""
        session = WebSocket(self.app.api.host, self.app.port, "/api/v1/stream")
        self.addCleanup(session.close)
        while True:
            message = json.loads(session.receive()[1])
            if message["type"] == "status":
                return message


if __name__ == "__main__":
    unittest.main()
