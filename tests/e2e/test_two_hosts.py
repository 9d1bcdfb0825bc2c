"""Two hosts' probes make one map, with the edge between them."""

import context  # noqa: F401

import unittest

from reticle_test.case import HEARD_SECONDS, HostsTest, ends_of
from reticle_test.children import namespace_pids
from reticle_test.waiting import wait_until


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
        self.assertGreaterEqual(int(edge["opened"]), 5)

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


if __name__ == "__main__":
    unittest.main()
