"""Reports in our own JSON that are wrong in one place: the place is named, the world unmoved."""

import context  # noqa: F401

import copy
import json
import unittest

from reticle_test.case import ProgramTest
from reticle_test.hostile import Target
from reticle_test.programs import APP

OWNER = {"topology": "process", "id": "far;boot;7;1"}
GOOD = {
    "writer": "script-1",
    "window_seconds": 15,
    "nodes": [{**OWNER, "attributes": {"name": "job", "pid": 7}, "labels": {"team": "blue"}}],
    "flows": [{"owner": OWNER, "direction": "outbound", "protocol": "tcp", "local_address": "10.1.1.1",
               "peer_address": "10.1.1.2", "service_port": 5432, "opened": 3, "closed": 1,
               "bytes_sent": 10, "rtt_us": 5, "evidence": ["sweep"],
               "witnesses": [{"hash": 77, "seen_ms": 1, "open": True}]}],
    "listeners": [{"owner": OWNER, "protocol": "tcp", "address": "0.0.0.0", "port": 80}],
}

#: Where, what stands there instead, and what the answer must name.
WRONG = [
    (("writer",), 5, "writer"),
    (("writer",), "no spaces please", "writer"),
    (("window_seconds",), -1, "window_seconds"),
    (("window_seconds",), "15", "window_seconds"),
    (("window_seconds",), 1e300, "window_seconds"),
    (("surprise",), 1, "surprise"),
    (("nodes",), {}, "nodes"),
    (("nodes", 0), [], "nodes[0]"),
    (("nodes", 0, "topology"), "volcano", "topology"),
    (("nodes", 0, "id"), "", "id"),
    (("nodes", 0, "id"), 7, "id"),
    (("nodes", 0, "surprise"), 7, "surprise"),
    (("nodes", 0, "attributes", "pid"), "seven", "pid"),
    (("nodes", 0, "attributes", "name"), ["a"], "name"),
    (("nodes", 0, "attributes", "surprise"), "x", "surprise"),
    (("nodes", 0, "attributes", "name"), "x" * 100_000, "nodes[0]"),
    (("nodes", 0, "labels"), {f"label-{n}": "x" for n in range(5_000)}, "nodes[0]"),
    (("flows", 0, "owner"), "far;boot;7;1", "owner"),
    (("flows", 0, "direction"), "sideways", "direction"),
    (("flows", 0, "protocol"), "icmp", "protocol"),
    (("flows", 0, "local_address"), "10.1.1.999", "local_address"),
    (("flows", 0, "peer_address"), "db.internal", "peer_address"),
    (("flows", 0, "service_port"), 65536, "service_port"),
    (("flows", 0, "service_port"), -1, "service_port"),
    (("flows", 0, "opened"), -3, "opened"),
    (("flows", 0, "closed"), -1, "closed"),
    (("flows", 0, "bytes_sent"), -10, "bytes_sent"),
    (("flows", 0, "bytes_sent"), 1.5, "bytes_sent"),
    (("flows", 0, "bytes_sent"), 2**64, "bytes_sent"),
    (("flows", 0, "rtt_us"), -5, "rtt_us"),
    (("flows", 0, "evidence"), ["hearsay"], "evidence"),
    (("flows", 0, "witnesses"), [{"hash": n} for n in range(65)], "witnesses"),
    (("flows", 0, "witnesses"), [{"hash": -1}], "witnesses"),
    (("listeners", 0, "port"), "http", "port"),
    (("listeners", 0, "address"), "everywhere", "address"),
]


def changed(path, value):
    """The good report with this value at this place."""
    report = copy.deepcopy(GOOD)
    place = report
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return report


class BadReportTest(ProgramTest):
    needs = (APP,)

    def setUp(self):
        super().setUp()
        self.target = Target(self)

    def post(self, report):
        """(status, answer) of posting this value, or these bytes, as a report."""
        body = report if isinstance(report, bytes) else json.dumps(report)
        status, _, answer = self.target.app.api.raw("POST", "/api/v1/report", body,
                                                    {"Content-Type": "application/json"})
        return status, json.loads(answer)

    def test_the_good_report_is_accepted_and_drawn(self):
        status, answer = self.post(GOOD)
        self.assertEqual(status, 200, answer)
        labels = [node["label"] for node in self.target.app.api.processes()["nodes"]
                  if node["kind"] == "process"]
        self.assertEqual(labels, ["job"])

    def test_one_wrong_place_refuses_the_whole_and_is_named(self):
        for path, value, named in WRONG:
            with self.target.attack(path=path, value=str(value)[:40]):
                status, answer = self.post(changed(path, value))
                self.assertIn(status, (400, 413), answer)
                self.assertIn(named, answer["error"]["message"])

    def test_too_many_nodes_are_refused(self):
        nodes = b",".join(b'{"topology":"process","id":"far;boot;%d;1"}' % n for n in range(1_000_000))
        for count, body in (("a million", nodes), ("as many as fit", nodes[:15 << 20].rpartition(b",")[0])):
            with self.target.attack(count=count):
                try:
                    status, answer = self.post(b'{"writer":"script-1","nodes":[' + body + b"]}")
                    self.assertIn(status, (400, 413), answer)
                except (BrokenPipeError, ConnectionResetError):
                    pass  # refused for its size while we were still sending

    def test_a_field_that_comes_twice_is_refused(self):
        for body in (b'{"writer":"a","writer":"b","nodes":[]}',
                     b'{"writer":"a","nodes":[{"topology":"process","id":"x","id":"y"}]}'):
            with self.target.attack(body=body):
                self.assertEqual(self.post(body)[0], 400)


if __name__ == "__main__":
    unittest.main()
