"""What an end-to-end test starts from: a directory, a network of its own, and a clean end."""

import os
import shutil
import tempfile
import unittest

from . import children, programs, sandbox
from .hosts import Host, Switch
from .programs import App, probe_command
from .waiting import wait_until

#: Faster than the defaults, so that tests wait less.
QUICK = ("--process-interval", "0.5", "--connection-interval", "0.5")
HEARD_SECONDS = 20


class ProgramTest(unittest.TestCase):
    """A test of built programs; skipped with the reason where they or the privileges are missing."""

    needs = (programs.APP,)
    needs_hosts = False

    @classmethod
    def setUpClass(cls):
        reason = programs.missing_programs(*cls.needs)
        if reason is None and (cls.needs_hosts or sandbox.missing_privileges() is None):
            reason = sandbox.missing_privileges()
        if reason:
            raise unittest.SkipTest(reason)
        if sandbox.missing_privileges() is None:
            sandbox.enter_private_network()

    def setUp(self):
        self.directory = tempfile.mkdtemp(prefix="reticle-e2e-")
        self.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)
        self._started = 0

    def start(self, command, name, environment=None):
        """Starts a program in the test's own network; it ends with the test."""
        self._started += 1
        child = children.Child(command, f"{self._started}-{name}", self.directory, environment)
        self.addCleanup(child.stop)
        return child

    def start_app(self, listen="127.0.0.1:0", arguments=(), name="app"):
        """A running app; it ends with the test."""
        self._started += 1
        app = App(self.directory, listen, arguments, f"{self._started}-{name}")
        self.addCleanup(app.child.stop)
        return app

    def finished(self, command, seconds=20):
        """(exit code, stdout, stderr) of a program that is expected to end by itself."""
        child = self.start(command, "once")
        return child.wait(seconds), child.stdout(), child.stderr()


class HostsTest(ProgramTest):
    """A test with two hosts on one switch, an app beside them, and known conversations."""

    needs = (programs.APP, programs.PROBE, programs.WORKLOAD)
    needs_hosts = True

    def setUp(self):
        super().setUp()
        self.switch = Switch()
        self.addCleanup(self.switch.close)
        self.hosts = {}
        for number, name in enumerate(("alpha", "beta")):
            host = Host(self.switch, number, name, self.directory)
            self.addCleanup(host.close)
            self.hosts[name] = host
        self.alpha, self.beta = self.hosts["alpha"], self.hosts["beta"]

    def start_map(self, arguments=(), port=0):
        """An app that the hosts can reach."""
        return self.start_app(f"{Switch.address_v4}:{port}", arguments)

    def start_probe(self, host, app, host_id=None, environment=None, name="probe"):
        """A probe on this host, under the host's own name unless told otherwise."""
        # What a probe keeps lies on its host, so that a restarted one finds it.
        disk = os.path.join(self.directory, f"{host.name}-disk")
        command = probe_command([app.address], host_id or host.name, disk, QUICK)
        return host.start(command, name, environment)

    def start_workload(self, host, name, arguments, processes=1):
        """A role of the ground-truth workload, ready."""
        words = arguments.split()
        child = host.start([programs.binary(programs.WORKLOAD), words[0], "--name", name, *words[1:]],
                           name)
        wait_until(lambda: child.stdout().count('"event":"ready"') == processes, HEARD_SECONDS,
                   lambda: f"{name} ready: {child.stderr()}")
        return child

    def start_conversations(self, connections=5):
        """beta's `web-client` keeps connections to alpha's `web` on port 7001."""
        server = self.start_workload(self.alpha, "web", "tcp --listen 0.0.0.0:7001")
        client = self.start_workload(
            self.beta, "web-client",
            f"tcp --peer {self.alpha.address_v4}:7001 --connections {connections}")
        return server, client

    def await_edge(self, app, port=7001, good=lambda edge: True):
        """The live edge with this service port between two processes, once `good` holds for it."""
        def look():
            seen = app.api.processes()
            kinds = {node["id"]: node["kind"] for node in seen["nodes"]}
            for edge in seen["edges"]:
                if (edge["port"] == port and edge["state"] == "live" and good(edge)
                        and kinds[edge["source"]] == kinds[edge["target"]] == "process"):
                    return edge
            return None
        return wait_until(look, HEARD_SECONDS,
                          lambda: f"an edge to port {port}: {app.api.processes()['edges']}")

    def structure(self, app):
        """What the app's map claims of the hosts, but for the probes' own sessions."""
        return structure(app.api.processes(), self.hosts, besides=app.port)

    def settled_structure(self, app):
        """The structure once three looks in a row, further apart than the probes' own, saw the same."""
        seen = []

        def settled():
            seen.append(self.structure(app))
            return len(seen) > 2 and seen[-1] == seen[-2] == seen[-3] and seen[-1]
        return wait_until(settled, HEARD_SECONDS, "the map settles", poll_seconds=0.7)

    def await_probe_state(self, app, host_id, state):
        """Waits until the app says this of the host's probe."""
        wait_until(lambda: app.api.probes().get(host_id, {}).get("state") == state, HEARD_SECONDS,
                   lambda: f"the probe of {host_id} is {state}: {app.api.probes()}")


def ends_of(the_map, edge):
    """((host, pid), (host, pid)) of an edge between two processes."""
    nodes = {node["id"]: node for node in the_map["nodes"]}
    return tuple((nodes[edge[end]]["group"], nodes[edge[end]]["attributes"]["pid"])
                 for end in ("source", "target"))


def structure(the_map, hosts, besides=None):
    """What a map claims, without the numbers that move: living nodes of these hosts and edges.

    `besides` is a port whose edges are left out: a probe that lost its app has connected twice.
    """
    nodes = {node["id"] for node in the_map["nodes"]
             if node["state"] == "live" and node["group"] in hosts}
    edges = {(edge["source"], edge["target"], edge["protocol"], edge["port"], edge["opened"],
              edge["active"]) for edge in the_map["edges"]
             if edge["state"] == "live" and edge["port"] != besides}
    return nodes, edges
