"""Clients that are slow, silent or never read cost a bounded amount of memory, and no one else."""

import context  # noqa: F401

import json
import socket
import unittest

from reticle_test.case import ProgramTest
from reticle_test.children import rss_bytes
from reticle_test.programs import APP
from reticle_test.websocket import TEXT, WebSocket

SILENT_CLIENTS = 300
DEAF_VIEWERS = 30
ROUNDS = 30
PROCESSES = 1000
#: Per connection: buffers of the kernel are not the app's, so this is what it may keep itself.
SILENT_BYTES = 128 << 10
DEAF_BYTES = 2 << 20


class SlowClientTest(ProgramTest):
    needs = (APP,)

    def setUp(self):
        super().setUp()
        self.app = self.start_app()

    def connect(self):
        connection = socket.create_connection((self.app.api.host, self.app.port), timeout=10)
        self.addCleanup(connection.close)
        return connection

    def rss(self):
        return rss_bytes(self.app.child.pid())

    def post_world(self, round_number):
        """A world of processes whose every number changes with the round."""
        stamp = "2026-01-01T00:00:00Z"
        nodes = {}
        for pid in range(1, PROCESSES + 1):
            latest = {"pid": pid, "name": f"process-{pid}", "cmdline": f"run --round {round_number}",
                      "threads": round_number + pid}
            nodes[f"far;{pid}"] = {"id": f"far;{pid}", "topology": "process",
                                   "latest": {key: {"timestamp": stamp, "value": str(value)}
                                              for key, value in latest.items()}}
        body = json.dumps({"Process": {"nodes": nodes}, "Window": 15_000_000_000, "ID": "far"})
        status, _, answer = self.app.api.raw("POST", "/api/report", body,
                                             {"Content-Type": "application/json"})
        self.assertEqual(status, 200, answer)

    def test_silent_connections_cost_little(self):
        self.app.api.get("/api/v1/views")
        before = self.rss()
        held = [self.connect() for _ in range(SILENT_CLIENTS)]
        for connection in held[::3]:
            connection.sendall(b"GET /api/v1/views HTTP/1.1\r\nHost: 127")
        for connection in held[1::3]:
            connection.sendall(b"POST /api/report HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                               b"Content-Type: application/json\r\nContent-Length: 1000000\r\n\r\n{")
        self.app.api.get("/api/v1/views")
        self.assertLess(self.rss() - before, SILENT_CLIENTS * SILENT_BYTES)

    def test_viewers_that_never_read_cost_a_bounded_buffer(self):
        for round_number in range(3):
            self.post_world(round_number)
        deaf = []
        for _ in range(DEAF_VIEWERS):
            viewer = WebSocket(self.app.api.host, self.app.port, "/api/v1/stream", receive_buffer=4096)
            self.addCleanup(viewer.close)
            viewer.send(TEXT, b'{"type": "subscribe", "sub": 1, "view": "processes", '
                              b'"options": {"unconnected": "show"}}')
            deaf.append(viewer)
        self.app.api.get("/api/v1/views")
        before = self.rss()
        for round_number in range(3, ROUNDS):
            self.post_world(round_number)
        grown = self.rss() - before
        # Without a bound every viewer would hold every round: some 300 KB for every round.
        self.assertLess(grown, DEAF_VIEWERS * DEAF_BYTES)
        self.check_a_good_viewer_is_served()

    def check_a_good_viewer_is_served(self):
        viewer = WebSocket(self.app.api.host, self.app.port, "/api/v1/stream")
        self.addCleanup(viewer.close)
        viewer.send(TEXT, b'{"type": "subscribe", "sub": 1, "view": "processes", '
                          b'"options": {"unconnected": "show"}}')
        nodes, more = 0, True
        while more:
            message = json.loads(viewer.receive()[1])
            if message["type"] == "delta":
                nodes += len(message.get("nodes", {}).get("put", []))
                more = message.get("more", False)
        self.assertGreaterEqual(nodes, PROCESSES)


if __name__ == "__main__":
    unittest.main()
